"""What every face detector needs: fit a picture into an input, thin out boxes, map them back."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from core.types import Boxes, Detections, Image, Scores

OVERLAP_MAX = 0.3
"""Intersection over union above which two candidates are one face, from CenterFace's code."""

SizeWh: TypeAlias = tuple[int, int]
"""Width and height in pixels."""
Landmarks: TypeAlias = NDArray[np.float32]
"""(n, 5, 2) float32, xy in pixels: the two eyes, the nose, the two mouth corners."""


@dataclass(frozen=True, slots=True)
class FacePoints:
    """Faces of one image, best first, with their landmarks."""

    found: Detections
    landmarks: Landmarks


@dataclass(frozen=True, slots=True)
class Canvas:
    """An image shrunk or enlarged by `scale` into the upper left of an input."""

    pixels: Image
    scale: float


def letterbox(image: Image, size_wh: SizeWh) -> Canvas:
    """Scale the image to fit, keeping its shape; the rest is black.

    Down to half its size without averaging: for 960x540 that takes 0.4 ms
    instead of 2.1 and costs no accuracy (docs/models.md).
    """
    width, height = size_wh
    scale = min(width / image.shape[1], height / image.shape[0])
    inner_wh = (
        min(width, max(1, round(image.shape[1] * scale))),
        min(height, max(1, round(image.shape[0] * scale))),
    )
    # Bilinear sampling skips no pixel down to half the size.
    method = cv2.INTER_AREA if scale < 0.5 else cv2.INTER_LINEAR
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: inner_wh[1], : inner_wh[0]] = cv2.resize(image, inner_wh, interpolation=method)
    return Canvas(pixels, scale)


def best_input(image: Image, sizes_wh: Iterable[SizeWh]) -> SizeWh:
    """Choose the smallest input that shows the image as large as any, within a twentieth."""
    height, width = image.shape[:2]
    scales = {size_wh: min(size_wh[0] / width, size_wh[1] / height) for size_wh in sizes_wh}
    large = [size_wh for size_wh, scale in scales.items() if scale >= 0.95 * max(scales.values())]
    return min(large, key=lambda size_wh: size_wh[0] * size_wh[1])


def suppress(boxes: Boxes, scores: Scores, overlap_max: float = OVERLAP_MAX) -> NDArray[np.int64]:
    """Keep the best of the boxes that overlap; their indices, best first.

    Scores are above 0. By OpenCV: 0.3 ms for 400 candidates, where a loop in numpy takes 3 ms and
    a matrix of all pairs 1.6 ms.
    """
    boxes_xywh = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxes(boxes_xywh, scores, 0.0, overlap_max)  # type: ignore[arg-type]  # arrays are taken as they are
    return np.asarray(kept, np.int64).reshape(-1)


def overlaps(box: Boxes, boxes: Boxes) -> Scores:
    """Intersection over union of one box (4,) with each of boxes (n, 4)."""
    sides = np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2])
    shared = np.clip(sides, 0, None).prod(axis=1)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    union = (box[2:] - box[:2]).prod() + areas - shared
    return np.asarray(shared / np.maximum(union, 1e-9), np.float32)


def map_back(points: FacePoints, scale: float, image: Image) -> FacePoints:
    """Turn input pixels into the image's, clip, and drop boxes left without area."""
    limits = np.asarray([image.shape[1], image.shape[0]] * 2, np.float32)
    boxes = np.clip(points.found.boxes / scale, 0, limits).astype(np.float32)
    has_area = (boxes[:, 2] - boxes[:, 0] >= 1) & (boxes[:, 3] - boxes[:, 1] >= 1)
    found = Detections(boxes[has_area], points.found.scores[has_area])
    return FacePoints(found, points.landmarks[has_area] / np.float32(scale))
