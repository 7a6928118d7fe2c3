"""Train the mask classifier by transfer learning; read from top to bottom.

MobileNetV2 with ImageNet weights: first only the new dense layer learns, then
the layers from first_layer on at a low rate. One epoch is a number of balanced
draws, not a pass; an epoch of 5,000 takes about two minutes on two cores.
"""

import csv
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from core.assets import asset_path
from core.types import LABELS
from models.preprocess import DEFAULT_SIDE
from models.runtimes.cores import count_cores
from models.training.calibration import fit_temperature
from models.training.draws import SampleDraws
from models.training.examples import Split, leave_out, read_examples
from models.training.export import export
from models.training.network import build_network, unfreeze
from models.training.samples import load_samples


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """The knobs."""

    data: Path
    """Folder of labelled faces; see models/training/examples.py for its layouts."""
    output: Path
    """Folder for checkpoint, history and weights."""
    base_weights: str | None = "imagenet"
    """What MobileNetV2 starts from: "imagenet" (looked up by Keras), a file, or None: random."""
    side: int = DEFAULT_SIDE
    """Pixels of the network's square input."""
    alpha: float = 1.0
    """Width of MobileNetV2: 1.0, or 0.35 for the edge."""
    left_out: tuple[str, ...] = ()
    """Sources not to be learned from, to be evaluated on instead."""
    frozen_epochs: int = 1
    full_epochs: int = 8
    draws_per_epoch: int = 5000
    validation_draws: int = 1000
    first_layer: str | None = "block_3_expand"
    """Where learning begins in the full epochs; None is everywhere.

    The layers before it hold edges and colours, at half of the time: on two
    cores 32 ms a draw with them, 19 ms without, 12 ms from block_6_expand.
    """
    batch: int = 32
    frozen_rate: float = 2e-3
    full_rate: float = 2e-4
    """Adam's rate, falling to 0 by a cosine over the full epochs."""
    dropout: float = 0.2
    label_smoothing: float = 0.05
    seed: int = 1
    resume: bool = False
    """Go on from the output folder's checkpoint."""

    @property
    def epochs(self) -> int:
        return self.frozen_epochs + self.full_epochs


def train(options: TrainOptions, report: Callable[[str], None] = print) -> Path:
    """Train, calibrate and export; returns the folder of the exported weights."""
    # Seed and options, so that the run can be repeated.
    keras.utils.set_random_seed(options.seed)
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "options.json").write_text(json.dumps(asdict(options), default=str, indent=2))
    report(f"seed {options.seed}")

    # Data: whole groups go to training or validation; the test split stays shut.
    examples = leave_out(read_examples(options.data), options.left_out)
    detector, threads = asset_path("centerface.onnx"), count_cores()
    draws = {}
    for split in (Split.TRAIN, Split.VALIDATION):
        chosen = [example for example in examples if example.split is split]
        samples = load_samples(chosen, detector, threads, report)
        draws[split] = SampleDraws(samples, options.seed, options.side)
        report(f"{split}: {len(chosen)} faces")
    # Validation is drawn and degraded like training: clean crops flatter.
    validation = batches(draws[Split.VALIDATION], 0, options.validation_draws, options.batch)

    # Network: from the checkpoint, or from the base weights.
    network, done = restore(options) if options.resume else (None, 0)
    if network is None:
        network = build_network(options.base_weights, options.dropout, options.side, options.alpha)
        prepare(network, keras.optimizers.Adam(options.frozen_rate), options)
    report(f"epochs {done} of {options.epochs} done")

    # Loop: a checkpoint and a line of history after every epoch.
    for epoch in range(done, options.epochs):
        if epoch == options.frozen_epochs:
            unfreeze(network, options.first_layer)
            steps = options.full_epochs * -(-options.draws_per_epoch // options.batch)
            rate = keras.optimizers.schedules.CosineDecay(options.full_rate, steps)
            prepare(network, keras.optimizers.Adam(rate), options)
        pictures = batches(draws[Split.TRAIN], epoch, options.draws_per_epoch, options.batch)
        history = network.fit(
            pictures, validation_data=validation, shuffle=False, verbose=0
        ).history
        figures = {name: round(values[0], 4) for name, values in history.items()}
        report(f"epoch {epoch + 1} of {options.epochs}: {figures}")
        checkpoint(network, epoch + 1, figures, options)

    # Save: calibrated on the degraded validation draws.
    logits, labels = predict(network, validation)
    temperature = fit_temperature(logits, labels)
    manifest = export(network, temperature, options.output / "weights")
    report(f"{manifest.model_version}: temperature {temperature:.3f}, {options.output / 'weights'}")
    return options.output / "weights"


def prepare(network: Any, optimizer: Any, options: TrainOptions) -> None:
    """Set what is minimised and how."""
    network.compile(
        optimizer=optimizer,
        loss=keras.losses.CategoricalCrossentropy(
            from_logits=True, label_smoothing=options.label_smoothing
        ),
        metrics=["accuracy"],
    )


def batches(draws: SampleDraws, epoch: int, count: int, batch: int) -> Any:
    """Draw an epoch's pictures: pairs of (batch, side, side, 3) uint8 and one-hot labels."""

    def draw(position: Any) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        drawn = draws.draw(epoch, int(position))
        return drawn.pixels, np.eye(len(LABELS), dtype=np.float32)[drawn.label]

    def with_shapes(position: Any) -> tuple[Any, Any]:
        pixels, label = tf.numpy_function(draw, [position], (tf.uint8, tf.float32))
        side = draws.side
        return tf.ensure_shape(pixels, (side, side, 3)), tf.ensure_shape(label, (len(LABELS),))

    positions = tf.data.Dataset.range(count)
    return positions.map(with_shapes, num_parallel_calls=2).batch(batch).prefetch(4)


def checkpoint(network: Any, epoch: int, figures: dict[str, float], options: TrainOptions) -> None:
    """Save the network with its optimizer, then the line that says so."""
    network.save(options.output / "checkpoint.part.keras")
    (options.output / "checkpoint.part.keras").replace(options.output / "checkpoint.keras")
    history = options.output / "history.csv"
    is_new = epoch == 1 or not history.exists()
    with history.open("w" if is_new else "a", newline="") as lines:
        writer = csv.writer(lines)
        if is_new:
            writer.writerow(["epoch", *figures])
        writer.writerow([epoch, *figures.values()])


def restore(options: TrainOptions) -> tuple[Any, int]:
    """Load the checkpoint and count its epochs; (None, 0) if there is none."""
    path = options.output / "checkpoint.keras"
    if not path.exists():
        return None, 0
    with (options.output / "history.csv").open(newline="") as lines:
        done = [int(line["epoch"]) for line in csv.DictReader(lines)]
    return keras.models.load_model(path), done[-1]


def predict(network: Any, pictures: Any) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Logits (n, 3) and true labels (n,) of drawn pictures."""
    logits, labels = [], []
    for pixels, one_hot in pictures:
        logits.append(np.asarray(network(pixels, training=False)))
        labels.append(np.asarray(one_hot).argmax(axis=1))
    return np.concatenate(logits), np.concatenate(labels)
