"""Read faces that were boxed and labelled by eye, where the makers of pictures gave no boxes.

`scene_faces.csv`: source, file, box, label; faces of whole scenes among the
face crops. `video_faces.csv`: video, seconds, box, label; faces of frames.
Boxes are "x y width height" in pixels of the picture or frame.
"""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from core.errors import BadSettings
from core.types import LABELS, Label
from models.training.example import BoxXyxy, Example

SCENE_FACES = Path(__file__).parent / "scene_faces.csv"
VIDEO_FACES = Path(__file__).parent / "video_faces.csv"


def read_scene_faces(
    folder: Path, groups: Mapping[str, str], listing: Path = SCENE_FACES
) -> Iterator[Example]:
    """Yield the listed faces whose picture is in the folder; groups: of files of the index."""
    for row in _rows(listing):
        path = folder / row["file"]
        if row["label"] in LABELS and path.exists():
            group = groups.get(row["file"], row["file"])
            yield Example(path, _box(row, listing), Label(row["label"]), row["source"], group)


def read_video_faces(folder: Path, listing: Path = VIDEO_FACES) -> Iterator[Example]:
    """Yield the listed faces whose video is in the folder; a video is one group."""
    for row in _rows(listing):
        path = folder / "videos" / row["video"]
        if row["label"] in LABELS and path.exists():
            yield Example(
                path,
                _box(row, listing),
                Label(row["label"]),
                source="videos",
                group=f"videos/{row['video']}",
                seconds=float(row["seconds"]),
            )


def _rows(listing: Path) -> Iterator[dict[str, str]]:
    if listing.exists():
        with listing.open(newline="") as lines:
            yield from csv.DictReader(lines)


def _box(row: dict[str, str], listing: Path) -> BoxXyxy:
    try:
        x, y, width, height = (float(value) for value in row["box"].split())
    except ValueError as error:
        raise BadSettings(
            f"{listing}: expected a box as `x y width height`, found {row['box']!r}"
        ) from error
    return (x, y, x + width, y + height)
