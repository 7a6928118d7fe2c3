"""Find faces with CenterFace (Xu et al., 2019), run by OpenVINO.

An anchor-free detector: on a grid of one cell per 4 pixels it gives the
likelihood that a face's centre is there, the face's size and five landmarks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
import openvino as ov
from numpy.typing import NDArray

from core.types import Boxes, Detections, Image, Scores
from models.runtime import CompiledNetwork, Tensor, read_network

STRIDE = 4
"""Pixels of the input per cell of the grid, from the paper."""
SCORE_FLOOR = 0.2
"""Below this the detector's candidates are noise, whatever the caller asks for."""
OVERLAP_MAX = 0.3
"""Intersection over union above which two candidates are one face, from the paper's code."""
SIZES_WH = ((640, 384), (384, 640))
"""Input sizes for landscape and portrait pictures; multiples of 32."""

Landmarks: TypeAlias = NDArray[np.float32]
"""(n, 5, 2) float32, xy in pixels: the two eyes, the nose, the two mouth corners."""


@dataclass(frozen=True, slots=True)
class FacePoints:
    """Faces of one image, best first, with their landmarks."""

    found: Detections
    landmarks: Landmarks


class CenterFace:
    """A FaceDetector; see models/analysis.py."""

    def __init__(
        self, path: Path, threads: int, sizes_wh: Sequence[tuple[int, int]] = SIZES_WH
    ) -> None:
        self._networks = {
            size_wh: CompiledNetwork(_prepare(read_network(path), size_wh), threads)
            for size_wh in sizes_wh
        }

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        """Find the faces of each image; boxes in pixels of that image."""
        return [points.found for points in self.detect_points(images)]

    def detect_points(self, images: Sequence[Image]) -> list[FacePoints]:
        """Find faces and landmarks; images of one shape run as one batch."""
        results: dict[int, FacePoints] = {}
        for size_wh, network in self._networks.items():
            chosen = [i for i, image in enumerate(images) if self._size_for(image) == size_wh]
            canvases = [letterbox(images[i], size_wh) for i in chosen]
            outputs = network.run([canvas.pixels[None] for canvas in canvases])
            for i, canvas, grid in zip(chosen, canvases, outputs, strict=True):
                results[i] = _map_back(decode(*grid), canvas.scale, images[i])
        return [results[i] for i in range(len(images))]

    def _size_for(self, image: Image) -> tuple[int, int]:
        """Choose the input whose shape is nearest to the image's."""
        aspect = np.log(image.shape[1] / image.shape[0])
        return min(self._networks, key=lambda wh: abs(float(np.log(wh[0] / wh[1]) - aspect)))


@dataclass(frozen=True, slots=True)
class Canvas:
    """An image shrunk or enlarged by `scale` into the upper left of an input."""

    pixels: Image
    scale: float


def letterbox(image: Image, size_wh: tuple[int, int]) -> Canvas:
    """Scale the image to fit, keeping its shape; the rest is black."""
    width, height = size_wh
    scale = min(width / image.shape[1], height / image.shape[0])
    inner_wh = (
        min(width, max(1, round(image.shape[1] * scale))),
        min(height, max(1, round(image.shape[0] * scale))),
    )
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: inner_wh[1], : inner_wh[0]] = cv2.resize(image, inner_wh, interpolation=method)
    return Canvas(pixels, scale)


def decode(heatmap: Tensor, scales: Tensor, offsets: Tensor, landmarks: Tensor) -> FacePoints:
    """Read the faces out of the network's four grids.

    heatmap (1, 1, h, w); scales (1, 2, h, w), log of height and width in
    cells; offsets (1, 2, h, w), of the centre in cells, y then x; landmarks
    (1, 10, h, w), y and x of five points in face sizes from the upper left.
    Results are in pixels of the network's input.
    """
    rows, columns = np.nonzero(heatmap[0, 0] > SCORE_FLOOR)
    scores = heatmap[0, 0, rows, columns]
    sizes_hw = np.exp(scales[0][:, rows, columns].T) * STRIDE  # (n, 2)
    cells = np.stack([rows, columns], axis=1)
    centres_yx = (cells + offsets[0][:, rows, columns].T + 0.5) * STRIDE
    starts_yx = centres_yx - sizes_hw / 2
    points_yx = landmarks[0][:, rows, columns].T.reshape(-1, 5, 2)
    points_yx = points_yx * sizes_hw[:, None] + starts_yx[:, None]
    boxes = np.concatenate([starts_yx[:, ::-1], (starts_yx + sizes_hw)[:, ::-1]], axis=1)
    kept = suppress(boxes, scores)
    found = Detections(boxes[kept].astype(np.float32), scores[kept])
    return FacePoints(found, points_yx[kept][:, :, ::-1].astype(np.float32))


def suppress(boxes: Boxes, scores: Scores, overlap_max: float = OVERLAP_MAX) -> NDArray[np.int64]:
    """Keep the best of the boxes that overlap; their indices, best first."""
    waiting = np.argsort(-scores, kind="stable")
    kept = []
    while len(waiting):
        best, waiting = waiting[0], waiting[1:]
        kept.append(best)
        waiting = waiting[overlaps(boxes[best], boxes[waiting]) <= overlap_max]
    return np.asarray(kept, np.int64)


def overlaps(box: Boxes, boxes: Boxes) -> Scores:
    """Intersection over union of one box (4,) with each of boxes (n, 4)."""
    sides = np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2])
    shared = np.clip(sides, 0, None).prod(axis=1)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    union = (box[2:] - box[:2]).prod() + areas - shared
    return np.asarray(shared / np.maximum(union, 1e-9), np.float32)


def _prepare(network: ov.Model, size_wh: tuple[int, int]) -> ov.Model:
    """Give the network its input size, and let it take BGR bytes as OpenCV has them."""
    width, height = size_wh
    network.reshape([1, 3, height, width])
    steps = ov.preprocess.PrePostProcessor(network)
    taken = steps.input()
    taken.tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC"))
    taken.tensor().set_color_format(ov.preprocess.ColorFormat.BGR)
    taken.model().set_layout(ov.Layout("NCHW"))
    steps_of_input = taken.preprocess().convert_element_type(ov.Type.f32)
    steps_of_input.convert_color(ov.preprocess.ColorFormat.RGB)
    return steps.build()


def _map_back(points: FacePoints, scale: float, image: Image) -> FacePoints:
    """Turn input pixels into the image's, clip, and drop boxes left without area."""
    limits = np.asarray([image.shape[1], image.shape[0]] * 2, np.float32)
    boxes = np.clip(points.found.boxes / scale, 0, limits).astype(np.float32)
    has_area = (boxes[:, 2] - boxes[:, 0] >= 1) & (boxes[:, 3] - boxes[:, 1] >= 1)
    found = Detections(boxes[has_area], points.found.scores[has_area])
    return FacePoints(found, points.landmarks[has_area] / np.float32(scale))
