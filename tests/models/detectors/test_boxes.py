"""Fitting pictures into inputs and thinning out boxes, against slow versions."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from core.types import Boxes, Detections, Scores
from models.detectors.boxes import (
    FacePoints,
    best_input,
    letterbox,
    map_back,
    overlaps,
    suppress,
)
from models.detectors.letterboxed import SIZES_WH


def test_overlap_of_equal_touching_and_half_covered_boxes() -> None:
    box = np.asarray([0, 0, 10, 10], np.float32)
    others = np.asarray([[0, 0, 10, 10], [10, 0, 20, 10], [0, 5, 10, 15]], np.float32)

    np.testing.assert_allclose(overlaps(box, others), [1, 0, 1 / 3], rtol=1e-6)
    assert overlaps(box, others[:0]).shape == (0,)


def test_of_overlapping_boxes_the_best_is_kept() -> None:
    boxes = np.asarray([[0, 0, 10, 10], [1, 1, 11, 11], [50, 50, 60, 60]], np.float32)

    kept = suppress(boxes, np.asarray([0.5, 0.9, 0.7], np.float32))

    assert kept.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("shape", "scale"),
    [
        pytest.param((384, 640), 1.0, id="the input's own size"),
        pytest.param((768, 1280), 0.5, id="larger"),
        pytest.param((96, 160), 4.0, id="smaller"),
        pytest.param((540, 960), 2 / 3, id="wider"),
        pytest.param((600, 512), 0.64, id="taller"),
        pytest.param((1, 2000), 0.32, id="a line"),
    ],
)
def test_a_picture_keeps_its_shape_in_the_input(shape: tuple[int, int], scale: float) -> None:
    canvas = letterbox(np.full((*shape, 3), 200, np.uint8), (640, 384))

    assert canvas.pixels.shape == (384, 640, 3)
    assert canvas.scale == pytest.approx(scale)
    rows, columns = max(1, round(shape[0] * scale)), round(shape[1] * scale)
    assert (canvas.pixels[:rows, :columns] == 200).all()
    assert canvas.pixels.astype(int).sum() == rows * columns * 3 * 200


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        pytest.param((540, 960), (640, 384), id="16 to 9"),
        pytest.param((600, 960), (640, 384), id="16 to 10: a little smaller, but cheaper"),
        pytest.param((480, 640), (640, 480), id="4 to 3"),
        pytest.param((960, 540), (384, 640), id="upright"),
        pytest.param((500, 500), (640, 640), id="square"),
        pytest.param((200, 2000), (640, 384), id="a strip"),
    ],
)
def test_a_picture_takes_the_smallest_input_that_shows_it_large(
    shape: tuple[int, int], expected: tuple[int, int]
) -> None:
    image = np.zeros((*shape, 3), np.uint8)

    assert best_input(image, SIZES_WH) == expected


def crowd(count: int) -> tuple[Boxes, Scores]:
    """Candidates as a detector gives them: about six for each face."""
    rng = np.random.default_rng(count)
    centres = np.repeat(rng.uniform(0, 600, (count // 6 + 1, 2)), 6, axis=0)[:count]
    halves = rng.uniform(8, 30, (count, 1)) * np.asarray([1, 1.25])
    centres = centres + rng.normal(0, 3, (count, 2))
    boxes = np.concatenate([centres - halves, centres + halves], axis=1).astype(np.float32)
    return boxes, rng.uniform(0.2, 1, count).astype(np.float32)


def suppress_slowly(boxes: Boxes, scores: Scores) -> list[int]:
    kept: list[int] = []
    for index in np.argsort(-scores, kind="stable").tolist():
        if not kept or overlaps(boxes[index], boxes[kept]).max() <= 0.3:
            kept.append(index)
    return kept


@pytest.mark.parametrize("count", [0, 1, 2, 60, 400])
def test_thinning_agrees_with_a_slow_version(count: int) -> None:
    boxes, scores = crowd(count)

    assert suppress(boxes, scores).tolist() == suppress_slowly(boxes, scores)


def test_a_crowd_is_thinned_much_quicker_than_by_the_slow_version() -> None:
    boxes, scores = crowd(400)

    def cpu_seconds(thin: Callable[[Boxes, Scores], object]) -> float:
        start = time.thread_time()
        thin(boxes, scores)
        return time.thread_time() - start

    quick, slow = (min(cpu_seconds(thin) for _ in range(5)) for thin in (suppress, suppress_slowly))
    assert quick < slow / 5


def test_boxes_outside_the_picture_are_dropped_when_mapped_back() -> None:
    boxes = np.asarray([[10, 10, 20, 20], [-8, 4, 6, 9], [90, 10, 99, 20]], np.float32)
    found = Detections(boxes, np.asarray([0.9, 0.8, 0.7], np.float32))
    landmarks = np.full((3, 5, 2), 15, np.float32)

    points = map_back(FacePoints(found, landmarks), 0.5, np.zeros((50, 170, 3), np.uint8))

    assert points.found.boxes.tolist() == [[20, 20, 40, 40], [0, 8, 12, 18]]
    assert points.landmarks.shape == (2, 5, 2)
    assert (points.landmarks == 30).all()
