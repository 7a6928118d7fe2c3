"""What the detector's evaluation counts."""

import numpy as np
import pytest

from core.types import Boxes, Detections
from models.training.detector.evaluate import Scene, describe, figure, masked_recall, to_scene
from models.training.detector.measures import Judged
from models.training.detector.pictures import Kind, LabelledPicture


def boxes_of(*rows: tuple[float, float, float, float]) -> Boxes:
    return np.asarray(rows, np.float32).reshape(-1, 4)


@pytest.fixture
def scene() -> Scene:
    """A masked face, a bare one and a box to be ignored."""
    boxes = boxes_of((0, 0, 50, 50), (60, 0, 90, 30), (0, 60, 20, 80))
    kinds = np.asarray([Kind.MASK, Kind.NO_MASK, Kind.IGNORE], np.int8)
    pixels = np.zeros((100, 100, 3), np.uint8)
    return to_scene(LabelledPicture(pixels, boxes, kinds, "lobby", "1"), None)


def test_a_detector_that_finds_all_has_full_figures(scene: Scene) -> None:
    found = Detections(scene.picture.boxes, np.asarray([0.9, 0.8, 0.7], np.float32))
    row = figure([scene], [found])
    assert (row.loose, row.strict, row.recall, row.masked) == (1, 1, 1, 1)
    assert row.by_size == [None, 1, 1, None]


def test_masked_faces_are_counted_by_size_and_score() -> None:
    judged = Judged(
        np.zeros(0, np.float32),
        np.zeros(0, bool),
        np.asarray([50, 50, 30, 80], np.float32),
        np.asarray([0.9, 0.2, 0.9, 0.9], np.float32),
    )
    kinds = [Kind.MASK, Kind.INCORRECT_MASK, Kind.MASK, Kind.NO_MASK]
    assert masked_recall(judged, kinds, 0.5) == pytest.approx(0.5)
    assert masked_recall(judged, [Kind.NO_MASK] * 4, 0.5) is None


def test_the_table_has_a_row_for_each_detector(scene: Scene) -> None:
    rows = list(describe({"ours": figure([scene], [Detections.empty()])}))
    assert rows[2].startswith("| ours | 0.000 | 0.000 | 0.000 |")
    assert len({row.count("|") for row in rows}) == 1
