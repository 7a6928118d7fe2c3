"""Measure the detector and others on scenes that its training did not see.

`python -m models.training.detector.evaluate SCENES FOLDER --yunet yunet_n.onnx`

SCENES: the `scenes` folder of the training data; FOLDER: a model folder of a
detector. Judged are the sources given by --source and the held-out groups of the
others. Pictures are shrunk to a long side of 640 and not enlarged beyond it;
scores count from 0.05. Faces without a box that CenterFace at 960 pixels and
YuNet both see with a score of 0.5 are neither hit nor miss.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from core.assets import asset_path
from core.types import Detections
from models.detectors.anchor_free import AnchorFree
from models.detectors.centerface import CenterFace
from models.detectors.protocol import FaceDetector
from models.detectors.yunet import YuNet
from models.training.detector.measures import (
    Judged,
    SceneTruth,
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
TEACHER_SIZES_WH = ((960, 576), (576, 960), (960, 960))
TEACHER_SCORE_MIN = 0.5
SCORE_FLOOR = 0.05
PRECISION_MIN = 0.9
MASKED_PX = 40
"""Masked faces from this size on are what the product lives by."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture, what is true of it, and the kinds of its true faces."""

    picture: LabelledPicture
    truth: SceneTruth
    kinds: Sequence[Kind]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a row of the table says; recalls but the first at the score of PRECISION_MIN."""

    loose: float
    strict: float
    recall: float
    by_size: Sequence[float | None]
    masked: float | None


def read_held_out(scenes: Path, sources: Sequence[str]) -> Iterator[LabelledPicture]:
    """Read what training leaves out: these sources, and the groups that are not for training."""
    for picture in read_scenes(scenes):
        if picture.source in sources or picture.split is not Split.TRAIN:
            yield shrink(picture, LONG_SIDE)


def to_scene(picture: LabelledPicture, teachers: tuple[FaceDetector, FaceDetector] | None) -> Scene:
    """Say what is true of a picture, as far as annotations and teachers know."""
    is_face = picture.kinds != Kind.IGNORE
    truth = SceneTruth(picture.boxes[is_face], picture.boxes[~is_face])
    if teachers:
        first, second = (teacher.detect([picture.pixels])[0] for teacher in teachers)
        truth = ignore_confirmed(truth, first, second)
    return Scene(picture, truth, [Kind(kind) for kind in picture.kinds[is_face]])


def figure(scenes: Sequence[Scene], found: Sequence[Detections]) -> Figures:
    """Judge one detector's finds in all scenes."""
    truths = [scene.truth for scene in scenes]
    loose, strict = judge(truths, found, 0.3), judge(truths, found, 0.5)
    score = score_at_precision(loose, PRECISION_MIN)
    return Figures(
        average_precision(loose),
        average_precision(strict),
        recall_at_precision(loose, PRECISION_MIN),
        [each.recall for each in recall_by_size(loose, score)],
        masked_recall(loose, [kind for scene in scenes for kind in scene.kinds], score),
    )


def masked_recall(judged: Judged, kinds: Sequence[Kind], score_min: float) -> float | None:
    """Measure the share of masked faces of MASKED_PX and more found; None without any."""
    is_masked = np.asarray([kind in (Kind.MASK, Kind.INCORRECT_MASK) for kind in kinds], bool)
    chosen = is_masked & (judged.sizes >= MASKED_PX)
    return float((judged.found_at[chosen] >= max(score_min, 1e-9)).mean()) if any(chosen) else None


def describe(rows: Mapping[str, Figures]) -> Iterator[str]:
    """Write a table in Markdown, a row for each detector."""
    heads = ["detector", "AP 0.3", "AP 0.5", f"recall at precision {PRECISION_MIN}"]
    heads += ["under 20 px", "20-40", "40-80", "over 80", f"masked, {MASKED_PX} px and more"]
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for name, row in rows.items():
        values = [row.loose, row.strict, row.recall, *row.by_size, row.masked]
        cells = ["" if value is None else f"{value:.3f}" for value in values]
        yield f"| {' | '.join([name, *cells])} |"


def _load(folder: Path, yunet: Path | None) -> dict[str, FaceDetector]:
    centerface = asset_path("centerface.onnx")
    detectors: dict[str, FaceDetector] = {
        "ours": AnchorFree(folder, 1, score_floor=SCORE_FLOOR),
        "CenterFace": CenterFace(centerface, 1, score_floor=SCORE_FLOOR),
    }
    if yunet:
        detectors["YuNet-n"] = YuNet(yunet, 1, score_floor=SCORE_FLOOR)
    return detectors


def _load_teachers(yunet: Path | None) -> tuple[FaceDetector, FaceDetector] | None:
    if yunet is None:
        click.echo("no YuNet is given: faces without a box count as false")
        return None
    larger = CenterFace(asset_path("centerface.onnx"), 1, TEACHER_SIZES_WH, TEACHER_SCORE_MIN)
    return larger, YuNet(yunet, 1, TEACHER_SIZES_WH, TEACHER_SCORE_MIN)


@click.command()
@click.argument("scenes", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--yunet", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", "sources", multiple=True, default=("andrewmvd",), show_default=True)
def main(scenes: Path, folder: Path, yunet: Path | None, sources: tuple[str, ...]) -> None:
    """Print one table for each source below SCENES and one for all of them."""
    teachers, detectors = _load_teachers(yunet), _load(folder, yunet)
    held_out = [to_scene(each, teachers) for each in read_held_out(scenes, sources)]
    found = {
        name: [detector.detect([scene.picture.pixels])[0] for scene in held_out]
        for name, detector in detectors.items()
    }
    names = sorted({scene.picture.source for scene in held_out})
    for source in [*names, "all"]:
        at = [i for i, each in enumerate(held_out) if source in ("all", each.picture.source)]
        rows = {
            name: figure([held_out[i] for i in at], [finds[i] for i in at])
            for name, finds in found.items()
        }
        click.echo("\n".join([f"\n{source}, {len(at)} pictures\n", *describe(rows)]))


if __name__ == "__main__":
    main()
