"""YuNet: its decoding against a slow version, its file checked, its boxes on a real picture."""

import math
from pathlib import Path

import cv2
import numpy as np
import openvino as ov
import pytest

from core.assets import asset_path
from core.errors import WeightsMismatch
from core.types import Image
from models.detectors.yunet import COLUMNS, OUTPUTS, SCORE_FLOOR, STRIDES, YuNet, decode
from models.runtimes.openvino import Tensor

SIZE_WH = (96, 64)


@pytest.fixture(scope="module")
def portrait() -> Image:
    """A portrait of 512x600 pixels with one face about (177, 132) to (351, 332)."""
    return np.asarray(cv2.imread(str(asset_path("grace_hopper.jpg"))), np.uint8)


@pytest.fixture(params=["n", "s"])
def weights(request: pytest.FixtureRequest, shared_data: Path) -> Path:
    path = shared_data.parent / "weights" / f"yunet_{request.param}_dynamic.onnx"
    if not path.exists():
        pytest.skip("no YuNet file is on this machine")
    return path


def outputs_of(seed: int) -> tuple[Tensor, ...]:
    """Random outputs of the network, an eighth of the cells likely faces."""
    rng = np.random.default_rng(seed)
    outputs = []
    for name in OUTPUTS:
        kind, stride = name.split("_")
        cells = (SIZE_WH[0] // int(stride)) * (SIZE_WH[1] // int(stride))
        values = rng.uniform(-1, 1, (1, cells, COLUMNS[kind]))
        outputs.append((values**8 if kind in ("cls", "obj") else values).astype(np.float32))
    return tuple(outputs)


def decode_slowly(outputs: tuple[Tensor, ...]) -> list[tuple[list[float], float, list[float]]]:
    """Each cell by itself; (box, score, points) of all candidates, best first."""
    faces = []
    for index, stride in enumerate(STRIDES):
        face, here, shapes, points = outputs[4 * index : 4 * index + 4]
        columns = SIZE_WH[0] // stride
        for cell in range(face.shape[1]):
            score = math.sqrt(face[0, cell, 0] * here[0, cell, 0])
            row, column = divmod(cell, columns)
            x, y, wide, tall = shapes[0, cell].tolist()
            centre_x, centre_y = (column + x) * stride, (row + y) * stride
            width, height = math.exp(wide) * stride, math.exp(tall) * stride
            box = [centre_x - width / 2, centre_y - height / 2]
            place = [column, row] * 5
            spots = [(p + c) * stride for p, c in zip(points[0, cell], place, strict=True)]
            if score > SCORE_FLOOR:
                faces.append(([*box, box[0] + width, box[1] + height], score, spots))
    return sorted(faces, key=lambda face: -face[1])


@pytest.mark.parametrize("seed", range(3))
def test_decoding_agrees_with_a_slow_version(seed: int) -> None:
    outputs = outputs_of(seed)

    points = decode(outputs, SIZE_WH)

    expected = {round(face[1], 5): face for face in decode_slowly(outputs)}
    assert 0 < len(points.found) <= len(expected)
    assert points.found.scores[0] == pytest.approx(max(expected), abs=1e-5)
    assert (np.diff(points.found.scores) <= 0).all()
    for index, score in enumerate(points.found.scores.tolist()):
        box, _, spots = expected[round(score, 5)]
        np.testing.assert_allclose(points.found.boxes[index], box, rtol=1e-4, atol=1e-3)
        np.testing.assert_allclose(points.landmarks[index].ravel(), spots, rtol=1e-4, atol=1e-3)


def test_outputs_without_likely_faces_give_none() -> None:
    outputs = tuple(np.zeros_like(output) for output in outputs_of(0))

    points = decode(outputs, SIZE_WH)

    assert len(points.found) == 0
    assert points.landmarks.shape == (0, 5, 2)


def test_a_file_that_is_absent_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsMismatch, match=r"my\.onnx: expected a YuNet .* found nothing"):
        YuNet(tmp_path / "my.onnx", threads=1)


def test_a_file_that_is_no_network_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "my.onnx"
    path.write_bytes(b"no network")

    with pytest.raises(WeightsMismatch, match="cannot be read as a network"):
        YuNet(path, threads=1)


def test_another_detectors_file_is_refused_with_what_it_has() -> None:
    with pytest.raises(WeightsMismatch, match="expected the outputs of a YuNet"):
        YuNet(asset_path("centerface.onnx"), threads=1)


def test_a_network_of_one_fixed_input_size_is_refused(tmp_path: Path) -> None:
    """Outputs of the right names, but always of the cells of 64x64 pixels."""
    path = tmp_path / "fixed.xml"
    ov.save_model(fixed_network(), path)

    with pytest.raises(WeightsMismatch, match="export it with dynamic height and width"):
        YuNet(path, threads=1)


def fixed_network() -> ov.Model:
    opset = ov.opset13
    taken = opset.parameter([1, 3, -1, -1], np.float32, name="input")
    lightest = opset.reduce_max(taken, np.asarray([1, 2, 3]), keep_dims=False)  # (1,)
    results = []
    for name in OUTPUTS:
        kind, stride = name.split("_")
        shape = np.asarray([1, (64 // int(stride)) ** 2, COLUMNS[kind]])
        results.append(opset.result(opset.broadcast(lightest, shape)))
        results[-1].output(0).get_tensor().set_names({name})
    return ov.Model(results, [taken])


def test_it_finds_the_face_and_its_points(weights: Path, portrait: Image) -> None:
    detector = YuNet(weights, threads=1)

    [points, empty] = detector.detect_points([portrait, np.zeros((90, 160, 3), np.uint8)])

    assert len(empty.found) == 0
    assert (points.found.scores >= 0.5).sum() == 1
    np.testing.assert_allclose(points.found.boxes[0], [177, 122, 351, 332], atol=14)
    left_eye, right_eye, nose, left_mouth, right_mouth = points.landmarks[0]
    assert left_eye[0] < nose[0] < right_eye[0]
    assert left_mouth[0] < right_mouth[0]
    assert max(left_eye[1], right_eye[1]) < nose[1] < min(left_mouth[1], right_mouth[1])
