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


def read_examples(folder: Path) -> list[Example]:
    """Read every labelled face of a folder in either layout.

    Boxes of other labels (`face`, `ignore`, `not_face`) are left out. Raises
    BadSettings if the folder holds no example.
    """
    examples = [*_read_index(folder), *_read_scenes(folder), *_read_classic(folder)]
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


def _read_index(folder: Path) -> Iterator[Example]:
    index = folder / "faces" / "index.csv"
    if not index.exists():
        return
    with index.open(newline="") as rows:
        for row in csv.DictReader(rows):
            if row["label"] in LABELS:
                group = row["group"] or row["file"]
                yield Example(folder / row["file"], None, Label(row["label"]), row["source"], group)


def _read_scenes(folder: Path) -> Iterator[Example]:
    for listing in sorted(folder.glob("scenes/*/annotations.json")):
        try:
            annotations = json.loads(listing.read_text())
            yield from _read_boxes(listing.parent, annotations["source"], annotations["images"])
        except (KeyError, TypeError, ValueError) as error:
            raise BadPicture(f"{listing}: not a list of boxes ({error!r})") from error


def _read_boxes(
    folder: Path, source: str, images: Sequence[dict[str, object]]
) -> Iterator[Example]:
    for image in images:
        group = str(image["group"] or f"{source}/{image['file']}")
        for box in image["boxes"]:  # type: ignore[attr-defined]  # the caller reports other shapes
            if box["label"] in LABELS:
                x, y, width, height = box["bbox"]
                corners = (x, y, x + width, y + height)
                yield Example(
                    folder / str(image["file"]), corners, Label(box["label"]), source, group
                )


def _read_classic(folder: Path) -> Iterator[Example]:
    for label in LABELS:
        for path in sorted((folder / "train" / label).glob("*")):
            if path.suffix.lower() in PICTURE_ENDINGS:
                group = path.relative_to(folder).as_posix()
                yield Example(path, None, label, folder.name, group)
