"""Read labelled faces from a folder: where each lies, what it wears, whose it is.

Two layouts are read: an index (`faces/index.csv` and `scenes/*/annotations.json`)
and the classic one (`train/mask/*.jpg` and so on).
"""

import csv
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.errors import BadPicture, BadSettings
from core.types import LABELS, Label
from models.training.corrections import Corrections, read_corrections

TEST_PERCENT = 10
VALIDATION_PERCENT = 8
PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp")


class Split(StrEnum):
    """What a group of pictures is for; only the evaluation opens TEST."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled face.

    box_xyxy is in pixels of the stored picture, None where the picture is the
    face's crop. group joins near-duplicates, across sources too.
    """

    path: Path
    box_xyxy: tuple[float, float, float, float] | None
    label: Label
    source: str
    group: str

    @property
    def split(self) -> Split:
        """Place the whole group by a hash of its name: no seed, no order, no shuffling apart."""
        percent = int(hashlib.sha256(self.group.encode()).hexdigest(), 16) % 100
        if percent < TEST_PERCENT:
            return Split.TEST
        return Split.VALIDATION if percent < TEST_PERCENT + VALIDATION_PERCENT else Split.TRAIN


def read_examples(folder: Path, corrections: Corrections | None = None) -> list[Example]:
    """Read every labelled face of a folder in either layout, its label corrected.

    corrections: those of `corrections.csv` by default. Boxes of other labels
    (`face`, `ignore`, `not_face`) are left out. Raises BadSettings if the
    folder holds no example.
    """
    known = read_corrections() if corrections is None else corrections
    indexed = [*_read_index(folder, known), *_read_scenes(folder, known)]
    examples = [*indexed, *_read_classic(folder)]
    if not examples:
        raise BadSettings(
            f"{folder}: found no labelled faces; expected faces/index.csv, "
            "scenes/*/annotations.json or train/mask, train/no_mask and train/incorrect_mask"
        )
    return examples


def leave_out(examples: Sequence[Example], sources: Sequence[str]) -> list[Example]:
    """Drop these sources, and whatever shares a group with them elsewhere."""
    groups = {example.group for example in examples if example.source in sources}
    return [example for example in examples if example.group not in groups]


def _read_index(folder: Path, corrections: Corrections) -> Iterator[Example]:
    index = folder / "faces" / "index.csv"
    if not index.exists():
        return
    with index.open(newline="") as rows:
        for row in csv.DictReader(rows):
            label = corrections.label(row["source"], row["file"], (), row["label"])
            if label in LABELS:
                group = corrections.group(row["file"], row["group"] or row["file"])
                yield Example(folder / row["file"], None, Label(label), row["source"], group)


def _read_scenes(folder: Path, corrections: Corrections) -> Iterator[Example]:
    for listing in sorted(folder.glob("scenes/*/annotations.json")):
        try:
            annotations = json.loads(listing.read_text())
            source, images = annotations["source"], annotations["images"]
            yield from _read_boxes(folder, listing.parent, source, images, corrections)
        except (KeyError, TypeError, ValueError) as error:
            raise BadPicture(f"{listing}: not a list of boxes ({error!r})") from error


def _read_boxes(
    folder: Path,
    scenes: Path,
    source: str,
    images: Sequence[dict[str, object]],
    corrections: Corrections,
) -> Iterator[Example]:
    for image in images:
        path = scenes / str(image["file"])
        file = path.relative_to(folder).as_posix()
        group = corrections.group(file, str(image["group"] or f"{source}/{image['file']}"))
        for box in image["boxes"]:  # type: ignore[attr-defined]  # the caller reports other shapes
            x, y, width, height = box["bbox"]
            label = corrections.label(source, file, (x, y, width, height), box["label"])
            if label in LABELS:
                corners = (x, y, x + width, y + height)
                yield Example(path, corners, Label(label), source, group)


def _read_classic(folder: Path) -> Iterator[Example]:
    for label in LABELS:
        for path in sorted((folder / "train" / label).glob("*")):
            if path.suffix.lower() in PICTURE_ENDINGS:
                group = path.relative_to(folder).as_posix()
                yield Example(path, None, label, folder.name, group)
