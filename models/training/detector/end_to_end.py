"""Measure what the faces that a detector finds are said to wear, in one pass and in two.

`python -m models.training.detector.end_to_end SCENES DETECTOR [CLASSIFIER]`

One pass: the label outputs of our detector. Two: a detector, then the classifier
on crops of its boxes. Judged are the annotated faces of held-out scenes that were
found with a score of 0.5 and an overlap of 0.3; macro-F1 of those, and their share.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import click
import numpy as np
from numpy.typing import NDArray

from core.assets import asset_path
from core.runtimes import RuntimeChoice
from core.types import LABELS, Boxes, Image, Probabilities
from models.analysis import Analyser
from models.classifier import open_classifier
from models.detectors.anchor_free import AnchorFree, decode_labelled, find_network, prepare
from models.detectors.boxes import best_input, letterbox, overlaps
from models.detectors.centerface import CenterFace
from models.detectors.letterboxed import SIZES_WH
from models.manifest import SHIPPED_CLASSIFIER
from models.runtimes.openvino import CompiledNetwork, read_network
from models.training.detector.evaluate import read_held_out
from models.training.detector.pictures import Kind, LabelledPicture
from models.training.figures import measure

SCORE_MIN = 0.5
OVERLAP_MIN = 0.3


@dataclass(frozen=True, slots=True)
class Labelled:
    """Boxes (n, 4) of one picture and what each face wears (n, 3)."""

    boxes: Boxes
    probabilities: Probabilities


class Reader(Protocol):
    """Finds faces and says what they wear."""

    def read(self, image: Image) -> Labelled:
        """Read one picture."""


@dataclass(frozen=True, slots=True)
class TwoStages:
    """A detector and the classifier."""

    analyser: Analyser

    def read(self, image: Image) -> Labelled:
        faces = self.analyser.analyse([image], SCORE_MIN)[0]
        return Labelled(faces.boxes, faces.probabilities)


class OnePass:
    """Our detector with its own label outputs."""

    def __init__(self, folder: Path) -> None:
        file = find_network(folder)
        self._networks = {
            size_wh: CompiledNetwork(prepare(read_network(file), size_wh), 1)
            for size_wh in SIZES_WH
        }

    def read(self, image: Image) -> Labelled:
        size_wh = best_input(image, self._networks)
        canvas = letterbox(image, size_wh)
        (outputs,) = self._networks[size_wh].run([canvas.pixels[None]])
        found, labels = decode_labelled(outputs, size_wh, SCORE_MIN)
        return Labelled(found.boxes / np.float32(canvas.scale), labels)


def match(picture: LabelledPicture, read: Labelled) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Pair each labelled face with the probabilities of the box over it, if there is one."""
    for box, kind in zip(picture.boxes, picture.kinds, strict=True):
        shared = overlaps(box, read.boxes)
        if kind < Kind.FACE and shared.max(initial=0) >= OVERLAP_MIN:
            yield int(kind), read.probabilities[shared.argmax()]


def judge_labels(pictures: Sequence[LabelledPicture], reader: Reader) -> str:
    """Say how many labelled faces were found, and how right their labels are."""
    pairs = [pair for picture in pictures for pair in match(picture, reader.read(picture.pixels))]
    labelled = sum(int((picture.kinds < Kind.FACE).sum()) for picture in pictures)
    truths = np.asarray([truth for truth, _ in pairs], np.int64)
    rows = np.asarray([row for _, row in pairs], np.float32).reshape(-1, len(LABELS))
    figures = measure(rows, truths)
    recalls = ", ".join(
        f"{each.label.value} {each.recall:.3f} of {each.count}"
        for each in figures.labels
        if each.recall is not None
    )
    return (
        f"found {len(pairs)} of {labelled}, macro-F1 {figures.macro_f1:.3f}, "
        f"accuracy {figures.accuracy:.3f}; recall: {recalls}"
    )


def _two_stages(detector: AnchorFree | CenterFace, classifier: Path) -> TwoStages:
    opened = open_classifier(classifier, 1, RuntimeChoice())
    return TwoStages(Analyser(detector, opened, opened.context))


@click.command()
@click.argument("scenes", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("detector", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("classifier", type=click.Path(path_type=Path), default=SHIPPED_CLASSIFIER)
@click.option("--source", "sources", multiple=True, help="A source that is held out as a whole.")
def main(scenes: Path, detector: Path, classifier: Path, sources: tuple[str, ...]) -> None:
    """Compare one pass and two stages on held-out SCENES."""
    pictures = list(read_held_out(scenes, sources))
    centerface = CenterFace(asset_path("centerface.onnx"), 1)
    readers: dict[str, Reader] = {
        "ours, one pass": OnePass(detector),
        "ours, then the classifier": _two_stages(AnchorFree(detector, 1), classifier),
        "CenterFace, then the classifier": _two_stages(centerface, classifier),
    }
    for name, reader in readers.items():
        click.echo(f"{name}: {judge_labels(pictures, reader)}")


if __name__ == "__main__":
    main()
