"""The training's step, its pools and its resuming, on pictures made here."""

from pathlib import Path

import keras
import numpy as np
import pytest

from models.training.detector.pictures import Kind, LabelledPicture, without_boxes
from models.training.detector.samples import Stock, make_batch
from models.training.detector.train import Trainer, draw, make_stock
from models.training.examples import Split

pytestmark = [
    pytest.mark.usefixtures("eager"),
    pytest.mark.filterwarnings(
        # Keras hands NumPy an argument that NumPy 2 wants by another name.
        "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning",
    ),
]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights in the shape of ImageNet's."""
    path = tmp_path_factory.mktemp("weights") / "source.weights.h5"
    keras.utils.set_random_seed(1)
    keras.applications.MobileNetV2(
        input_shape=(224, 224, 3), alpha=0.35, include_top=False, weights=None
    ).save_weights(path)
    return path


def scene(source: str, group: str) -> LabelledPicture:
    """Noise with one white face."""
    pixels = np.random.default_rng(1).integers(0, 90, (120, 160, 3)).astype(np.uint8)
    pixels[30:70, 40:70] = 255
    boxes = np.asarray([[40, 30, 70, 70]], np.float32)
    return LabelledPicture(pixels, boxes, np.asarray([Kind.MASK], np.int8), source, group)


def test_the_loss_falls_on_one_batch_and_a_checkpoint_goes_on(
    weights: Path, tmp_path: Path
) -> None:
    batch = make_batch(Stock([[scene("a", "1")]], [1.0], [], []), 2, 64, np.random.default_rng(1))
    trainer = Trainer(weights, 400)
    losses = [float(trainer.learn(batch).total) for _ in range(12)]
    assert losses[-1] < losses[0]
    path = trainer.saved.write(tmp_path / "kept")
    other = Trainer(weights, 400)
    other.saved.read(path).assert_consumed()
    assert int(other.step) == 12
    expected, found = trainer.learn(batch), other.learn(batch)
    assert float(found.total) == pytest.approx(float(expected.total), rel=1e-4)


def test_averaged_weights_lie_between_the_first_and_the_last(weights: Path) -> None:
    batch = make_batch(Stock([[scene("a", "1")]], [1.0], [], []), 2, 64, np.random.default_rng(1))
    trainer = Trainer(weights, 400)
    first = trainer.network.get_layer("lateral_8").get_weights()[0]
    for _ in range(5):
        trainer.learn(batch)
    last = trainer.network.get_layer("lateral_8").get_weights()[0]
    trainer.average()
    kept = trainer.network.get_layer("lateral_8").get_weights()[0]
    assert 0 < np.abs(kept - first).mean() < np.abs(last - first).mean()


def test_a_step_always_draws_the_same_batch() -> None:
    stock = Stock([[scene("a", "1")]], [1.0], [], [])
    assert np.array_equal(draw(stock, 7).pixels, draw(stock, 7).pixels)
    assert not np.array_equal(draw(stock, 7).pixels, draw(stock, 8).pixels)


def test_held_out_pictures_and_their_likes_are_not_learned_from() -> None:
    pictures = [scene("a", str(group)) for group in range(30)] + [scene("b", "3")]
    kept = {p.group for p in pictures if p.split is Split.TRAIN and p.group != "3"}
    stock = make_stock(pictures, [without_boxes(pictures[0].pixels, "c", "3")], ["b"])
    assert {picture.group for pool in stock.scenes for picture in pool} == kept
    assert stock.crops == []
    assert sum(stock.shares) == pytest.approx(1)
