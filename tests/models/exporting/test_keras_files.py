"""Classifiers are read out of Keras files, old ones included, and code is not run."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from core.errors import WeightsMismatch
from core.types import Label
from models.exporting.keras_files import PixelRange, Reading, as_served, guess_pixels, read_keras
from tests.models.exporting.networks import SIDE, small_classifier

pytestmark = pytest.mark.filterwarnings(
    # Keras hands NumPy an argument that NumPy 2 wants by another name.
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning",
)

PICTURES = np.random.default_rng(5).integers(0, 256, (6, SIDE, SIDE, 3), np.uint8)


def classic(outputs: int, activation: str | None, **scaling: float) -> Any:
    """A network as scripts build it: floats in, one or two outputs."""
    keras.utils.set_random_seed(2)
    pixels = keras.Input((SIDE, SIDE, 3))
    taken = keras.layers.Rescaling(**scaling)(pixels) if scaling else pixels
    features = keras.layers.GlobalAveragePooling2D()(taken)
    dense = keras.layers.Dense(outputs, activation, kernel_initializer="random_normal")
    return keras.Model(pixels, dense(features))


def as_the_script_scales(pictures: Any) -> Any:
    """What MobileNetV2's preprocess_input does."""
    return pictures.astype(np.float32) / 127.5 - 1


def test_a_sigmoid_is_the_chance_of_no_mask() -> None:
    network = classic(1, "sigmoid")
    chance = np.asarray(network(as_the_script_scales(PICTURES)))[:, 0]

    answers = np.asarray(as_served(network, Reading(), Path("old.h5"))(PICTURES))

    expected = np.stack([1 - chance, np.zeros(6), chance], axis=1)
    np.testing.assert_allclose(answers, expected, atol=1e-5)


@pytest.mark.parametrize(
    ("labels", "columns"),
    [
        pytest.param(None, (0, 2), id="mask, no_mask"),
        pytest.param((Label.NO_MASK, Label.MASK), (2, 0), id="the other way round"),
        pytest.param((Label.MASK, Label.INCORRECT_MASK), (0, 1), id="without no_mask"),
    ],
)
def test_two_outputs_come_under_their_labels(
    labels: tuple[Label, ...] | None, columns: tuple[int, int]
) -> None:
    network = classic(2, "softmax")
    outputs = np.asarray(network(as_the_script_scales(PICTURES)))

    answers = np.asarray(as_served(network, Reading(labels), Path("old.h5"))(PICTURES))

    np.testing.assert_allclose(answers[:, columns], outputs, atol=1e-5)
    np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-5)


def test_logits_become_probabilities() -> None:
    network = classic(3, None)
    odds = np.exp(np.asarray(network(as_the_script_scales(PICTURES))))

    answers = np.asarray(as_served(network, Reading(), Path("old.keras"))(PICTURES))

    np.testing.assert_allclose(answers, odds / odds.sum(axis=1, keepdims=True), atol=1e-5)


def test_pixels_are_scaled_as_its_user_says() -> None:
    network = classic(2, "softmax")

    reading = Reading(pixels=PixelRange.UNIT)
    answers = np.asarray(as_served(network, reading, Path("old.h5"))(PICTURES))

    outputs = np.asarray(network(PICTURES / np.float32(255)))
    np.testing.assert_allclose(answers[:, [0, 2]], outputs, atol=1e-5)


def test_a_network_that_scales_by_itself_is_given_bytes() -> None:
    assert guess_pixels(classic(2, "softmax", scale=1 / 255)) is PixelRange.BYTES
    assert guess_pixels(classic(2, "softmax")) is PixelRange.SIGNED


def test_a_served_network_stays_as_it_is() -> None:
    network = small_classifier()

    assert as_served(network, Reading(), Path("classifier.keras")) is network


@pytest.mark.parametrize(
    ("network", "words"),
    [
        pytest.param(lambda: classic(5, "softmax"), "to 1, 2 or 3 outputs", id="five classes"),
        pytest.param(
            lambda: keras.Sequential([keras.Input((8,)), keras.layers.Dense(2)]),
            r"expected a network from \(n, side, side, 3\)",
            id="no pictures",
        ),
    ],
)
def test_other_networks_are_refused(network: Any, words: str) -> None:
    with pytest.raises(WeightsMismatch, match=words):
        as_served(network(), Reading(), Path("other.h5"))


def test_labels_that_do_not_fit_the_outputs_are_refused() -> None:
    with pytest.raises(WeightsMismatch, match="its 2 outputs need 2 different labels, found mask"):
        as_served(classic(2, "softmax"), Reading((Label.MASK,)), Path("old.h5"))


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    for name in ("n.h5", "n.keras"):
        (tmp_path / name).write_bytes(b"no network")
        with pytest.raises(WeightsMismatch, match="Keras cannot load it"):
            read_keras(tmp_path / name)


def test_code_in_a_file_is_not_run(tmp_path: Path) -> None:
    pixels = keras.Input((SIDE, SIDE, 3))
    halved = keras.layers.Lambda(lambda taken: taken / 2)(pixels)
    network = keras.Model(pixels, keras.layers.GlobalAveragePooling2D()(halved))
    network.save(tmp_path / "code.keras")
    network.save(tmp_path / "code.h5")

    with pytest.raises(WeightsMismatch, match="Lambda"):
        read_keras(tmp_path / "code.keras")
    with pytest.raises(WeightsMismatch, match="it holds a layer Lambda, which is code"):
        read_keras(tmp_path / "code.h5")
