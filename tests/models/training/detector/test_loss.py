"""Which cell answers for which face, and that the loss falls as answers get better."""

import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray

from models.detectors.anchor_free import lay_cells as lay_served_cells
from models.detectors.anchor_free import to_boxes as to_served_boxes
from models.detectors.anchor_free import to_offsets
from models.training.detector.loss import (
    Tensor,
    assign,
    generalised_overlap,
    lay_cells,
    measure,
    to_boxes,
)
from models.training.detector.pictures import Kind

SIDE = 128
CELLS = lay_cells(SIDE, SIDE)
COUNT = 16 * 16 + 8 * 8 + 4 * 4
FACE = (20.0, 24.0, 52.0, 60.0)


def truth_of(*rows: tuple[tuple[float, ...], int]) -> tuple[Tensor, Tensor]:
    """One picture's faces and kinds, padded."""
    faces, kinds = np.zeros((1, 4, 4), np.float32), np.full((1, 4), -1, np.int32)
    for i, (box, kind) in enumerate(rows):
        faces[0, i], kinds[0, i] = box, kind
    return tf.constant(faces), tf.constant(kinds)


def answers(score: float, box: tuple[float, ...] = FACE) -> Tensor:
    """Every cell predicts this box; those near its centre this raw score, others -8."""
    cells = lay_served_cells((SIDE, SIDE))
    raw = np.zeros((1, COUNT, 8), np.float32)
    raw[0, :, 1:5] = to_offsets(np.repeat([box], COUNT, axis=0).astype(np.float32), cells)
    centre = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    near = np.abs(cells[:, :2] - centre).max(axis=1) < 1.5 * cells[:, 2]
    raw[0, :, 0] = np.where(near & (cells[:, 2] < 32), score, -8)
    return tf.constant(raw)


def own_answers() -> Tensor:
    """Every cell predicts a box of FACE's size about its own middle, with the same score."""
    cells = lay_served_cells((SIDE, SIDE))
    half = np.asarray([16, 18], np.float32)
    boxes = np.concatenate([cells[:, :2] - half, cells[:, :2] + half], axis=1)
    raw = np.zeros((1, COUNT, 8), np.float32)
    raw[0, :, 1:5] = to_offsets(boxes, cells)
    return tf.constant(raw)


def owners(raw: Tensor, faces: Tensor, kinds: Tensor) -> NDArray[np.int32]:
    owner, _ = assign(raw[..., 0], to_boxes(raw[..., 1:5], CELLS), faces, kinds, CELLS)
    return np.asarray(owner, np.int32).reshape(-1)


def test_training_and_serving_lay_the_same_cells_and_boxes() -> None:
    cells = lay_served_cells((SIDE, SIDE))
    assert np.array_equal(np.asarray(CELLS.centres), cells[:, :2])
    assert np.array_equal(np.asarray(CELLS.strides), cells[:, 2])
    offsets = np.random.default_rng(1).normal(0, 1, (COUNT, 4)).astype(np.float32)
    trained = np.asarray(to_boxes(tf.constant(offsets[None]), CELLS))[0]
    assert trained == pytest.approx(to_served_boxes(offsets, cells), abs=1e-3)


def test_cells_near_the_centre_answer_for_a_face() -> None:
    owner = owners(own_answers(), *truth_of((FACE, Kind.MASK)))
    chosen = np.asarray(CELLS.centres)[owner == 0]
    assert 1 <= len(chosen) <= 10
    assert np.abs(chosen - (36, 42)).max() <= 1.5 * 16


@pytest.mark.parametrize(("side", "strides"), [(10, {8}), (50, {8, 16}), (120, {16, 32})])
def test_grids_answer_for_faces_of_their_size(side: float, strides: set[int]) -> None:
    face = (64 - side / 2, 64 - side / 2, 64 + side / 2, 64 + side / 2)
    owner = owners(answers(0.0, face), *truth_of((face, Kind.FACE)))
    assert set(np.asarray(CELLS.strides)[owner == 0].tolist()) <= strides


def test_each_cell_answers_for_one_face_and_each_face_has_a_cell() -> None:
    other = (30.0, 24.0, 62.0, 60.0)
    owner = owners(own_answers(), *truth_of((FACE, Kind.MASK), (other, Kind.NO_MASK)))
    assert {0, 1} <= set(owner.tolist())


@pytest.mark.parametrize("rows", [(), ((FACE, Kind.IGNORE),)], ids=["empty", "ignored"])
def test_no_cell_answers_where_no_face_is(rows: tuple[tuple[tuple[float, ...], int], ...]) -> None:
    faces, kinds = truth_of(*rows)
    assert (owners(answers(0.0), faces, kinds) == -1).all()
    losses = measure(answers(0.0), faces, kinds, CELLS)
    assert float(losses.box) == float(losses.label) == 0
    assert np.isfinite(float(losses.total))


def test_scores_inside_an_ignored_box_cost_nothing() -> None:
    wide = (0.0, 0.0, 128.0, 128.0)
    ignored = measure(answers(5.0), *truth_of((wide, Kind.IGNORE)), CELLS)
    counted = measure(answers(5.0), *truth_of(), CELLS)
    assert float(ignored.score) == pytest.approx(0, abs=1e-6)
    assert float(counted.score) > 1


def test_better_answers_cost_less() -> None:
    truth = truth_of((FACE, Kind.FACE))
    poor, fair, good = (
        measure(answers(score, box), *truth, CELLS)
        for score, box in ((-4.0, (30.0, 34.0, 62.0, 70.0)), (0.0, FACE), (3.0, FACE))
    )
    assert float(poor.total) > float(fair.total) > float(good.total)
    assert float(good.box) == pytest.approx(0, abs=1e-4)


def test_labels_are_learned_only_where_they_are_known() -> None:
    known = measure(answers(2.0), *truth_of((FACE, Kind.NO_MASK)), CELLS)
    unknown = measure(answers(2.0), *truth_of((FACE, Kind.FACE)), CELLS)
    assert float(known.label) > 0
    assert float(unknown.label) == 0


@pytest.mark.parametrize(
    ("other", "expected"),
    [((0, 0, 2, 2), 1.0), ((1, 0, 3, 2), 1 / 3), ((4, 0, 6, 2), -1 / 3)],
    ids=["same", "half", "apart"],
)
def test_generalised_overlap_is_as_defined(other: tuple[float, ...], expected: float) -> None:
    first = tf.constant([[0.0, 0.0, 2.0, 2.0]])
    second = tf.constant([other], tf.float32)
    assert float(generalised_overlap(first, second)[0]) == pytest.approx(expected, abs=1e-5)
