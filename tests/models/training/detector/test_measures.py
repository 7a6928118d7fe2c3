"""The measures of a detector, by cases counted by hand and a slow version."""

import math

import numpy as np
import pytest

from core.types import Boxes, Detections
from models.training.detector.measures import (
    SceneTruth,
    average_precision,
    ignore_confirmed,
    judge,
    recall_at_precision,
    recall_by_size,
    score_at_precision,
)


def boxes_of(*lefts: float, side: float = 10) -> Boxes:
    """Squares on the upper edge of a picture."""
    rows = [[left, 0, left + side, side] for left in lefts]
    return np.asarray(rows, np.float32).reshape(-1, 4)


def found_of(lefts: list[float], scores: list[float], side: float = 10) -> Detections:
    return Detections(boxes_of(*lefts, side=side), np.asarray(scores, np.float32))


def truth_of(*lefts: float, ignored: Boxes | None = None) -> SceneTruth:
    return SceneTruth(boxes_of(*lefts), boxes_of() if ignored is None else ignored)


def test_no_pictures_and_no_faces_have_no_figures() -> None:
    for judged in (judge([], [], 0.5), judge([truth_of()], [found_of([5], [0.9])], 0.5)):
        assert math.isnan(average_precision(judged))
        assert math.isnan(recall_at_precision(judged, 0.9))


def test_a_detector_that_finds_nothing_scores_nothing() -> None:
    judged = judge([truth_of(0, 50)], [Detections.empty()], 0.5)

    assert average_precision(judged) == 0
    assert recall_at_precision(judged, 0.9) == 0
    assert score_at_precision(judged, 0.9) > 1


def test_a_perfect_detector_scores_one() -> None:
    judged = judge(
        [truth_of(0, 50), truth_of()], [found_of([50, 0], [0.6, 0.4]), found_of([], [])], 0.5
    )

    assert average_precision(judged) == 1
    assert recall_at_precision(judged, 0.9) == 1


def test_precision_is_the_best_at_that_recall_or_any_higher() -> None:
    """Hit, false, hit of two faces: recall 1/2 at 1, recall 1 at 2/3."""
    judged = judge([truth_of(0, 50)], [found_of([0, 100, 50], [0.9, 0.8, 0.7])], 0.5)

    assert average_precision(judged) == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert recall_at_precision(judged, 0.9) == 0.5
    assert recall_at_precision(judged, 0.6) == 1
    assert score_at_precision(judged, 0.6) == pytest.approx(0.7)


def test_detections_of_one_score_stand_or_fall_together() -> None:
    truth = [truth_of(0, 50)]

    one_way = judge(truth, [found_of([0, 100], [0.5, 0.5])], 0.5)
    other_way = judge(truth, [found_of([100, 0], [0.5, 0.5])], 0.5)

    assert average_precision(one_way) == average_precision(other_way) == 0.25


def test_the_second_detection_of_a_face_is_false() -> None:
    judged = judge([truth_of(0)], [found_of([0, 1], [0.9, 0.8])], 0.5)

    assert judged.is_hit.tolist() == [True, False]


def test_the_better_detection_takes_the_face_whatever_its_place() -> None:
    judged = judge([truth_of(0)], [found_of([3, 0], [0.6, 0.8])], 0.5)

    assert judged.scores.tolist() == pytest.approx([0.8, 0.6])
    assert judged.is_hit.tolist() == [True, False]
    assert judged.found_at.tolist() == pytest.approx([0.8])


@pytest.mark.parametrize(
    ("overlap_min", "is_hit"),
    [pytest.param(0.3, True, id="loose"), pytest.param(0.5, False, id="strict")],
)
def test_how_much_must_overlap_is_the_callers_choice(overlap_min: float, is_hit: bool) -> None:
    """Shifted by 4 of 10: 6 shared of 14."""
    judged = judge([truth_of(0)], [found_of([4], [0.9])], overlap_min)

    assert judged.is_hit.tolist() == [is_hit]


def test_over_an_ignored_box_a_detection_is_neither_hit_nor_false() -> None:
    ignored = np.concatenate([boxes_of(50), boxes_of(100, side=40)])
    found = found_of([0, 52, 110, 200], [0.6, 0.9, 0.8, 0.7])

    judged = judge([truth_of(0, ignored=ignored)], [found], 0.5)

    assert judged.scores.tolist() == pytest.approx([0.7, 0.6])
    assert judged.is_hit.tolist() == [False, True]


def test_recall_is_told_by_the_size_of_the_face() -> None:
    boxes = np.asarray([[0, 0, 10, 10], [50, 0, 60, 90], [200, 0, 290, 90]], np.float32)
    found = Detections(boxes[:2], np.asarray([0.9, 0.4], np.float32))

    answers = recall_by_size(judge([SceneTruth(boxes, boxes_of())], [found], 0.5), 0.5)

    assert [(each.from_px, each.faces, each.recall) for each in answers] == [
        (0, 1, 1.0),
        (20, 1, 0.0),
        (40, 0, None),
        (80, 1, 0.0),
    ]


def test_a_face_without_a_box_is_ignored_only_if_both_teachers_see_it() -> None:
    first = found_of([0, 50, 100, 150], [0.9, 0.9, 0.9, 0.9])
    second = found_of([1, 51, 151], [0.9, 0.9, 0.9])

    truth = ignore_confirmed(truth_of(0, ignored=boxes_of(150)), first, second)

    assert truth.ignored[:, 0].tolist() == [150, 50]


@pytest.mark.parametrize("seed", range(5))
def test_the_area_agrees_with_a_slow_version(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truths = [truth_of(*rng.choice(40, rng.integers(0, 5), replace=False) * 20.0) for _ in range(9)]
    found = []
    for truth in truths:
        lefts = [*(truth.boxes[:, 0] + rng.normal(0, 3, len(truth.boxes))), *rng.uniform(0, 800, 3)]
        found.append(found_of(lefts, rng.uniform(0.05, 1, len(lefts)).tolist()))

    judged = judge(truths, found, 0.5)

    faces = sum(len(truth.boxes) for truth in truths)
    area = 0.0
    for hits in range(1, int(judged.is_hit.sum()) + 1):
        precisions = [
            judged.is_hit[:end].sum() / end
            for end in range(1, len(judged.scores) + 1)
            if judged.is_hit[:end].sum() >= hits
        ]
        area += max(precisions) / faces
    assert average_precision(judged) == pytest.approx(area)
