"""Train the mask classifier by transfer learning; read from top to bottom.

First only the new layers learn, then MobileNetV2 from first_layer on at a low
rate. One epoch is a number of balanced draws, not a pass. What is judged, kept
and exported is the running average of the weights.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tensorflow.core.framework.summary_pb2 import Summary

from core.assets import asset_path
from core.errors import BadSettings
from core.processes import Stop
from core.types import LABELS, Label
from models.preprocess import ClassifierInput
from models.runtimes.cores import count_cores
from models.training.base_weights import copy_weights, find_base_weights, is_network, say_base
from models.training.calibration import fit_temperature
from models.training.checks import check
from models.training.classic import ClassicDraws, two_labels
from models.training.datasets import Dataset, read_dataset
from models.training.draws import Drawn, SampleDraws
from models.training.examples import Example
from models.training.history import EpochFigures, best_of, is_done_learning
from models.training.model_folder import Origin, write_model
from models.training.network import (
    build_classic_network,
    build_network,
    is_classic,
    unfreeze,
)
from models.training.options import Recipe, TrainOptions, knobs_of
from models.training.plot import draw_history
from models.training.progress import Progress
from models.training.run_folder import RunFolder, load_network
from models.training.samples import Sample, load_samples
from models.training.validation import JUDGED, Judgement, judge

CHUNK = 512
"""Examples that are loaded between two looks at the clock and at a wish to stop."""


class Draws(Protocol):
    """Gives training pictures, the same for the same place in the same epoch."""

    side: int

    def draw(self, epoch: int, position: int) -> Drawn:
        """One picture, (side, side, 3) uint8 RGB, and its label's index."""


@dataclass(frozen=True, slots=True)
class Learnable:
    """What a run learns from, and judges by: draws, and fixed pictures (n, side, side, 3).

    learned: the faces behind the draws.
    """

    draws: Draws
    draws_per_epoch: int
    pictures: ClassifierInput
    labels: NDArray[np.int64]
    learned: tuple[Example, ...]


def train(options: TrainOptions, progress: Progress, stop: Stop) -> Path | None:
    """Learn, calibrate and export.

    Returns the folder of the exported weights; None if it was asked to stop,
    after saving where it stood. Raises BadSettings and BadDataset.
    """
    if options.epochs == 0:
        raise BadSettings("there is no epoch to train in; give --epochs or --frozen-epochs above 0")

    # Seed and options, so that the run can be repeated.
    keras.utils.set_random_seed(options.seed)
    run = RunFolder(options.output)
    run.open(knobs_of(options), options.resume)
    progress.say(f"seed {options.seed}")

    # Data: whole groups go to training or validation; the test split stays shut.
    learnable = load(options, progress, stop)
    if learnable is None:
        progress.say("stopped before the first step: there is nothing to go on from")
        return None

    # Network: from the checkpoint, or from the base weights.
    begun = run.checkpoint()
    network = load_network(begun.path) if begun else build(options, progress)
    epoch, step = (begun.epoch, begun.step) if begun else (0, 0)
    steps = -(-learnable.draws_per_epoch // options.batch)
    history = run.history()[:epoch]
    progress.say(f"{epoch} of {options.epochs} epochs done, {steps} steps each")

    log = tf.summary.create_file_writer(str(run.tensorboard))

    # Loop: after every epoch a judgement, the best network, history, a checkpoint.
    while epoch < options.epochs and not is_over(history, options):
        if step == 0:
            begin_phase(network, epoch, steps, options)
        began = time.monotonic()
        taken, seen = learn(network, learnable, (epoch, step), options, progress, stop)
        if taken < steps:
            run.save_checkpoint(network, epoch, taken)
            progress.say(f"stopped in epoch {epoch + 1} after {taken} of {steps} steps")
            return None
        epoch, step = epoch + 1, 0
        with averaged(network, options.averaging):
            judgement = judge(network, learnable.pictures, learnable.labels)
            figures = figures_of(network, epoch, seen, judgement, time.monotonic() - began)
            if not history or figures.rank > best_of(history).rank:
                run.save_best(network)
        history.append(figures)
        progress.say(in_words(figures, options))
        run.write_history(history)
        draw_history(history, run.plot)
        log_to_tensorboard(log, figures)
        run.save_checkpoint(network, epoch, 0)

    if stop.is_set:
        progress.say(f"stopped after epoch {epoch}")
        return None

    # Save: the best epoch's network, calibrated on the validation draws.
    best = load_network(run.best)
    judgement = judge(best, learnable.pictures, learnable.labels)
    temperature = fit_temperature(judgement.logits, judgement.labels)
    origin = origin_of(learnable, best_of(history), options)
    manifest = write_model(best, temperature, run.weights, origin)
    progress.say(
        f"best epoch {best_of(history).epoch}: {manifest.model_version}, "
        f"temperature {temperature:.3f}, {run.weights}"
    )
    progress.move(1.0, "trained")
    return run.weights


def load(options: TrainOptions, progress: Progress, stop: Stop) -> Learnable | None:
    """Read the folder, report on it, load the faces; None if asked to stop.

    Validation is drawn and degraded like training: clean crops flatter.
    """
    dataset = read_dataset(options.data, progress, options.left_out, dict(options.spellings))
    for line in check(dataset, draws_masks=options.recipe is Recipe.ROBUST):
        progress.say(line)
    if options.recipe is Recipe.CLASSIC:
        return load_classic(dataset, options, progress)
    parts = (dataset.train, dataset.validation)
    samples = [load_in_chunks(part, progress, stop) for part in parts]
    if stop.is_set:
        return None
    draws = [SampleDraws(part, options.seed, options.side) for part in samples]
    # Whole batches: each other size of batch is traced anew.
    count = options.validation_draws or min(1000, JUDGED * max(2, len(dataset.validation) // 5))
    per_epoch = options.draws_per_epoch or min(5000, max(320, 20 * len(dataset.train)))
    return Learnable(draws[0], per_epoch, *draw_all(draws[1], count), learned=dataset.train)


def load_classic(dataset: Dataset, options: TrainOptions, progress: Progress) -> Learnable:
    """Pictures as they are, each once an epoch, of two labels; they are read when drawn."""
    if any(each.label is Label.INCORRECT_MASK for each in (*dataset.train, *dataset.validation)):
        progress.say("the classic recipe tells mask from no_mask: incorrect_mask is left out")
    learned = ClassicDraws(dataset.train, options.seed, options.side, changed=True)
    judged = ClassicDraws(dataset.validation, options.seed, options.side, changed=False)
    count = options.validation_draws or min(1000, len(judged))
    per_epoch = options.draws_per_epoch or len(learned)
    faces = tuple(two_labels(dataset.train))
    return Learnable(learned, per_epoch, *draw_all(judged, count), learned=faces)


def load_in_chunks(examples: Sequence[Example], progress: Progress, stop: Stop) -> list[Sample]:
    """Load the faces, telling how far it is; fewer if asked to stop."""
    detector, threads = asset_path("centerface.onnx"), count_cores()
    samples: list[Sample] = []
    for start in range(0, 0 if stop.is_set else len(examples), CHUNK):
        chunk = examples[start : start + CHUNK]
        samples += load_samples(chunk, detector, threads, progress.say)
        progress.move(0.0, f"loaded {len(samples)} of {len(examples)} faces")
        if stop.is_set:
            break
    return samples


def draw_all(draws: Draws, count: int) -> tuple[ClassifierInput, NDArray[np.int64]]:
    """Draw so many pictures once and for all: (count, side, side, 3) and labels (count,)."""
    drawn = [draws.draw(0, position) for position in range(count)]
    labels = np.asarray([each.label for each in drawn], np.int64)
    return np.stack([each.pixels for each in drawn]), labels


def build(options: TrainOptions, progress: Progress) -> Any:
    """Make the network that a run begins with, MobileNetV2 frozen."""
    path = find_base_weights(options.base_weights, options.side, options.alpha)
    say_base(options.base_weights, path, progress)
    plain = None if is_network(path) else path
    if options.recipe is Recipe.CLASSIC:
        network = build_classic_network(plain, options.side, options.alpha)
    else:
        network = build_network(plain, options.dropout, options.side, options.alpha)
    if path and is_network(path):
        copy_weights(network, path)
    return network


def begin_phase(network: Any, epoch: int, steps: int, options: TrainOptions) -> None:
    """Choose what learns, and how fast, where a phase begins."""
    if epoch == options.frozen_epochs:
        unfreeze(network, options.first_layer)
        prepare(network, rate_over(options.full_epochs * steps, options), steps, options)
    elif epoch == 0:
        prepare(network, options.frozen_rate, steps, options)


def rate_over(steps: int, options: TrainOptions) -> Any:
    """The full epochs' rate: rising from a hundredth, then falling to 0 by a cosine."""
    rising = round(options.warm_up * steps)
    if rising == 0:
        return keras.optimizers.schedules.CosineDecay(options.full_rate, steps)
    return keras.optimizers.schedules.CosineDecay(
        options.full_rate / 100,
        max(1, steps - rising),
        warmup_target=options.full_rate,
        warmup_steps=rising,
    )


def prepare(network: Any, rate: Any, steps: int, options: TrainOptions) -> None:
    """Set what is minimised and how."""
    # An average longer than a short epoch would still hold what was there before learning.
    longest = max(0.0, 1 - 1.5 / steps)
    optimizer = keras.optimizers.Adam(
        rate,
        weight_decay=options.weight_decay or None,
        use_ema=options.averaging > 0,
        ema_momentum=min(options.averaging, longest),
    )
    loss: Any = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=options.label_smoothing
    )
    metric: Any = "accuracy"
    if is_classic(network):
        loss = keras.losses.BinaryCrossentropy(from_logits=True)
        metric = keras.metrics.BinaryAccuracy(threshold=0, name="accuracy")
    # XLA takes eight times as long as without on a CPU: 7.8 s a step against 1.0 s.
    network.compile(optimizer=optimizer, loss=loss, metrics=[metric], jit_compile=False)


def learn(
    network: Any,
    learnable: Learnable,
    start: tuple[int, int],
    options: TrainOptions,
    progress: Progress,
    stop: Stop,
) -> tuple[int, dict[str, float]]:
    """Take the steps of an epoch from the given epoch and step on, until asked to stop.

    Returns the steps of this epoch that are done now, and the mean loss and
    accuracy of those that were taken here.
    """
    epoch, step = start
    steps = -(-learnable.draws_per_epoch // options.batch)
    network.reset_metrics()
    seen: dict[str, float] = {}
    for pixels, labels in batches(learnable, epoch, step * options.batch, options.batch):
        if stop.is_set:
            break
        targets = labels[:, LABELS.index(Label.NO_MASK)][:, None] if is_classic(network) else labels
        reseed_dropout(network, options.seed, epoch * steps + step)
        seen = network.train_on_batch(pixels, targets, return_dict=True)
        step += 1
        share = (epoch + step / steps) / options.epochs
        message = f"epoch {epoch + 1} of {options.epochs}, loss {float(seen['loss']):.3f}"
        progress.move(share, message)
    return step, seen


def reseed_dropout(network: Any, seed: int, step: int) -> None:
    """Choose what a step drops by its number: Keras saves no state of its random numbers."""
    for number, layer in enumerate(network.layers):
        if isinstance(layer, keras.layers.Dropout):
            layer.seed_generator.state.assign([(seed + number) % 2**32, step])


def batches(learnable: Learnable, epoch: int, start: int, batch: int) -> Any:
    """Draw an epoch's pictures from a place on.

    Yields pairs of (batch, side, side, 3) uint8 and one-hot labels (batch, 3).
    """
    draws = learnable.draws

    def draw(position: Any) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        drawn = draws.draw(epoch, int(position))
        return drawn.pixels, np.eye(len(LABELS), dtype=np.float32)[drawn.label]

    def with_shapes(position: Any) -> tuple[Any, Any]:
        pixels, label = tf.numpy_function(draw, [position], (tf.uint8, tf.float32))
        side = draws.side
        return tf.ensure_shape(pixels, (side, side, 3)), tf.ensure_shape(label, (len(LABELS),))

    # The last batch is whole, too: another size would be traced anew.
    positions = tf.data.Dataset.range(start, -(-learnable.draws_per_epoch // batch) * batch)
    return positions.map(with_shapes, num_parallel_calls=count_cores()).batch(batch).prefetch(4)


@contextmanager
def averaged(network: Any, averaging: float) -> Iterator[None]:
    """Lend the network the running averages of its weights."""
    if averaging == 0:
        yield
        return
    learned = [np.array(weights) for weights in network.trainable_variables]
    network.optimizer.finalize_variable_values(network.trainable_variables)
    yield
    for weights, values in zip(network.trainable_variables, learned, strict=True):
        weights.assign(values)


def figures_of(
    network: Any, epoch: int, seen: dict[str, float], judgement: Judgement, seconds: float
) -> EpochFigures:
    """Write an epoch down."""
    return EpochFigures(
        epoch=epoch,
        loss=round(float(seen["loss"]), 4),
        accuracy=round(float(seen["accuracy"]), 4),
        val_loss=round(judgement.loss, 4),
        val_accuracy=round(judgement.accuracy, 4),
        val_macro_f1=round(judgement.macro_f1, 4),
        learning_rate=float(f"{float(network.optimizer.learning_rate):.3g}"),
        seconds=round(seconds, 1),
    )


def is_over(history: Sequence[EpochFigures], options: TrainOptions) -> bool:
    """Say whether patience has run out."""
    first = options.frozen_epochs if options.full_epochs else 0
    return is_done_learning(history, options.patience, first)


def in_words(figures: EpochFigures, options: TrainOptions) -> str:
    """One line an epoch."""
    return (
        f"epoch {figures.epoch} of {options.epochs}: loss {figures.loss:.3f}, validation loss "
        f"{figures.val_loss:.3f}, accuracy {figures.val_accuracy:.3f}, "
        f"macro-F1 {figures.val_macro_f1:.3f}, {figures.seconds:.0f} s"
    )


def origin_of(learnable: Learnable, best: EpochFigures, options: TrainOptions) -> Origin:
    """Tell what the exported network was made of."""
    counts = Counter(str(each.label) for each in learnable.learned)
    return Origin(
        sources=tuple(sorted({each.source for each in learnable.learned})),
        counts=tuple((str(label), counts[label]) for label in LABELS),
        command=options.command,
        base=options.base_weights,
        best=best,
    )


def log_to_tensorboard(log: Any, figures: EpochFigures) -> None:
    """Write an epoch for `tensorboard --logdir`; tf.summary.scalar would need that package."""
    values = asdict(figures)
    epoch = values.pop("epoch")
    scalars = [Summary.Value(tag=name, simple_value=values[name]) for name in values]
    with log.as_default():
        tf.summary.experimental.write_raw_pb(Summary(value=scalars).SerializeToString(), epoch)
    log.flush()
