"""Our own detector's decoding, and what it refuses to load."""

from pathlib import Path

import numpy as np
import pytest

from core.errors import WeightsMismatch
from core.manifests import NAME, Task, write_out
from models.detectors.anchor_free import (
    AnchorFree,
    decode,
    decode_labelled,
    lay_cells,
    to_boxes,
    to_offsets,
)
from models.runtimes.openvino import Tensor
from tests.model_folders import make_manifest

SIZE_WH = (96, 64)
CELLS = 12 * 8 + 6 * 4 + 3 * 2


def outputs_of(*faces: tuple[int, float, tuple[float, float, float, float]]) -> tuple[Tensor, ...]:
    """Raw predictions: so sure of a face in these cells, with this box and a mask; else none."""
    raw = np.zeros((1, CELLS, 8), np.float32)
    raw[0, :, 0] = -10
    for cell, score, box in faces:
        raw[0, cell, 0] = np.log(score / (1 - score))
        at = lay_cells(SIZE_WH)[cell : cell + 1]
        raw[0, cell, 1:5] = to_offsets(np.asarray([box], np.float32), at)[0]
        raw[0, cell, 5:] = (4, 0, 0)
    return (raw,)


def test_cells_are_laid_by_stride_and_row_by_row() -> None:
    cells = lay_cells(SIZE_WH)
    assert cells.shape == (CELLS, 3)
    assert cells[0].tolist() == [4, 4, 8]
    assert cells[1].tolist() == [12, 4, 8]
    assert cells[12].tolist() == [4, 12, 8]
    assert cells[96].tolist() == [8, 8, 16]
    assert cells[-1].tolist() == [80, 48, 32]


def test_a_box_survives_encoding_and_decoding() -> None:
    rng = np.random.default_rng(1)
    starts = rng.uniform(0, 50, (CELLS, 2))
    boxes = np.concatenate([starts, starts + rng.uniform(3, 40, (CELLS, 2))], axis=1)
    boxes = boxes.astype(np.float32)
    cells = lay_cells(SIZE_WH)
    assert to_boxes(to_offsets(boxes, cells), cells) == pytest.approx(boxes, abs=1e-3)


def test_nothing_found_gives_empty_arrays() -> None:
    points = decode(outputs_of(), SIZE_WH)
    assert len(points.found) == 0
    assert points.landmarks.shape == (0, 5, 2)
    assert decode_labelled(outputs_of(), SIZE_WH)[1].shape == (0, 3)


def test_faces_come_best_first_with_their_scores_and_labels() -> None:
    left, right = (4.0, 6.0, 30.0, 40.0), (50.0, 10.0, 80.0, 50.0)
    found, labels = decode_labelled(outputs_of((20, 0.6, left), (100, 0.9, right)), SIZE_WH)
    assert found.scores == pytest.approx([0.9, 0.6], abs=1e-5)
    assert found.boxes == pytest.approx(np.asarray([right, left]), abs=1e-3)
    assert labels.sum(axis=1) == pytest.approx([1, 1])
    assert labels.argmax(axis=1).tolist() == [0, 0]


def test_two_cells_that_mean_one_face_give_one() -> None:
    box, shifted = (10.0, 10.0, 40.0, 50.0), (12.0, 11.0, 42.0, 51.0)
    found, _ = decode_labelled(outputs_of((20, 0.6, box), (21, 0.8, shifted)), SIZE_WH)
    assert found.boxes == pytest.approx(np.asarray([shifted]), abs=1e-3)


def test_faces_below_the_floor_are_left_out() -> None:
    outputs = outputs_of((20, 0.3, (4, 6, 30, 40)))
    assert len(decode(outputs, SIZE_WH, score_floor=0.31).found) == 0
    assert len(decode(outputs, SIZE_WH, score_floor=0.29).found) == 1


@pytest.mark.parametrize(
    ("task", "expected"),
    [(Task.CLASSIFIER, "expected a detector"), (Task.DETECTOR, "expected a network of OpenVINO")],
)
def test_a_folder_without_a_detector_is_refused(tmp_path: Path, task: Task, expected: str) -> None:
    (tmp_path / NAME).write_text(write_out(make_manifest("test-1", task, {})))
    with pytest.raises(WeightsMismatch, match=expected):
        AnchorFree(tmp_path, 1)
