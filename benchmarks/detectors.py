"""Compare face detectors on annotated scenes: precision, recall by face size, cost.

`python -m benchmarks.detectors SCENES --yunet yunet_n.onnx` prints one table for
each source below SCENES (folders with annotations.json) and one for all of them.
Pictures are shrunk to a long side of 640, the length of the detectors' input;
scores count from 0.05. Faces without a box that CenterFace at 960 pixels and the
first YuNet both see with a score of 0.5 are neither hit nor miss.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

import click
import cv2
import numpy as np

from core.assets import asset_path
from core.types import Detections, Image
from models.detectors.anchor_free import AnchorFree
from models.detectors.centerface import CenterFace
from models.detectors.mtcnn import load_mtcnn
from models.detectors.protocol import FaceDetector
from models.detectors.yunet import YuNet
from models.manifest import SHIPPED_DETECTOR
from models.training.detector.measures import (
    SceneTruth,
    SizeRecall,
    average_precision,
    ignore_confirmed,
    judge,
    recall_at_precision,
    recall_by_size,
    score_at_precision,
)
from models.training.detector.pictures import Kind, LabelledPicture, read_scenes, shrink
from models.training.examples import Split

LONG_SIDE = 640
SCORE_FLOOR = 0.05
TEACHER_SIZES_WH = ((960, 576), (576, 960))
TEACHER_SCORE_MIN = 0.5
PRECISION_MIN = 0.9
PICTURE_HW = (384, 640)
PRECISIONS = ("f32", "bf16")
ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Looked:
    """One picture: what it shows, and what each detector found in it."""

    source: str
    truth: SceneTruth
    found: Mapping[str, Detections]


@dataclass(frozen=True, slots=True)
class Figures:
    """A detector's figures on some pictures; the last two at precision PRECISION_MIN."""

    loose: float
    strict: float
    recall: float
    by_size: Sequence[SizeRecall]


@click.command()
@click.argument("scenes", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--yunet",
    "yunets",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A YuNet to compare with; the first one is a teacher too.",
)
@click.option("--every", type=click.IntRange(1), default=1, help="Take every so-manieth picture.")
@click.option("--test-split", is_flag=True, help="Take only what our training leaves for tests.")
def main(scenes: Path, yunets: tuple[Path, ...], every: int, test_split: bool) -> None:
    """Judge every detector that is at hand on the annotated SCENES."""
    for precision in PRECISIONS:
        for name, detector in load_detectors(yunets, precision).items():
            click.echo(f"{name}, {precision}: {cpu_ms(detector):.1f} CPU ms a picture of 640x384")
    detectors = load_detectors(yunets)
    teachers = load_teachers(yunets)
    at_hand = (one for one in read_scenes(scenes) if not test_split or one.split is Split.TEST)
    pictures = islice(at_hand, 0, None, every)
    looked = [_look(shrink(each, LONG_SIDE), detectors, teachers) for each in pictures]
    for source in sorted({each.source for each in looked}):
        _print_table(source, [each for each in looked if each.source == source])
    _print_table("all", looked)


def load_detectors(yunets: Sequence[Path], precision: str = "bf16") -> dict[str, FaceDetector]:
    """Load the detectors at hand, each for one core and down to the score floor.

    precision: f32 or bf16, which OpenVINO takes by itself where the processor has
    it; MTCNN is run by TensorFlow, in float32 always.
    """
    centerface = CenterFace(
        asset_path("centerface.onnx"), 1, score_floor=SCORE_FLOOR, precision=precision
    )
    detectors: dict[str, FaceDetector] = {"CenterFace": centerface}
    if (SHIPPED_DETECTOR / "manifest.json").exists():
        ours = AnchorFree(SHIPPED_DETECTOR, 1, score_floor=SCORE_FLOOR, precision=precision)
        detectors["fast, ours"] = ours
    for path in yunets:
        detectors[path.stem] = YuNet(path, 1, score_floor=SCORE_FLOOR, precision=precision)
    if find_spec("mtcnn"):
        detectors["MTCNN"] = load_mtcnn(SCORE_FLOOR)
    return detectors


def load_teachers(yunets: Sequence[Path]) -> tuple[FaceDetector, FaceDetector] | None:
    """Load the two that name faces without a box; none where there is no YuNet."""
    if not yunets:
        click.echo("no YuNet is given: faces without a box count as false")
        return None
    larger = CenterFace(
        asset_path("centerface.onnx"), 1, TEACHER_SIZES_WH, score_floor=TEACHER_SCORE_MIN
    )
    return larger, YuNet(yunets[0], 1, score_floor=TEACHER_SCORE_MIN)


def judge_all(truths: Sequence[SceneTruth], found: Sequence[Detections]) -> Figures:
    loose, strict = judge(truths, found, 0.3), judge(truths, found, 0.5)
    return Figures(
        average_precision(loose),
        average_precision(strict),
        recall_at_precision(loose, PRECISION_MIN),
        recall_by_size(loose, score_at_precision(loose, PRECISION_MIN)),
    )


def describe(figures: Mapping[str, Figures]) -> Iterator[str]:
    """Write a table in Markdown, a row for each detector."""
    by_size = next(iter(figures.values())).by_size
    sizes = [f"from {each.from_px} px ({each.faces})" for each in by_size]
    heads = ["detector", "AP 0.3", "AP 0.5", f"recall at precision {PRECISION_MIN}", *sizes]
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for name, row in figures.items():
        values = [row.loose, row.strict, row.recall, *(each.recall for each in row.by_size)]
        cells = ["" if value is None else f"{value:.3f}" for value in values]
        yield f"| {' | '.join([name, *cells])} |"


def cpu_ms(detector: FaceDetector) -> float:
    """Measure the CPU milliseconds of a picture with one face, best of ROUNDS.

    CPU time of all threads: waiting for other work on the machine is left out.
    """
    portrait = np.asarray(cv2.imread(str(asset_path("grace_hopper.jpg"))), np.uint8)
    picture = np.full((*PICTURE_HW, 3), 90, np.uint8)
    picture[:300, :256] = cv2.resize(portrait, (256, 300), interpolation=cv2.INTER_AREA)
    detector.detect([picture])
    return min(_cpu_seconds(detector, picture) for _ in range(ROUNDS)) * 1000


def _look(
    picture: LabelledPicture,
    detectors: Mapping[str, FaceDetector],
    teachers: tuple[FaceDetector, FaceDetector] | None,
) -> Looked:
    is_face = picture.kinds != Kind.IGNORE
    truth = SceneTruth(picture.boxes[is_face], picture.boxes[~is_face])
    if teachers:
        first, second = (teacher.detect([picture.pixels])[0] for teacher in teachers)
        truth = ignore_confirmed(truth, first, second)
    found = {name: each.detect([picture.pixels])[0] for name, each in detectors.items()}
    return Looked(picture.source, truth, found)


def _print_table(source: str, looked: Sequence[Looked]) -> None:
    truths = [each.truth for each in looked]
    figures = {
        name: judge_all(truths, [each.found[name] for each in looked]) for name in looked[0].found
    }
    click.echo("\n".join([f"\n{source}, {len(looked)} pictures\n", *describe(figures)]))


def _cpu_seconds(detector: FaceDetector, picture: Image) -> float:
    start = time.process_time()
    detector.detect([picture])
    return time.process_time() - start


if __name__ == "__main__":
    main()
