"""What reading a folder gives: faces, and what is to be told of it."""

import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from core.types import Label
from models.training.examples import Split

ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp")
SPLITS = {
    "train": Split.TRAIN,
    "training": Split.TRAIN,
    "val": Split.VALIDATION,
    "valid": Split.VALIDATION,
    "validation": Split.VALIDATION,
    "dev": Split.VALIDATION,
    "test": Split.TEST,
    "testing": Split.TEST,
}
"""What folders of these names are for."""

BoxXyxy = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Found:
    """One labelled face, of a split where the folder names one.

    box_xyxy: in pixels of the stored picture, or in shares of its sides if
    is_relative; None where the picture is the face's crop.
    """

    path: Path
    box_xyxy: BoxXyxy | None
    label: Label
    split: Split | None
    is_relative: bool = False


@dataclass(slots=True)
class Listing:
    """The faces of a folder, and what a user should know of how they were read.

    unknown counts boxes and pictures by names that are no labels; lost counts
    annotations whose picture is missing; broken are annotations that cannot be
    read, in words.
    """

    layout: str
    faces: list[Found] = field(default_factory=list)
    spellings: dict[str, Label] = field(default_factory=dict)
    unknown: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


class Pictures:
    """The picture files of a folder.

    Annotations name pictures by paths that are wrong on other machines, or
    evil: only files that were found in the folder are ever opened.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        root = folder.resolve()
        self.paths: list[Path] = []
        self.strays: list[Path] = []
        for path in walk(folder):
            if path.suffix.lower() in ENDINGS:
                is_inside = path.resolve().is_relative_to(root)
                (self.paths if is_inside else self.strays).append(path)
        self._by_stem: dict[str, list[Path]] = defaultdict(list)
        for path in self.paths:
            self._by_stem[path.stem.lower()].append(path)

    def find(self, name: str, annotation: Path) -> Path | None:
        """Find the picture that an annotation names, the most alike path if there are several."""
        named = PurePosixPath(name.replace("\\", "/"))
        candidates = self._by_stem.get(named.stem.lower(), [])
        near = annotation.relative_to(self.folder).parts
        return max(
            candidates,
            key=lambda path: (
                path.name.lower() == named.name.lower(),
                _shared(path.parts[::-1], named.parts[::-1]),
                _shared(path.relative_to(self.folder).parts, near),
                split_of(path, self.folder) == split_of(annotation, self.folder),
            ),
            default=None,
        )


def walk(folder: Path) -> Iterator[Path]:
    """Every file below, in order; hidden ones and what macOS packs beside are left out."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__MACOSX")))
        yield from (Path(place) / name for name in sorted(files) if not name.startswith("."))


def split_of(path: Path, folder: Path) -> Split | None:
    """The split that a folder on the way to the file is named after: train, val2017, Test."""
    for part in path.relative_to(folder).parts[:-1]:
        word = part.lower().rstrip("0123456789")
        if word in SPLITS:
            return SPLITS[word]
    return None


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Count the equal parts at the beginning."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a.lower() != b.lower():
            break
        count += 1
    return count
