"""The detector: its decoding against a slow version, and its boxes on real pictures."""

import math

import cv2
import numpy as np
import pytest

from core.assets import asset_path
from core.types import Image
from models.detectors.centerface import SCORE_FLOOR, CenterFace, decode
from models.runtimes.openvino import Tensor

GRID = (12, 20)


@pytest.fixture(scope="module")
def detector() -> CenterFace:
    return CenterFace(asset_path("centerface.onnx"), threads=1)


@pytest.fixture(scope="module")
def portrait() -> Image:
    """A portrait of 512x600 pixels with one face about (177, 132) to (351, 332)."""
    return np.asarray(cv2.imread(str(asset_path("grace_hopper.jpg"))), np.uint8)


def grids_of(seed: int, faces: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Random outputs of the network with this many cells above the floor."""
    rng = np.random.default_rng(seed)
    heatmap = np.zeros((1, 1, *GRID), np.float32)
    heatmap.reshape(-1)[rng.choice(heatmap.size, faces, replace=False)] = rng.uniform(0.3, 1, faces)
    scales = rng.normal(0.5, 0.5, (1, 2, *GRID)).astype(np.float32)
    offsets = rng.uniform(-0.5, 0.5, (1, 2, *GRID)).astype(np.float32)
    landmarks = rng.uniform(0, 1, (1, 10, *GRID)).astype(np.float32)
    return heatmap, scales, offsets, landmarks


def decode_slowly(
    heatmap: Tensor, scales: Tensor, offsets: Tensor, landmarks: Tensor
) -> list[tuple[list[float], float, list[list[float]]]]:
    """One cell at a time, then every pair of boxes; (box, score, points), best first."""
    faces = []
    for row in range(GRID[0]):
        for column in range(GRID[1]):
            if heatmap[0, 0, row, column] <= SCORE_FLOOR:
                continue
            height = math.exp(scales[0, 0, row, column]) * 4
            width = math.exp(scales[0, 1, row, column]) * 4
            top = (row + offsets[0, 0, row, column] + 0.5) * 4 - height / 2
            left = (column + offsets[0, 1, row, column] + 0.5) * 4 - width / 2
            points = [
                [
                    left + landmarks[0, 2 * i + 1, row, column] * width,
                    top + landmarks[0, 2 * i, row, column] * height,
                ]
                for i in range(5)
            ]
            box = [left, top, left + width, top + height]
            faces.append((box, float(heatmap[0, 0, row, column]), points))
    kept: list[tuple[list[float], float, list[list[float]]]] = []
    for face in sorted(faces, key=lambda face: -face[1]):
        if all(overlap_slowly(face[0], other[0]) <= 0.3 for other in kept):
            kept.append(face)
    return kept


def overlap_slowly(a: list[float], b: list[float]) -> float:
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return width * height / (sum(areas) - width * height)


@pytest.mark.parametrize("faces", [0, 1, 2, 30, 120])
def test_decoding_agrees_with_a_slow_version(faces: int) -> None:
    grids = grids_of(seed=faces, faces=faces)

    points = decode(grids, (GRID[1] * 4, GRID[0] * 4))

    expected = decode_slowly(*grids)
    assert len(points.found) == len(expected)
    for index, (box, score, landmarks) in enumerate(expected):
        np.testing.assert_allclose(points.found.boxes[index], box, rtol=1e-4, atol=1e-3)
        assert points.found.scores[index] == pytest.approx(score)
        np.testing.assert_allclose(points.landmarks[index], landmarks, rtol=1e-4, atol=1e-3)


def test_no_pictures_give_no_answers(detector: CenterFace) -> None:
    assert detector.detect([]) == []


def test_an_empty_picture_has_no_faces(detector: CenterFace) -> None:
    [found] = detector.detect([np.zeros((100, 200, 3), np.uint8)])

    assert len(found) == 0


def test_it_finds_the_face_of_a_portrait(detector: CenterFace, portrait: Image) -> None:
    [found] = detector.detect([portrait])

    assert (found.scores >= 0.5).sum() == 1
    np.testing.assert_allclose(found.boxes[0], [177, 127, 353, 334], atol=10)
    assert found.scores[0] > 0.7


def test_pictures_of_several_shapes_are_answered_in_order(
    detector: CenterFace, portrait: Image
) -> None:
    height, width = portrait.shape[:2]
    wide = cv2.copyMakeBorder(portrait, 0, 0, 400, 0, cv2.BORDER_CONSTANT)
    small = np.asarray(cv2.resize(portrait, (width // 4, height // 4)), np.uint8)

    alone, moved, empty, shrunk = detector.detect(
        [portrait, np.asarray(wide, np.uint8), np.zeros_like(portrait), small]
    )

    np.testing.assert_allclose(moved.boxes[0], alone.boxes[0] + [400, 0, 400, 0], atol=16)
    np.testing.assert_allclose(shrunk.boxes[0] * 4, alone.boxes[0], atol=16)
    assert len(empty) == 0


def test_boxes_are_clipped_to_the_picture(detector: CenterFace, portrait: Image) -> None:
    cut = portrait[150:330, 190:340]

    [found] = detector.detect([np.ascontiguousarray(cut)])

    assert len(found) >= 1
    assert (found.boxes >= 0).all()
    assert (found.boxes <= [150, 180, 150, 180]).all()


def test_the_landmarks_lie_where_a_face_has_them(detector: CenterFace, portrait: Image) -> None:
    [points] = detector.detect_points([portrait])

    left_eye, right_eye, nose, left_mouth, right_mouth = points.landmarks[0]
    assert left_eye[0] < nose[0] < right_eye[0]
    assert left_mouth[0] < right_mouth[0]
    assert max(left_eye[1], right_eye[1]) < nose[1] < min(left_mouth[1], right_mouth[1])
