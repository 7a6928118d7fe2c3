"""Training, from a folder of faces to weights that are served."""

import csv
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from core.types import LABELS, Image, Probabilities
from models.classifier import OpenVinoClassifier
from models.manifest import read_manifest
from models.preprocess import to_input
from models.training.evaluate import choose, evaluate
from models.training.evaluate import main as evaluate_main
from models.training.examples import Split, read_examples
from models.training.samples import Sample
from models.training.train import TrainOptions, train
from tests.models.faces import BOX, draw_face, save_index

pytestmark = pytest.mark.filterwarnings(
    # Keras hands NumPy an argument that NumPy 2 wants by another name.
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning",
    # TensorFlow says that drawing samples is traced also in eager mode, as it should be.
    "ignore:Even though the `tf.config.experimental_run_functions_eagerly`:UserWarning",
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainOptions, list[str]]:
    """A network trained for two short epochs on schematic faces, and what was reported."""
    folder = tmp_path_factory.mktemp("training")
    save_index(folder / "data")
    options = TrainOptions(
        folder / "data",
        folder / "run",
        base_weights=None,
        full_epochs=1,
        draws_per_epoch=8,
        validation_draws=8,
        batch=4,
        first_layer="block_16_project",
    )
    lines: list[str] = []
    # Four steps do not repay the tracing of two graphs of MobileNetV2.
    tf.config.run_functions_eagerly(True)
    train(options, lines.append)
    tf.config.run_functions_eagerly(False)
    return options, lines


def test_it_says_its_seed_and_every_epoch(trained: tuple[TrainOptions, list[str]]) -> None:
    _, lines = trained

    assert lines[0] == "seed 1"
    assert [line.split(":")[0] for line in lines[4:6]] == ["epoch 1 of 2", "epoch 2 of 2"]


def test_its_history_has_a_line_for_every_epoch(trained: tuple[TrainOptions, list[str]]) -> None:
    options, _ = trained

    with (options.output / "history.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))

    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert {"loss", "val_accuracy"} <= set(rows[0])


def test_its_weights_are_served(trained: tuple[TrainOptions, list[str]]) -> None:
    options, _ = trained
    classifier = OpenVinoClassifier(options.output / "weights", threads=1)

    probabilities = classifier.classify([draw_face(label) for label in LABELS])

    assert probabilities.shape == (3, 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-3)
    assert classifier.model_version.startswith("mobilenetv2-128-")


def test_training_and_serving_give_the_same_probabilities(
    trained: tuple[TrainOptions, list[str]],
) -> None:
    import keras

    options, _ = trained
    faces = [draw_face(label, skin) for label in LABELS for skin in (90, 200)]
    network = keras.models.load_model(options.output / "checkpoint.keras")
    temperature = read_manifest(options.output / "weights").temperature
    odds = np.exp(np.asarray(network(to_input(faces, options.side), training=False)) / temperature)

    served = OpenVinoClassifier(options.output / "weights", threads=1).classify(faces)

    # Half-precision weights, and bfloat16 where the processor has it.
    np.testing.assert_allclose(served, odds / odds.sum(axis=1, keepdims=True), atol=0.03)


def test_it_goes_on_from_its_checkpoint(trained: tuple[TrainOptions, list[str]]) -> None:
    options, _ = trained
    lines: list[str] = []

    train(replace(options, resume=True), lines.append)

    assert "epochs 2 of 2 done" in lines
    assert not any(line.startswith("epoch 1") for line in lines)


def test_only_the_evaluation_opens_the_test_split(
    trained: tuple[TrainOptions, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    options, lines = trained
    examples = read_examples(options.data)
    learned_from = [each for each in examples if each.split is not Split.TEST]

    evaluate_main(["--data", str(options.data), "--weights", str(options.output / "weights")])

    counts = [int(line.split()[1]) for line in lines if line.endswith(" faces")]
    assert sum(counts) == len(learned_from) < len(examples)
    assert f"all: {len(examples) - len(learned_from)} faces" in capsys.readouterr().out


def test_a_source_that_was_left_out_is_evaluated_whole(
    trained: tuple[TrainOptions, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    options, _ = trained
    chosen = choose(read_examples(options.data), "park")
    assert len(chosen) == 2

    weights = str(options.output / "weights")
    evaluate_main(["--data", str(options.data), "--weights", weights, "--source", "park", "--json"])

    assert '"count": 2' in capsys.readouterr().out


def test_an_evaluation_compares_what_is_said_with_what_is() -> None:
    class SayMask:
        model_version = "mask-1"

        def classify(self, crops: Sequence[Image]) -> Probabilities:
            return np.tile(np.asarray([[0.8, 0.1, 0.1]], np.float32), (len(crops), 1))

    samples = [
        Sample(draw_face(label), np.asarray(BOX, np.float32), None, index, "a")
        for index, label in enumerate(LABELS)
    ]

    figures = evaluate(SayMask(), samples)

    assert figures.confusion == ((1, 0, 0), (1, 0, 0), (1, 0, 0))


def test_an_evaluation_can_see_each_face_small() -> None:
    seen: list[tuple[int, ...]] = []

    class Look:
        model_version = "look-1"

        def classify(self, crops: Sequence[Image]) -> Probabilities:
            seen.extend(crop.shape for crop in crops)
            return np.full((len(crops), 3), 1 / 3, np.float32)

    sample = Sample(draw_face(), np.asarray(BOX, np.float32), None, 2, "a")

    evaluate(Look(), [sample], side=16)

    assert seen == [(16, 16, 3)]
