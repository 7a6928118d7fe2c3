"""The network's shape, its start from given weights, and that its exports agree with it."""

from pathlib import Path

import keras
import numpy as np
import pytest

from core.types import Image
from models.detectors.anchor_free import AnchorFree, lay_cells
from models.manifest import read_manifest
from models.training.detector.export import move_scores, write_folder
from models.training.detector.network import (
    FROZEN,
    SCORE_PRIOR,
    build_network,
    freeze,
    start_from_imagenet,
)

pytestmark = pytest.mark.filterwarnings(
    # Keras hands NumPy an argument that NumPy 2 wants by another name.
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning",
)

SIZE_WH = (96, 64)


@pytest.fixture(scope="module")
def network() -> keras.Model:
    keras.utils.set_random_seed(4)
    return build_network()


@pytest.fixture(scope="module")
def picture() -> Image:
    return np.random.default_rng(2).integers(0, 255, (64, 96, 3)).astype(np.uint8)


def test_it_gives_eight_values_for_each_cell_of_any_input(network: keras.Model) -> None:
    for width, height in (SIZE_WH, (32, 32), (128, 64)):
        raw = np.asarray(network(np.zeros((1, height, width, 3), np.uint8)))
        assert raw.shape == (1, len(lay_cells((width, height))), 8)


def test_every_cell_begins_unsure_of_a_face(network: keras.Model, picture: Image) -> None:
    scores = 1 / (1 + np.exp(-np.asarray(network(picture[None]))[0, :, 0]))
    assert np.median(scores) == pytest.approx(SCORE_PRIOR, abs=0.02)


def test_freezing_spares_the_early_layers(network: keras.Model) -> None:
    every = len(network.trainable_variables)
    freeze(network, True)
    assert len(network.trainable_variables) == every - 2 * len(FROZEN)
    freeze(network, False)
    assert len(network.trainable_variables) == every


def test_the_backbone_starts_as_mobilenet(tmp_path: Path, picture: Image) -> None:
    source = keras.applications.MobileNetV2(
        input_shape=(224, 224, 3), alpha=0.35, include_top=False, weights=None
    )
    rng = np.random.default_rng(5)
    varied = [np.abs(value + rng.normal(0, 0.05, value.shape)) for value in source.get_weights()]
    source.set_weights(varied)
    source.save_weights(tmp_path / "source.weights.h5")
    ours = build_network()
    start_from_imagenet(ours, tmp_path / "source.weights.h5")
    tap = keras.Model(ours.input, ours.get_layer("block_3_expand").output)
    theirs = keras.Model(source.input, source.get_layer("block_3_expand_BN").output)
    square = np.zeros((1, 224, 224, 3), np.uint8)
    square[0, :64, :96] = picture
    expected = np.asarray(theirs(square[..., ::-1].astype(np.float32) / 127.5 - 1))
    scale = float(np.abs(expected).max())
    assert np.asarray(tap(square)) == pytest.approx(expected, abs=1e-4 * scale)


def test_the_exported_folder_finds_what_the_network_finds(
    network: keras.Model, picture: Image, tmp_path: Path
) -> None:
    write_folder(network, tmp_path, "test-1", "a command")
    assert {file.name for file in read_manifest(tmp_path).files} == {
        "detector.keras", "detector.xml", "detector.bin", "detector.tflite",
    }  # fmt: skip
    kept = keras.models.load_model(tmp_path / "detector.keras")
    raw = np.asarray(kept(picture[None]))
    assert raw == pytest.approx(np.asarray(network(picture[None])), abs=1e-5)
    floor = float(np.quantile(1 / (1 + np.exp(-raw[0, :, 0])), 0.9))
    (found,) = AnchorFree(tmp_path, 1, [SIZE_WH], score_floor=floor).detect([picture])
    best = float((1 / (1 + np.exp(-raw[0, :, 0]))).max())
    assert len(found) > 0
    assert found.scores[0] == pytest.approx(best, abs=0.01)


def test_moving_scores_makes_the_wanted_one_a_half(network: keras.Model, picture: Image) -> None:
    moved = keras.models.clone_model(network)
    moved.set_weights(network.get_weights())
    move_scores(moved, 0.6)
    before, after = (np.asarray(each(picture[None]))[0] for each in (network, moved))
    assert before[:, 0] - after[:, 0] == pytest.approx(np.log(1.5), abs=1e-4)
    assert after[:, 1:] == pytest.approx(before[:, 1:], abs=1e-4)
