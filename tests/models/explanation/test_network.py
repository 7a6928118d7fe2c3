"""Networks are read from within: the layers that are found, and the logits' gradients."""

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from core.errors import WeightsMismatch
from core.types import LABELS, Label
from models.explanation.network import BEST_OF_RUN, OpenedNetwork, open_network
from models.manifest import SHIPPED_CLASSIFIER
from models.preprocess import to_input
from models.training.network import build_network, with_probabilities
from tests.models.explanation.networks import SIDE, patch, see_blue

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)
BLUE = to_input([patch("blue")], SIDE)


def test_layers_are_found_by_their_resolution_the_coarsest_first(network: OpenedNetwork) -> None:
    assert network.layer_names == ("coarse", "fine")
    assert network.side == SIDE


def test_layers_of_a_network_within_the_network_are_found() -> None:
    served = with_probabilities(build_network(None, 0.2, 64, 0.35), temperature=2.0)
    opened = OpenedNetwork(served, "mobilenet", temperature=2.0)
    pixels = np.random.default_rng(1).integers(0, 255, (2, 64, 64, 3)).astype(np.uint8)

    look = opened.look(pixels, None)

    assert opened.layer_names[:2] == ("out_relu", "block_13_expand_relu")
    assert [cells.shape[1] for cells in look.activations] == [2, 4, 8, 16]
    np.testing.assert_allclose(look.probabilities, served(pixels), atol=1e-4)


def test_gradients_are_those_of_the_labels_logit(network: OpenedNetwork) -> None:
    look = network.look(BLUE, Label.MASK)

    # The logit is 8 times the mean of blueness over 4x4 cells.
    np.testing.assert_allclose(look.gradients[0][0, :, :, 0], 8 / 16, rtol=1e-5)
    np.testing.assert_allclose(look.gradients[0][0, :, :, 1], 0, atol=1e-7)
    np.testing.assert_allclose(look.gradients[1][0, :, :, 0], 8 / 64, rtol=1e-5)


@pytest.mark.parametrize("temperature", [0.5, 4.0])
def test_the_temperature_changes_probabilities_and_no_gradient(
    network: OpenedNetwork, temperature: float
) -> None:
    calibrated = OpenedNetwork(see_blue(), "blue-1", temperature)

    plain, other = network.look(BLUE, None), calibrated.look(BLUE, None)

    np.testing.assert_array_equal(plain.gradients[0], other.gradients[0])
    assert plain.probabilities[0, 0] != pytest.approx(other.probabilities[0, 0])
    np.testing.assert_allclose(other.probabilities.sum(axis=1), 1, rtol=1e-5)


def test_a_softmax_takes_no_gradient_away() -> None:
    behind_softmax = OpenedNetwork(see_blue(activation="softmax"), "blue-1")

    look = behind_softmax.look(BLUE, Label.MASK)

    np.testing.assert_allclose(look.gradients[0][0, :, :, 0], 8 / 16, rtol=1e-5)


@pytest.mark.parametrize(
    ("units", "activation"), [(1, "linear"), (1, "sigmoid"), (2, "linear"), (2, "softmax")]
)
def test_networks_of_two_labels_are_explained_too(units: int, activation: str) -> None:
    opened = OpenedNetwork(see_blue(units, activation), "two")

    blue, red = opened.look(BLUE, None), opened.look(to_input([patch("red")], SIDE), None)

    assert (LABELS[blue.labels[0]], LABELS[red.labels[0]]) == (Label.MASK, Label.NO_MASK)
    assert blue.probabilities[0, 1] == pytest.approx(0, abs=1e-6)
    assert red.gradients[0][0, 0, 0, 1] > 0, "red speaks for no mask"


def test_the_asked_for_label_is_explained_whatever_is_likeliest(network: OpenedNetwork) -> None:
    assert network.look(BLUE, None).labels.tolist() == [0]
    assert network.look(BLUE, Label.NO_MASK).labels.tolist() == [2]


def test_a_face_is_not_changed_by_its_neighbours(network: OpenedNetwork) -> None:
    together = network.look(to_input([patch("red"), patch("blue")], SIDE), Label.MASK)

    alone = network.look(BLUE, Label.MASK)

    np.testing.assert_allclose(together.gradients[1][1], alone.gradients[1][0], rtol=1e-5)


def flat(units: int) -> Any:
    pixels = keras.Input((8, 8, 3))
    return keras.Model(pixels, keras.layers.Dense(units)(keras.layers.Flatten()(pixels)))


def without_dense() -> Any:
    pixels = keras.Input((8, 8, 3))
    convolved = keras.layers.Conv2D(3, 4, strides=4)(pixels)
    return keras.Model(pixels, keras.layers.GlobalAveragePooling2D()(convolved))


@pytest.mark.parametrize(
    ("network", "message"),
    [
        pytest.param(flat(3), "expected a layer of 2 cells", id="no convolution"),
        pytest.param(without_dense(), "expected a last dense layer", id="no dense layer"),
        pytest.param(flat(1000), "found one of 1000 units", id="other classes"),
    ],
)
def test_a_network_that_cannot_be_explained_says_why(network: Any, message: str) -> None:
    with pytest.raises(WeightsMismatch, match=message):
        OpenedNetwork(network, "other")


def test_the_best_network_of_a_training_run_is_opened(tmp_path: Path) -> None:
    see_blue().save(tmp_path / BEST_OF_RUN)

    opened = open_network(tmp_path)

    assert opened.model_version == tmp_path.name
    assert opened.look(BLUE, None).labels.tolist() == [0]


def test_a_model_folder_without_a_keras_file_says_what_is_missing(tmp_path: Path) -> None:
    manifest = json.loads((SHIPPED_CLASSIFIER / "manifest.json").read_text())
    manifest["files"] = [file for file in manifest["files"] if file["runtime"] == "openvino"]
    for file in manifest["files"]:
        (tmp_path / file["name"]).write_bytes((SHIPPED_CLASSIFIER / file["name"]).read_bytes())
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(WeightsMismatch, match=r"need the version's Keras file, found classifier\."):
        open_network(tmp_path)


def test_an_empty_folder_and_a_broken_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsMismatch, match=r"expected manifest.json or best.keras"):
        open_network(tmp_path)
    (tmp_path / BEST_OF_RUN).write_bytes(b"broken")
    with pytest.raises(WeightsMismatch, match="not a Keras network"):
        open_network(tmp_path)
