"""A network gives the same answers in every format that it is written in."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import openvino as ov
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from models.exporting.formats import (
    write_keras,
    write_litert,
    write_litert_int8,
    write_onnx,
    write_openvino,
    write_saved_model,
)
from models.exporting.quantisation import quantise
from tests.models.exporting.networks import SIDE, small_classifier

pytestmark = pytest.mark.filterwarnings(
    # Keras hands NumPy an argument that NumPy 2 wants by another name.
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning",
    "ignore:In the future `np.object` will be defined:FutureWarning",
    "ignore:Statistics for quantized inputs were expected:UserWarning",
)

FLOAT = {"INFERENCE_PRECISION_HINT": "f32"}


@pytest.fixture(scope="module")
def network() -> Any:
    return small_classifier()


@pytest.fixture(scope="module")
def pictures() -> NDArray[np.uint8]:
    """Flat pictures of many colours with a little noise, (n, side, side, 3)."""
    draws = np.random.default_rng(2)
    flat = draws.integers(0, 256, (40, 1, 1, 3))
    noise = draws.integers(-20, 21, (40, SIDE, SIDE, 3))
    return np.asarray(np.clip(flat + noise, 0, 255), np.uint8)


@pytest.fixture(scope="module")
def expected(network: Any, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    answers = np.asarray(network(pictures, training=False))
    assert np.ptp(answers, axis=0).max() > 0.2, "the network must tell pictures apart"
    return answers


def by_openvino(path: Path, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    compiled = ov.Core().compile_model(path, "CPU", FLOAT)
    return np.concatenate([np.array(compiled(each[None])[0]) for each in pictures])


def by_litert(path: Path, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    interpreter = Interpreter(str(path))
    interpreter.allocate_tensors()
    taken, given = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    assert taken["dtype"] is np.uint8
    rows = []
    for each in pictures:
        interpreter.set_tensor(taken["index"], each[None])
        interpreter.invoke()
        rows.append(interpreter.get_tensor(given["index"]))
    return np.concatenate(rows)


def assert_close_in_int8(answers: NDArray[np.float32], expected: NDArray[np.float32]) -> None:
    """Eight bits a layer: single pictures may differ by much, all together may not."""
    differences = np.abs(answers - expected)
    assert differences.mean() < 0.03
    assert differences.max() < 0.2


def test_keras(tmp_path: Path, network: Any, pictures: Any, expected: Any) -> None:
    write_keras(network, tmp_path / "n.keras")

    again = keras.models.load_model(tmp_path / "n.keras")

    np.testing.assert_allclose(again(pictures), expected, atol=1e-6)


def test_openvino(tmp_path: Path, network: Any, pictures: Any, expected: Any) -> None:
    write_openvino(network, tmp_path / "n.xml")

    # Weights of float16 have 11 bits.
    np.testing.assert_allclose(by_openvino(tmp_path / "n.xml", pictures), expected, atol=5e-3)


def test_openvino_int8(tmp_path: Path, network: Any, pictures: Any, expected: Any) -> None:
    write_openvino(network, tmp_path / "n.xml")

    quantise(tmp_path / "n.xml", [each[None] for each in pictures], tmp_path / "q.xml")

    assert "FakeQuantize" in (tmp_path / "q.xml").read_text()
    assert_close_in_int8(by_openvino(tmp_path / "q.xml", pictures), expected)


def test_litert(tmp_path: Path, network: Any, pictures: Any, expected: Any) -> None:
    write_litert(network, tmp_path / "n.tflite")

    np.testing.assert_allclose(by_litert(tmp_path / "n.tflite", pictures), expected, atol=5e-3)


def test_litert_int8(tmp_path: Path, network: Any, pictures: Any, expected: Any) -> None:
    write_litert_int8(network, tmp_path / "n.tflite", [each[None] for each in pictures])

    assert_close_in_int8(by_litert(tmp_path / "n.tflite", pictures), expected)


def test_saved_model(tmp_path: Path, network: Any, pictures: Any, expected: Any) -> None:
    write_saved_model(network, tmp_path / "saved_model")

    again = tf.saved_model.load(str(tmp_path / "saved_model"))

    np.testing.assert_allclose(again.serve(pictures), expected, atol=1e-5)


def test_onnx(tmp_path: Path, network: Any, pictures: Any, expected: Any) -> None:
    write_onnx(network, tmp_path / "n.onnx")

    np.testing.assert_allclose(by_openvino(tmp_path / "n.onnx", pictures), expected, atol=1e-5)
