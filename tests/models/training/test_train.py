"""Training, from a folder of faces to a model folder that is served."""

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from core.errors import BadSettings
from core.processes import Stop
from core.types import LABELS
from models.manifest import read_manifest
from models.preprocess import to_input
from models.training.options import TrainOptions
from models.training.progress import Quiet
from models.training.run_folder import RunFolder, load_network
from models.training.train import rate_over, train
from tests.models.faces import draw_face, save_index

pytestmark = [
    pytest.mark.usefixtures("eager"),
    pytest.mark.filterwarnings(
        # Keras hands NumPy an argument that NumPy 2 wants by another name.
        "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning",
        # TensorFlow says that drawing samples is traced also in eager mode, as it should be.
        "ignore:Even though the `tf.config.experimental_run_functions_eagerly`:UserWarning",
    ),
]


class StopAt(Quiet):
    """Asks to stop once so much of the work is done."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.stop, self._share = Stop(), share

    def move(self, share: float, message: str) -> None:
        if share >= self._share:
            self.stop.set()


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> TrainOptions:
    """Two epochs of two steps of a small network with random weights."""
    folder = tmp_path_factory.mktemp("training")
    save_index(folder / "data", per_label=14)
    return TrainOptions(
        folder / "data",
        folder / "run",
        base_weights="none",
        side=96,
        alpha=0.35,
        full_epochs=1,
        draws_per_epoch=8,
        validation_draws=8,
        batch=4,
        first_layer="block_16_project",
        command="maskwatch train FACES",
    )


@pytest.fixture(scope="module")
def said(options: TrainOptions, eager: None) -> list[str]:
    """Train once for all tests, stopped after the last epoch; what was said meanwhile."""
    stopped, resumed = StopAt(1.0), Quiet()
    assert train(options, stopped, stopped.stop) is None
    assert train(replace(options, resume=True), resumed, Stop()) == options.output / "weights"
    return [*stopped.lines, *resumed.lines]


def test_it_says_its_seed_and_every_epoch(said: list[str]) -> None:
    assert said[0] == "seed 1"
    epochs = [line.split(":")[0] for line in said if line.startswith("epoch")]
    assert epochs == ["epoch 1 of 2", "epoch 2 of 2"]


def test_its_history_has_a_line_for_every_epoch(options: TrainOptions, said: list[str]) -> None:
    history = RunFolder(options.output).history()

    assert [each.epoch for each in history] == [1, 2]
    assert all(0 <= each.val_macro_f1 <= 1 and each.loss > 0 for each in history)


def test_it_leaves_a_plot_and_a_log_for_tensorboard(options: TrainOptions, said: list[str]) -> None:
    assert (options.output / "training.png").read_bytes().startswith(b"\x89PNG")
    assert list((options.output / "tensorboard").glob("events.*"))


def test_it_reports_on_the_faces_before_it_begins(said: list[str]) -> None:
    report = said.index("0 of 2 epochs done, 2 steps each")

    assert any("read as an index" in line for line in said[:report])
    assert any(line.split()[:2] == ["drawn", "train"] for line in said[:report])


def test_its_weights_are_a_model_folder(options: TrainOptions, said: list[str]) -> None:
    manifest = read_manifest(options.output / "weights")

    assert manifest.model_version.startswith("mobilenetv2-0.35-96-")
    assert manifest.architecture == "MobileNetV2 0.35"
    assert manifest.trained_on == ("drawn", "park")
    assert manifest.command == "maskwatch train FACES"
    names = ["classifier.xml", "classifier.bin", "classifier.keras", "classifier.tflite"]
    assert [file.name for file in manifest.files] == names
    card = (options.output / "weights" / "MODEL_CARD.md").read_text()
    assert manifest.model_version in card
    assert "maskwatch train FACES" in card


def test_what_is_exported_is_the_best_epochs_network(
    options: TrainOptions, said: list[str]
) -> None:
    faces = to_input([draw_face(label) for label in LABELS], 96)
    manifest = read_manifest(options.output / "weights")
    best = load_network(options.output / "best.keras")
    served = keras.models.load_model(options.output / "weights" / "classifier.keras")

    odds = np.exp(np.asarray(best(faces)) / manifest.temperature)

    expected = odds / odds.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(np.asarray(served(faces)), expected, atol=1e-3)


def test_a_run_that_was_stopped_goes_on_as_if_it_had_not_been(
    options: TrainOptions, said: list[str], tmp_path: Path
) -> None:
    stopped = replace(options, output=tmp_path / "stopped")
    progress = StopAt(0.75)

    assert train(stopped, progress, progress.stop) is None
    assert progress.lines[-1] == "stopped in epoch 2 after 1 of 2 steps"
    resumed_until_its_end = StopAt(1.0)
    train(replace(stopped, resume=True), resumed_until_its_end, resumed_until_its_end.stop)

    straight, resumed = (
        load_network(next(folder.glob("checkpoint-*")))
        for folder in (options.output, stopped.output)
    )
    for one, other in zip(straight.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    averages = [
        {weights.path: np.array(weights) for weights in network.optimizer.variables}
        for network in (straight, resumed)
    ]
    for one, other in zip(*(each.values() for each in averages), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    figures = [RunFolder(folder).history()[1] for folder in (options.output, stopped.output)]
    assert figures[0].val_macro_f1 == figures[1].val_macro_f1


def test_a_finished_run_that_goes_on_only_exports(said: list[str]) -> None:
    begun_again = said.index("stopped after epoch 2") + 1

    assert "2 of 2 epochs done, 2 steps each" in said[begun_again:]
    assert not any(line.startswith("epoch") for line in said[begun_again:])


def test_a_run_is_not_written_over(options: TrainOptions, said: list[str]) -> None:
    with pytest.raises(BadSettings, match=r"holds a run of 2 epochs already; go on .* --resume"):
        train(options, Quiet(), Stop())


def test_a_run_does_not_go_on_with_other_knobs(options: TrainOptions, said: list[str]) -> None:
    with pytest.raises(BadSettings, match="was begun with seed 1, now 2; resume it with"):
        train(replace(options, resume=True, seed=2), Quiet(), Stop())


def test_it_can_be_stopped_while_it_loads(options: TrainOptions, tmp_path: Path) -> None:
    progress = StopAt(0.0)

    assert train(replace(options, output=tmp_path), progress, progress.stop) is None

    assert progress.lines[-1].startswith("stopped before the first step")


def test_the_rate_rises_and_then_falls_to_nothing(options: TrainOptions) -> None:
    rate = rate_over(100, replace(options, warm_up=0.1, full_rate=1e-3))

    assert float(rate(0)) == pytest.approx(1e-5)
    assert float(rate(10)) == pytest.approx(1e-3)
    assert float(rate(55)) == pytest.approx(5e-4, rel=0.01)
    assert float(rate(100)) == pytest.approx(0, abs=1e-9)


def test_the_rate_may_fall_from_the_start(options: TrainOptions) -> None:
    rate = rate_over(100, replace(options, warm_up=0, full_rate=1e-3))

    assert float(rate(0)) == pytest.approx(1e-3)
