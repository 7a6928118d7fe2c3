"""Find faces and tell what they wear: from pictures to Faces.

Nothing here reads a file or a clock once the networks are loaded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from core.detectors import DetectorChoice
from core.face_crops import CONTEXT, cut_crops
from core.runtimes import RuntimeChoice
from core.types import Detections, Faces, Image, Probabilities
from models.detectors.protocol import FaceDetector
from models.preprocess import sharpness
from models.runtimes.network import BATCHES


class MaskClassifier(Protocol):
    """Tells what faces wear."""

    model_version: str

    def classify(self, crops: Sequence[Image]) -> Probabilities:
        """Classify BGR crops of any size; (n, 3) by LABELS, n = 0 gives (0, 3)."""


@dataclass(frozen=True, slots=True)
class Analyser:
    """A detector and a classifier put together; not for several threads at once."""

    detector: FaceDetector
    classifier: MaskClassifier
    context: float = CONTEXT
    """Side of the classifier's crops in lengths of the box's longer side."""

    @property
    def model_version(self) -> str:
        return self.classifier.model_version

    def analyse(self, images: Sequence[Image], min_score: float) -> list[Faces]:
        """Detect in all images, then classify all their faces together.

        images: BGR, of any sizes. Boxes are in pixels of each image; faces
        below min_score are left out.
        """
        found = [_confident(each, min_score) for each in self.detector.detect(images)]
        crops = [
            cut_crops(image, each.boxes, self.context)
            for image, each in zip(images, found, strict=True)
        ]
        flat = [crop for of_image in crops for crop in of_image]
        ends = np.cumsum([len(each) for each in found])[:-1]
        probabilities = np.split(self.classifier.classify(flat), ends)
        sharp = np.split(sharpness(flat), ends)
        return [
            Faces(each.boxes, each.scores, rows, values)
            for each, rows, values in zip(found, probabilities, sharp, strict=False)
        ]

    def warm_up(self) -> None:
        """Run every path and size of batch once, so that no frame waits for a compiler."""
        for height, width in ((360, 640), (640, 360)):
            self.detector.detect([np.zeros((height, width, 3), np.uint8)])
        for count in BATCHES:
            self.classifier.classify([np.zeros((64, 64, 3), np.uint8)] * count)


def load_analyser(
    threads: int | None = None,
    *,
    classifier: Path | None = None,
    detector: Path | None = None,
    choice: DetectorChoice | None = None,
    runtime: RuntimeChoice | None = None,
) -> Analyser:
    """Load the networks, every file checked against its checksum.

    threads: cores to use, by default all that this process may use; give fewer
    where several workers share a host. classifier, detector: folders of other versions
    than the shipped ones. choice: the settings' detector, by default CenterFace.
    runtime: the settings' runtime, by default what suits this machine.
    Raises WeightsMismatch and BadSettings.
    """
    # Loading OpenVINO takes half a second, which commands without networks are spared.
    from models.classifier import open_classifier
    from models.detectors.chosen import build_detector
    from models.manifest import SHIPPED_CLASSIFIER
    from models.runtimes.cores import count_cores

    count = threads or count_cores()
    finder = build_detector(choice or DetectorChoice(), count, detector, runtime)
    chosen = open_classifier(classifier or SHIPPED_CLASSIFIER, count, runtime or RuntimeChoice())
    return Analyser(finder, chosen, chosen.context)


def load_classifier(
    folder: Path, threads: int, runtime: RuntimeChoice | None = None
) -> MaskClassifier:
    """Load the classifier of a model folder. Raises WeightsMismatch and BadSettings."""
    from models.classifier import open_classifier

    return open_classifier(folder, threads, runtime or RuntimeChoice())


def _confident(found: Detections, min_score: float) -> Detections:
    kept = found.scores >= min_score
    return Detections(found.boxes[kept], found.scores[kept])
