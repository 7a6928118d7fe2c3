"""Compare the methods of explanation on faces that training did not open.

`python -m benchmarks.explanations FACES WEIGHTS [--faces 60]`: WEIGHTS is a model
folder with a Keras file, or a training run's. Judged are faces of the test split
of 24 px and more, of mask and no_mask, whose label the network tells. Columns: see
docs/explanation.md; share is that of heat on nose, mouth and chin, of mask / no_mask.
"""

from collections.abc import Sequence
from pathlib import Path
from random import Random

import click
import numpy as np

from core.assets import asset_path
from core.face_crops import square_regions
from core.types import LABELS, Label
from models.explanation.explain import explain_face
from models.explanation.heat import Heat, Method, enlarge
from models.explanation.measures import half_area, is_pointing_at, measure_faithfulness
from models.explanation.network import OpenedNetwork, open_network
from models.explanation.regions import fill
from models.preprocess import to_input
from models.training.evaluate import EvaluateOptions, choose
from models.training.examples import read_examples
from models.training.samples import Sample, load_samples, serving_crop

FACE_PX_MIN = 24
SEED = 1


@click.command()
@click.argument("folder", metavar="FACES", type=click.Path(file_okay=False, path_type=Path))
@click.argument("weights", type=click.Path(file_okay=False, path_type=Path))
@click.option("--faces", "count", default=60, show_default=True, help="Of each label.")
def main(folder: Path, weights: Path, count: int) -> None:
    """Print a row a method, random heat first."""
    network = open_network(weights)
    samples = choose_samples(folder, network, count)
    counts = {label: sum(LABELS[one.label] is label for one in samples) for label in LABELS}
    click.echo(f"{network.model_version}, {network.side} px, {', '.join(network.layer_names)}")
    click.echo(", ".join(f"{number} {label}" for label, number in counts.items()))
    click.echo("| method | gain | deletion | insertion | half area | pointing | share |")
    click.echo("| --- | --- | --- | --- | --- | --- | --- |")
    for method in (None, *Method):
        click.echo(_row(method, samples, network))


def choose_samples(folder: Path, network: OpenedNetwork, count: int) -> list[Sample]:
    """Take so many faces of mask and of no_mask, seeded, that the network tells rightly."""
    examples = list(choose(read_examples(folder), EvaluateOptions(folder)).examples)
    Random(SEED).shuffle(examples)  # noqa: S311 (no secret)
    chosen: list[Sample] = []
    for label in (Label.MASK, Label.NO_MASK):
        of_label = [each for each in examples if each.label is label][: 4 * count]
        of_label.sort(key=lambda each: each.path)
        samples = load_samples(of_label, asset_path("centerface.onnx"), 1, click.echo)
        chosen += [one for one in samples if _is_usable(one, network)][:count]
    return chosen


def _is_usable(sample: Sample, network: OpenedNetwork) -> bool:
    if sample.landmarks is None or sample.face_px < FACE_PX_MIN:
        return False
    look = network.look(to_input([serving_crop(sample)], network.side), None)
    return bool(look.labels[0] == sample.label)


def _row(method: Method | None, samples: Sequence[Sample], network: OpenedNetwork) -> str:
    figures = np.asarray([_judge(method, sample, network) for sample in samples])
    gain, deletion, insertion, half, pointing = figures.mean(axis=0)[:5]
    error = figures[:, 0].std() / len(figures) ** 0.5
    labels = np.asarray([sample.label for sample in samples])
    shares = [figures[labels == LABELS.index(each), 5].mean() for each in ("mask", "no_mask")]
    return (
        f"| {method or 'random'} | {gain:.3f} ± {error:.3f} | {deletion:.3f} | {insertion:.3f} "
        f"| {half:.3f} | {pointing:.2f} | {shares[0]:.3f} / {shares[1]:.3f} |"
    )


def _judge(method: Method | None, sample: Sample, network: OpenedNetwork) -> list[float]:
    """Gain, deletion, insertion, half area, pointing and share of one face."""
    crop, label = serving_crop(sample), LABELS[sample.label]
    size_wh = (sample.pixels.shape[1], sample.pixels.shape[0])
    [region] = square_regions(sample.box[None], network.context, size_wh)
    assert sample.landmarks is not None  # noqa: S101 (see _is_usable)
    landmarks = (sample.landmarks - region[:2]).astype(np.float32)
    [pixels] = to_input([crop], network.side)
    square = np.ascontiguousarray(pixels[:, :, ::-1])
    scale = network.side / np.asarray([crop.shape[1], crop.shape[0]], np.float32)
    found = explain_face(square, network, label, landmarks * scale, method or Method.FUSED)
    heat = found.heat if method else _random_heat(network.side, len(sample.path.name))
    lower_face = fill(found.outline, (network.side, network.side))
    faith = measure_faithfulness(
        pixels, heat, lambda shown: network.look(shown, label).probabilities[:, sample.label]
    )
    share = float(heat[lower_face].sum() / max(heat.sum(), 1e-9))
    pointing = float(is_pointing_at(heat, lower_face))
    return [faith.gain, faith.deletion, faith.insertion, half_area(heat), pointing, share]


def _random_heat(side: int, seed: int) -> Heat:
    cells = np.random.default_rng(seed).random((8, 8), np.float32)
    return enlarge(cells, (side, side))


if __name__ == "__main__":
    main()
