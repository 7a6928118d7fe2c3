"""Files that Keras 2 wrote load in Keras 3 and answer as they did there.

Each was saved by `tf_keras` 2.21 (`model.save(PATH)`), which is Keras 2: a small network of
MobileNetV2's layers with the heads of classic scripts, its weights random. The answers are
what that Keras gave for PICTURES.
"""

from pathlib import Path

import numpy as np
import pytest

from core.errors import WeightsMismatch
from models.exporting.keras_files import Reading, as_served, read_keras

pytestmark = pytest.mark.filterwarnings(
    # Keras hands NumPy an argument that NumPy 2 wants by another name.
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning",
)

FOLDER = Path(__file__).parent / "keras2"
SIGMOID = [[0.5065969824790955], [0.5019791722297668], [0.5031888484954834], [0.5079715251922607]]
SOFTMAX = [
    [0.5243966579437256, 0.4756033420562744],
    [0.5073242783546448, 0.4926757216453552],
    [0.5059437155723572, 0.4940562844276428],
    [0.5148555636405945, 0.48514434695243835],
]
SEQUENTIAL = [
    [0.37710827589035034],
    [0.4624329209327698],
    [0.3501899242401123],
    [0.17573541402816772],
]


def pictures() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Four pictures, each of two colours, (4, 16, 16, 3), as the script scales them."""
    flat = np.stack([np.full((16, 16, 3), value, np.float32) for value in (-1, -0.3, 0.4, 1)])
    flat[:, :8] *= -0.5
    return flat


@pytest.mark.parametrize(
    ("name", "answers"),
    [("sigmoid.h5", SIGMOID), ("softmax.h5", SOFTMAX), ("sequential.h5", SEQUENTIAL)],
)
def test_it_answers_as_in_keras_2(name: str, answers: list[list[float]]) -> None:
    network = read_keras(FOLDER / name)

    np.testing.assert_allclose(np.asarray(network(pictures())), answers, atol=1e-5)


def test_it_is_served_with_three_labels() -> None:
    network = read_keras(FOLDER / "sequential.h5")
    in_bytes = np.full((2, 16, 16, 3), 90, np.uint8)

    answers = np.asarray(as_served(network, Reading(), FOLDER / "sequential.h5")(in_bytes))

    chance = np.asarray(network(in_bytes.astype(np.float32) / 127.5 - 1))[:, 0]
    np.testing.assert_allclose(answers, np.stack([1 - chance, [0, 0], chance], axis=1), atol=1e-5)


def test_sums_of_keras_2_are_refused_as_code() -> None:
    with pytest.raises(WeightsMismatch, match="it holds a layer TFOpLambda, which is code"):
        read_keras(FOLDER / "sums.h5")
