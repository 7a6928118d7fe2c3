"""Reading scenes and keeping decoded pictures."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.errors import BadPicture
from models.training.detector.pictures import (
    Kind,
    LabelledPicture,
    load_pictures,
    read_scenes,
    save_pictures,
    shrink,
    without_boxes,
)


@pytest.fixture
def scenes(tmp_path: Path) -> Path:
    """A folder of one source with one picture of 80x40 and three boxes."""
    folder = tmp_path / "scenes" / "lobby"
    folder.mkdir(parents=True)
    cv2.imwrite(str(folder / "a.png"), np.full((40, 80, 3), 9, np.uint8))
    boxes = [
        {"bbox": [10, 5, 20, 30], "label": "incorrect_mask"},
        {"bbox": [40, 5, 8, 8], "label": "face"},
        {"bbox": [60, 5, 8, 8], "label": "statue"},
    ]
    image = {"file": "a.png", "width": 80, "height": 40, "group": "", "boxes": boxes}
    annotations = {"source": "lobby", "bbox_format": "xywh", "images": [image]}
    (folder / "annotations.json").write_text(json.dumps(annotations))
    return tmp_path / "scenes"


def test_scenes_are_read_with_corners_and_kinds(scenes: Path) -> None:
    (picture,) = read_scenes(scenes)
    assert picture.boxes.tolist() == [[10, 5, 30, 35], [40, 5, 48, 13], [60, 5, 68, 13]]
    assert picture.kinds.tolist() == [Kind.INCORRECT_MASK, Kind.FACE, Kind.IGNORE]
    assert (picture.source, picture.group) == ("lobby", "lobby/a.png")


def test_a_picture_that_cannot_be_read_is_named(scenes: Path) -> None:
    (scenes / "lobby" / "a.png").write_bytes(b"no picture")
    with pytest.raises(BadPicture, match=r"a\.png: not a readable picture"):
        list(read_scenes(scenes))


def test_shrinking_scales_boxes_and_never_enlarges(scenes: Path) -> None:
    (picture,) = read_scenes(scenes)
    half = shrink(picture, 40)
    assert half.pixels.shape == (20, 40, 3)
    assert half.boxes[0].tolist() == [5, 2.5, 15, 17.5]
    assert shrink(picture, 80) is picture


def test_pictures_are_kept_as_they_are(tmp_path: Path, scenes: Path) -> None:
    empty = without_boxes(np.zeros((4, 6, 3), np.uint8), "b", "b")
    pictures = [*read_scenes(scenes), empty]
    save_pictures(tmp_path / "kept.npz", pictures)
    for kept, picture in zip(load_pictures(tmp_path / "kept.npz"), pictures, strict=True):
        assert np.array_equal(kept.pixels, picture.pixels)
        assert np.array_equal(kept.boxes, picture.boxes)
        assert (kept.kinds.tolist(), kept.source) == (picture.kinds.tolist(), picture.source)


def test_pictures_of_one_group_share_a_split() -> None:
    pixels, boxes = np.zeros((4, 4, 3), np.uint8), np.zeros((0, 4), np.float32)
    kinds = np.zeros(0, np.int8)
    splits = {LabelledPicture(pixels, boxes, kinds, source, "7").split for source in ("a", "b")}
    assert len(splits) == 1
