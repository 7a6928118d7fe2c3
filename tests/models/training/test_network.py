"""The networks: what they start from, what learns, and what they say at the end."""

from pathlib import Path

import keras
import numpy as np
import pytest

from core.errors import BadSettings
from models.training import base_weights
from models.training.base_weights import copy_weights, find_base_weights, say_base
from models.training.network import (
    alpha_of,
    base_of,
    build_classic_network,
    build_network,
    unfreeze,
    with_probabilities,
)
from models.training.options import Recipe, options_of
from models.training.progress import Quiet
from models.training.validation import Judgement, three_columns

pytestmark = [
    pytest.mark.usefixtures("eager"),
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning"),
]
FACES = np.random.default_rng(1).integers(0, 255, (2, 96, 96, 3), np.uint8)


@pytest.fixture(scope="module")
def network(eager: None) -> keras.Model:
    return build_network(None, 0.2, 96, 0.35)


@pytest.fixture(scope="module")
def classic(eager: None) -> keras.Model:
    return build_classic_network(None, 96, 0.35)


def test_probabilities_are_the_softmax_of_logits_by_the_temperature(network: keras.Model) -> None:
    odds = np.exp(np.asarray(network(FACES)) / 1.7)

    said = np.asarray(with_probabilities(network, 1.7)(FACES))

    np.testing.assert_allclose(said, odds / odds.sum(axis=1, keepdims=True), atol=1e-5)


def test_two_labels_become_three_columns_without_incorrect_masks(classic: keras.Model) -> None:
    bare = 1 / (1 + np.exp(-np.asarray(classic(FACES))[:, 0] / 2))

    said = np.asarray(with_probabilities(classic, 2.0)(FACES))

    np.testing.assert_allclose(said, np.stack([1 - bare, 0 * bare, bare], axis=1), atol=1e-6)


def test_the_classic_head_is_the_usual_scripts(classic: keras.Model) -> None:
    head = [layer for layer in classic.layers if isinstance(layer, keras.layers.Dense)]

    assert [(layer.units, layer.activation.__name__) for layer in head] == [
        (128, "relu"),
        (1, "linear"),
    ]
    rates = [layer.rate for layer in classic.layers if isinstance(layer, keras.layers.Dropout)]
    assert rates == [0.3, 0.3]
    assert len(classic.trainable_variables) == 4


def test_the_classic_options_are_the_usual_scripts(tmp_path: Path) -> None:
    options = options_of(Recipe.CLASSIC, data=tmp_path, output=tmp_path)

    assert (options.side, options.batch, options.frozen_rate) == (224, 32, 1e-4)
    assert (options.full_epochs, options.base_weights) == (0, "imagenet")


def test_learning_can_begin_at_a_layer(network: keras.Model) -> None:
    unfreeze(network, "block_16_project")
    learning = [layer.name for layer in base_of(network).layers if layer.trainable]
    assert learning[0] == "block_16_project"

    unfreeze(network, None)
    layers = [layer for layer in base_of(network).layers if layer.weights]
    assert all(layer.trainable for layer in layers)


def test_a_layer_that_is_none_is_refused(network: keras.Model) -> None:
    with pytest.raises(BadSettings, match="no layer 'block_99'; name one such as block_3_expand"):
        unfreeze(network, "block_99")


def test_one_logit_is_widened_for_judging() -> None:
    columns = three_columns(np.asarray([[2.0], [-1.0]], np.float32))

    odds = np.exp(columns)
    said = odds / odds.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(said[:, 2], 1 / (1 + np.exp([-2.0, 1.0])), atol=1e-6)
    assert (said[:, 1] < 1e-9).all()


def test_macro_f1_is_the_mean_of_the_labels_that_occur() -> None:
    logits = np.eye(3, dtype=np.float32)[[0, 0, 2, 1]]

    judgement = Judgement(logits, np.asarray([0, 0, 2, 2]))

    # mask: F1 1; no_mask: precision 1, recall 1/2, F1 2/3.
    assert judgement.macro_f1 == pytest.approx((1 + 2 / 3) / 2)
    assert judgement.accuracy == 0.75


def test_a_trained_network_is_started_from_at_another_side(
    network: keras.Model, tmp_path: Path
) -> None:
    network.save(tmp_path / "trained.keras")
    other = build_network(None, 0.2, 64, 0.35)

    assert copy_weights(other, tmp_path / "trained.keras")

    for one, copied in zip(network.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(one, copied)


def test_a_network_with_another_head_gives_its_features_alone(
    classic: keras.Model, tmp_path: Path
) -> None:
    classic.save(tmp_path / "classic.keras")

    assert not copy_weights(build_network(None, 0.2, 96, 0.35), tmp_path / "classic.keras")


@pytest.mark.parametrize("content", [b"", b"not a network"])
def test_a_file_that_is_no_network_is_refused(
    network: keras.Model, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "bad.keras").write_bytes(content)
    (tmp_path / "bad.h5").write_bytes(content)

    with pytest.raises(BadSettings, match="expected a network trained by us"):
        copy_weights(network, tmp_path / "bad.keras")
    with pytest.raises(BadSettings, match=r"expected Keras weights of MobileNetV2 0\.35"):
        build_network(tmp_path / "bad.h5", 0.2, 96, 0.35)


def test_saved_weights_of_the_base_are_started_from(network: keras.Model, tmp_path: Path) -> None:
    base_of(network).save_weights(tmp_path / "base.weights.h5")

    started = build_network(tmp_path / "base.weights.h5", 0.2, 96, 0.35)

    np.testing.assert_array_equal(
        base_of(started).get_weights()[3], base_of(network).get_weights()[3]
    )
    assert alpha_of(started) == 0.35


def test_imagenet_is_looked_for_in_keras_cache_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    with pytest.raises(BadSettings, match=r"_1\.0_224_no_top\.h5, found neither, and nothing is"):
        find_base_weights("imagenet", 128, 1.0)

    file = tmp_path / "models" / "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"
    file.parent.mkdir()
    file.write_bytes(b"")
    assert find_base_weights("imagenet", 128, 1.0) == file


def test_without_ours_and_imagenet_it_starts_from_random_weights_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(base_weights, "SHIPPED", (tmp_path,))
    progress = Quiet()

    path = find_base_weights("ours", 96, 0.35)
    say_base("ours", path, progress)

    assert path is None
    assert "base weights: random, for there is neither" in progress.lines[0]


def test_a_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(BadSettings, match=r"--base-weights gone\.h5: no such file; give a file"):
        find_base_weights("gone.h5", 96, 0.35)
