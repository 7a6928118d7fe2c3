"""Find the faces of a picture, and explain each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import cv2
import numpy as np

from core.face_crops import square_regions
from core.pictures import fit_size
from core.types import Boxes, Image, Label
from models.detectors.boxes import FacePoints
from models.detectors.protocol import FaceDetector
from models.explanation.explain import Explanation, explain_face
from models.explanation.heat import Method
from models.explanation.network import OpenedNetwork
from models.explanation.regions import Points, are_landmarks

PADDING = 0.25
"""Of a crop's side, added around it before its landmarks are looked for: detectors miss
faces that fill a picture."""


@runtime_checkable
class PointsDetector(Protocol):
    """A detector that gives landmarks too; not all do."""

    def detect_points(self, images: Sequence[Image]) -> list[FacePoints]:
        """Find faces and landmarks of each image."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A face's crop, BGR, and its explanation."""

    crop: Image
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class ExplainedPicture:
    """A picture's faces, best first; boxes: (n, 4) xyxy in pixels of the picture."""

    boxes: Boxes
    faces: tuple[Explained, ...]


@dataclass(frozen=True, slots=True)
class FaceExplainer:
    """Explains faces of pictures and of crops; not for several threads at once.

    label: the one to explain, None is each face's likeliest.
    """

    network: OpenedNetwork
    detector: FaceDetector
    method: Method = Method.FUSED
    label: Label | None = None

    def explain_picture(self, image: Image, long_side: int, min_score: float) -> ExplainedPicture:
        """Explain every face that serving would find in a BGR picture.

        long_side: pixels that the picture is shrunk to first, as for cameras.
        """
        size_wh = fit_size((image.shape[1], image.shape[0]), long_side)
        seen = np.asarray(cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA), np.uint8)
        found = self._find(seen)
        kept = found.found.scores >= min_score
        boxes, landmarks = found.found.boxes[kept], found.landmarks[kept]
        regions = square_regions(boxes, self.network.context, size_wh)
        faces = [
            self._explain(seen[top:bottom, left:right], points - np.asarray([left, top]))
            for (left, top, right, bottom), points in zip(regions.tolist(), landmarks, strict=True)
        ]
        scale = np.asarray([image.shape[1], image.shape[0]]) / np.asarray(size_wh)
        return ExplainedPicture((boxes * np.tile(scale, 2)).astype(np.float32), tuple(faces))

    def explain_crop(self, crop: Image) -> Explained:
        """Explain a picture that is one face's crop."""
        rows, columns = int(crop.shape[0] * PADDING), int(crop.shape[1] * PADDING)
        padded = cv2.copyMakeBorder(crop, rows, rows, columns, columns, cv2.BORDER_REFLECT)
        found = self._find(np.asarray(padded, np.uint8))
        if not len(found.found):
            return self._explain(crop, np.zeros((5, 2), np.float32))
        return self._explain(crop, found.landmarks[0] - np.asarray([columns, rows]))

    def _find(self, image: Image) -> FacePoints:
        """Find faces, with landmarks of zeros where the detector gives none."""
        if isinstance(self.detector, PointsDetector):
            return self.detector.detect_points([image])[0]
        [found] = self.detector.detect([image])
        return FacePoints(found, np.zeros((len(found), 5, 2), np.float32))

    def _explain(self, crop: Image, landmarks: Points) -> Explained:
        points = landmarks.astype(np.float32) if are_landmarks(landmarks) else None
        return Explained(crop, explain_face(crop, self.network, self.label, points, self.method))
