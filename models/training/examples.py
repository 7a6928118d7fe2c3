"""Read labelled faces from a folder: where each lies, what it wears, whose it is.

Two layouts are read: an index (`faces/index.csv` and `scenes/*/annotations.json`)
and the classic one (`train/mask/*.jpg` and so on).
"""

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.errors import BadPicture, BadSettings
from core.types import LABELS, Label
from models.training.corrections import Corrections, read_corrections
from models.training.example import Example, Split
from models.training.listed_faces import read_scene_faces, read_video_faces

__all__ = ["Example", "Split", "leave_out", "read_examples"]

PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp")


def read_examples(folder: Path, corrections: Corrections | None = None) -> list[Example]:
    """Read every labelled face of a folder in either layout, its label corrected.

    corrections: those of `corrections.csv` by default. Boxes of other labels
    (`face`, `ignore`, `not_face`) are left out. Raises BadSettings if the
    folder holds no example.
    """
    known = read_corrections() if corrections is None else corrections
    indexed = [*_read_index(folder, known), *_read_scenes(folder, known)]
    groups = _index_groups(folder, known)
    listed = [*read_scene_faces(folder, groups), *read_video_faces(folder)]
    examples = [*indexed, *listed, *_read_classic(folder)]
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


def _index_groups(folder: Path, corrections: Corrections) -> dict[str, str]:
    """The group of every file of the index."""
    index = folder / "faces" / "index.csv"
    if not index.exists():
        return {}
    with index.open(newline="") as rows:
        return {
            row["file"]: corrections.group(row["file"], row["group"] or row["file"])
            for row in csv.DictReader(rows)
        }


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
