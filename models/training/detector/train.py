"""Train the face detector: knobs, pictures, network, loop, checkpoint.

`python -m models.training.detector.train PICTURES.npz [CROPS.npz] --weights H5 --output DIR`

PICTURES and CROPS come from collect.py. A run that was stopped goes on from its last checkpoint.
On two cores shared with another training, a step of 8 inputs of 320 px takes about 0.2 s.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import tensorflow as tf

from models.training.detector.loss import Losses, lay_cells, measure
from models.training.detector.network import FROZEN, build_network, start_from_imagenet
from models.training.detector.pictures import LabelledPicture, load_pictures
from models.training.detector.samples import Batch, Stock, make_batch
from models.training.examples import Split

SEED = 20
SHAPES = ((320, 8), (640, 2))
"""Sides of inputs and how many a step takes."""
LARGE_SHARE = 0.12
"""Of the steps: whole pictures with faces too large for the small input."""
RATE = 1.5e-3
"""Adam's, for pyramid and heads, at its highest."""
BACKBONE_RATE = 0.3
"""Of RATE, for what ImageNet has taught already."""
WARM_UP_STEPS = 300
RATE_END = 0.01
"""Of RATE, at the last step."""
GRADIENT_NORM_MAX = 5.0
AVERAGE_DECAY = 0.9985
"""Of the weights' moving average, which is what is kept."""
THAW_AT = 0.7
"""Share of the steps after which the early layers learn too, at half as much again a step."""
SAVE_EVERY = 400
TELL_EVERY = 50
BATCHES_AHEAD = 4
SCENE_SHARES = {
    "adityap27": 1.0, "andrewmvd": 0.45, "airport_crowd": 0.14, "classroom_cctv": 0.14,
    "street": 0.14, "indoor_cctv": 0.1,
}  # fmt: skip
"""How often a source is drawn; others OTHER_SHARE."""
OTHER_SHARE = 0.03
CROP_SHARES = {"chandrikadeb7": 0.5, "face_mask_12k": 0.35, "jamesnogra_gray64": 0.15}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is asked for."""

    steps: int
    weights: Path
    output: Path


class Trainer:
    """The network, its optimisers and its averaged weights, as one checkpoint."""

    def __init__(self, weights: Path, steps: int) -> None:
        self.network = build_network()
        start_from_imagenet(self.network, weights)
        self._steps = steps
        self._old, self._new, self._early = _part(self.network)
        self._optimizers = [tf.keras.optimizers.Adam(), tf.keras.optimizers.Adam()]
        for optimizer, variables in zip(
            self._optimizers, (self._early + self._old, self._new), strict=True
        ):
            optimizer.build(variables)
        self.averages = [tf.Variable(v.value, trainable=False) for v in self.network.weights]
        self.step = tf.Variable(0, dtype=tf.int64)
        self._run = tf.function(self._learn, reduce_retracing=True)
        self.saved = tf.train.Checkpoint(
            weights=[v.value for v in self.network.weights],
            averages=self.averages,
            moments=[v.value for o in self._optimizers for v in o.variables],
            step=self.step,
        )

    def learn(self, batch: Batch) -> Losses:
        """Take one step."""
        progress = int(self.step) / self._steps
        rate = RATE * _schedule(int(self.step), self._steps)
        for optimizer, share in zip(self._optimizers, (BACKBONE_RATE, 1.0), strict=True):
            optimizer.learning_rate.assign(rate * share)
        is_thawed = progress >= THAW_AT
        values = self._run(batch.pixels, batch.faces, batch.kinds, is_thawed)
        self.step.assign_add(1)
        return Losses(*values)

    def average(self) -> None:
        """Put the averaged weights into the network, for keeps."""
        for variable, average in zip(self.network.weights, self.averages, strict=True):
            variable.assign(average)

    def _learn(self, pixels: Any, faces: Any, kinds: Any, is_thawed: bool) -> tuple[Any, ...]:
        cells = lay_cells(tf.shape(pixels)[1], tf.shape(pixels)[2])
        old = self._early + self._old if is_thawed else self._old
        with tf.GradientTape() as tape:
            losses = measure(self.network(pixels, training=True), faces, kinds, cells)
            total = losses.total
        gradients = tape.gradient(total, [v.value for v in old + self._new])
        gradients, _ = tf.clip_by_global_norm(gradients, GRADIENT_NORM_MAX)
        self._optimizers[0].apply(gradients[: len(old)], old)
        self._optimizers[1].apply(gradients[len(old) :], self._new)
        count = tf.cast(self.step, tf.float32)
        decay = tf.minimum(AVERAGE_DECAY, (1 + count) / (10 + count))
        for average, variable in zip(self.averages, self.network.weights, strict=True):
            average.assign_sub((1 - decay) * (average - variable.value))
        return losses.score, losses.box, losses.label, losses.matches


def train(plan: Plan, stock: Stock) -> None:
    """Go on from the last checkpoint, if any, to the last step; keep the averaged network."""
    trainer = Trainer(plan.weights, plan.steps)
    keeper = tf.train.CheckpointManager(trainer.saved, str(plan.output / "checkpoints"), 3)
    if keeper.latest_checkpoint:
        trainer.saved.restore(keeper.latest_checkpoint).assert_consumed()
        print(f"going on from step {int(trainer.step)}", flush=True)
    first, began = int(trainer.step), time.monotonic()
    recent: list[tuple[float, ...]] = []
    for batch in draw_ahead(stock, first, plan.steps):
        losses = trainer.learn(batch)
        recent.append(tuple(float(v) for v in (losses.score, losses.box, losses.label)))
        step = int(trainer.step)
        if step % TELL_EVERY == 0:
            _tell(step, plan.steps, recent, (time.monotonic() - began) / (step - first))
            recent = []
        if step % SAVE_EVERY == 0 or step == plan.steps:
            keeper.save(step)
    trainer.average()
    trainer.network.save(plan.output / "network.keras")


def draw_ahead(stock: Stock, first: int, steps: int) -> Iterator[Batch]:
    """Make the batches of these steps beside the training; a step's batch is always the same."""
    with ThreadPoolExecutor(1) as pool:
        waiting: list[Future[Batch]] = []
        for step in range(first, steps):
            waiting.append(pool.submit(draw, stock, step))
            if len(waiting) > BATCHES_AHEAD:
                yield waiting.pop(0).result()
        for batch in waiting:
            yield batch.result()


def draw(stock: Stock, step: int) -> Batch:
    """Make one step's batch."""
    rng = np.random.default_rng((SEED, step))
    side, count = SHAPES[1] if rng.random() < LARGE_SHARE else SHAPES[0]
    return make_batch(stock, count, side, rng)


def make_stock(
    scenes: Sequence[LabelledPicture],
    crops: Sequence[LabelledPicture],
    left_out: Sequence[str],
    let_in: Sequence[str] = (),
) -> Stock:
    """Sort training pictures into pools by source; held-out groups and sources are left out.

    let_in: sources of which no group is held out: a camera whose one group falls
    out of training as a whole.
    """
    every = [*scenes, *crops]
    groups = {p.group for p in every if p.split is not Split.TRAIN and p.source not in let_in}
    groups |= {picture.group for picture in every if picture.source in left_out}
    pools = _pool([p for p in scenes if p.group not in groups])
    of_crops = _pool([p for p in crops if p.group not in groups])
    shares = np.asarray([SCENE_SHARES.get(name, OTHER_SHARE) for name in pools])
    crop_shares = np.asarray([CROP_SHARES.get(name, OTHER_SHARE) for name in of_crops])
    print({name: len(pool) for name, pool in [*pools.items(), *of_crops.items()]}, flush=True)
    return Stock(
        list(pools.values()),
        (shares / shares.sum()).tolist(),
        list(of_crops.values()),
        (crop_shares / max(crop_shares.sum(), 1e-9)).tolist(),
    )


def _pool(pictures: Sequence[LabelledPicture]) -> dict[str, list[LabelledPicture]]:
    pools: dict[str, list[LabelledPicture]] = {}
    for picture in pictures:
        pools.setdefault(picture.source, []).append(picture)
    return pools


def _part(network: Any) -> tuple[list[Any], list[Any], list[Any]]:
    """Variables of the backbone that learn from the start, of the rest, and of the early layers."""
    old: list[Any] = []
    new: list[Any] = []
    early: list[Any] = []
    for layer in network.layers:
        is_old = layer.name.startswith(("Conv1", "block_"))
        kept = early if layer.name in FROZEN else old if is_old else new
        kept.extend(layer.trainable_variables)
    return old, new, early


def _schedule(step: int, steps: int) -> float:
    """Warm up in a line, then fall along a cosine."""
    fall = 0.5 * (1 + np.cos(np.pi * min(1.0, step / steps)))
    return float(min(1.0, (step + 1) / WARM_UP_STEPS) * (RATE_END + (1 - RATE_END) * fall))


def _tell(step: int, steps: int, recent: Sequence[tuple[float, ...]], step_s: float) -> None:
    score, box, label = np.mean(recent, axis=0)
    print(
        f"step {step}/{steps}  score {score:.3f}  box {box:.3f}  label {label:.3f}  "
        f"{step_s:.3f} s a step, {(steps - step) * step_s / 60:.0f} min left",
        flush=True,
    )


@click.command()
@click.argument("scenes", type=click.Path(exists=True, path_type=Path))
@click.argument("crops", type=click.Path(exists=True, path_type=Path), required=False)
@click.option("--weights", required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--output", required=True, type=click.Path(path_type=Path))
@click.option("--steps", default=20_000, show_default=True)
@click.option("--leave-out", "left_out", multiple=True, help="A source to keep for measuring.")
@click.option("--let-in", "let_in", multiple=True, help="A source to learn from as a whole.")
def main(
    scenes: Path, crops: Path | None, weights: Path, output: Path, steps: int,
    left_out: tuple[str, ...], let_in: tuple[str, ...],
) -> None:  # fmt: skip
    """Train the detector on what collect.py has gathered."""
    output.mkdir(parents=True, exist_ok=True)
    tf.keras.utils.set_random_seed(SEED)
    print(f"seed {SEED}", flush=True)
    of_crops = load_pictures(crops) if crops else []
    stock = make_stock(load_pictures(scenes), of_crops, left_out, let_in)
    train(Plan(steps, weights, output), stock)


if __name__ == "__main__":
    main()
