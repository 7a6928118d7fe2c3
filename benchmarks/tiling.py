"""Measure what tiles bring: recall of small faces against the cost, on annotated scenes.

`python -m benchmarks.tiling SCENES` finds the faces of pictures that are larger
than the detector's input, as a far camera's are: shared sources are small, so
the input is small here as well. Size classes are in pixels of the input's picture
of the whole, the size at which a detector without tiles has to see the face.
"""

import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import click
import numpy as np

from core.assets import asset_path
from core.detectors import parse_tiles
from core.types import Detections
from models.detectors.boxes import SizeWh
from models.detectors.centerface import CenterFace
from models.detectors.protocol import FaceDetector
from models.detectors.tiling import TiledDetector
from models.training.detector.measures import (
    SceneTruth,
    average_precision,
    judge,
    recall_at_precision,
    recall_by_size,
    score_at_precision,
)
from models.training.detector.pictures import Kind, LabelledPicture, read_scenes

SCORE_FLOOR = 0.05
EDGES = (0, 8, 12, 20)
"""Pixels of the whole picture in the input."""


@click.command()
@click.argument("scenes", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--source", default="classroom_cctv", show_default=True)
@click.option("--input", "input_wh", type=(int, int), default=(384, 256), show_default=True)
@click.option("--every", type=click.IntRange(1), default=1, help="Take every so-manieth picture.")
@click.option("--tiles", multiple=True, default=["off", "2x2", "3x2", "3x3"], show_default=True)
def main(scenes: Path, source: str, input_wh: SizeWh, every: int, tiles: tuple[str, ...]) -> None:
    """Compare tiles on the pictures of one source of the annotated SCENES."""
    of_source = (each for each in read_scenes(scenes) if each.source == source)
    pictures = list(islice(of_source, 0, None, every))
    inputs_wh = (input_wh, (input_wh[1], input_wh[0]))
    plain = CenterFace(asset_path("centerface.onnx"), 1, inputs_wh, SCORE_FLOOR)
    click.echo(f"{source}, {len(pictures)} pictures, CenterFace at {input_wh[0]}x{input_wh[1]}")
    for text in tiles:
        detector = TiledDetector(plain, parse_tiles(text), inputs_wh)
        click.echo(f"{text}: {_figures(detector, pictures, input_wh)}")


def _figures(detector: FaceDetector, pictures: Sequence[LabelledPicture], input_wh: SizeWh) -> str:
    start = time.process_time()
    found = [detector.detect([each.pixels])[0] for each in pictures]
    cost_ms = (time.process_time() - start) / len(pictures) * 1000
    judged = judge(*_as_seen(pictures, found, input_wh), 0.3)
    recalls = recall_by_size(judged, score_at_precision(judged, 0.9), EDGES)
    by_size = ", ".join(
        f"from {each.from_px} px ({each.faces}) {each.recall:.3f}"
        for each in recalls
        if each.recall is not None
    )
    return (
        f"AP {average_precision(judged):.3f}, recall at precision 0.9 "
        f"{recall_at_precision(judged, 0.9):.3f} ({by_size}), {cost_ms:.0f} CPU ms a picture"
    )


def _as_seen(
    pictures: Sequence[LabelledPicture], found: Sequence[Detections], input_wh: SizeWh
) -> tuple[list[SceneTruth], list[Detections]]:
    """Scale boxes to the input's pixels of the whole picture, so that sizes tell how hard it is."""
    truths, seen = [], []
    for picture, each in zip(pictures, found, strict=True):
        short, long = sorted(picture.pixels.shape[:2])
        scale = np.float32(min(min(input_wh) / short, max(input_wh) / long))
        is_face = picture.kinds != Kind.IGNORE
        truths.append(SceneTruth(picture.boxes[is_face] * scale, picture.boxes[~is_face] * scale))
        seen.append(Detections(each.boxes * scale, each.scores))
    return truths, seen


if __name__ == "__main__":
    main()
