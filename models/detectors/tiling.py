"""Find the small faces of far cameras: detect in overlapping tiles and in the whole picture.

A detector sees a picture shrunk to its input: of a picture 1920 pixels wide every
third pixel. Tiles are shown at their own size, or near it. Each costs as much as a picture.
"""

from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray

from core.detectors import TILES_MAX, Tiles
from core.types import Boxes, Detections, Image, Scores
from models.detectors.boxes import OVERLAP_MAX, SizeWh, best_input
from models.detectors.letterboxed import SIZES_WH
from models.detectors.protocol import FaceDetector

OVERLAP = 0.2
"""Of a tile's side that the next one shares: the largest face that is sure to be whole in one."""
SHOWN_MIN = 0.8
"""Automatic tiles are as few as show the picture at this share of its size."""
EDGE = 0.01
"""Of a tile's longer side: a face that ends so near to a cut is taken for cut."""
COVERED_MAX = 0.6
"""Of the smaller box's area: with more of it shared, the one is the other's face or a part of it.

By intersection over union alone a large face's part, seen by one tile, would stand beside it."""


class TiledDetector:
    """A FaceDetector that lets another one look at tiles as well."""

    def __init__(
        self, detector: FaceDetector, tiles: Tiles, inputs_wh: Sequence[SizeWh] = SIZES_WH
    ) -> None:
        """inputs_wh: the detector's input sizes; pictures that fit them are not cut."""
        self._detector = detector
        self._tiles = tiles
        self._inputs_wh = inputs_wh

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        """Find the faces of each image; all tiles of all images run as one batch."""
        regions = [self._cut(image) for image in images]
        views = [
            image[top:bottom, left:right]
            for image, of_image in zip(images, regions, strict=True)
            for left, top, right, bottom in of_image.tolist()
        ]
        found = iter(self._detector.detect(views))
        return [
            merge([next(found) for _ in of_image], of_image) if len(of_image) > 1 else next(found)
            for of_image in regions
        ]

    def _cut(self, image: Image) -> NDArray[np.int64]:
        size_wh = (image.shape[1], image.shape[0])
        return cut_regions(size_wh, best_input(image, self._inputs_wh), self._tiles)


def cut_regions(size_wh: SizeWh, input_wh: SizeWh, tiles: Tiles) -> NDArray[np.int64]:
    """Lay the whole picture and its overlapping tiles, (n, 4) xyxy; the whole comes first.

    The whole alone where it fits the input, or where one tile is asked for.
    """
    whole = [[0, 0, *size_wh]]
    columns, rows = _grid(size_wh, input_wh, tiles)
    fits = size_wh[0] <= input_wh[0] and size_wh[1] <= input_wh[1]
    if fits or columns * rows == 1:
        return np.asarray(whole, np.int64)
    across, down = _spans(size_wh[0], columns), _spans(size_wh[1], rows)
    cut = [[left, top, right, bottom] for top, bottom in down for left, right in across]
    return np.asarray(whole + cut, np.int64)


def merge(found: Sequence[Detections], regions: NDArray[np.int64]) -> Detections:
    """Put the faces of all regions together, in pixels of the picture, best first.

    found: of each region, in its own pixels; regions: (n, 4) xyxy, the whole
    picture first. A face that a cut goes through is left to the neighbouring
    tile or to the whole picture, in one of which it is whole.
    """
    kept = [
        _leave_cut(each, region, regions[0]) for each, region in zip(found, regions, strict=True)
    ]
    boxes = np.concatenate([each.boxes for each in kept])
    scores = np.concatenate([each.scores for each in kept])
    sources = np.repeat(np.arange(len(kept)), [len(each) for each in kept])
    chosen = _leave_repeated(boxes, scores, sources)
    return Detections(boxes[chosen], scores[chosen])


def _grid(size_wh: SizeWh, input_wh: SizeWh, tiles: Tiles) -> SizeWh:
    """Decide on columns and rows for this picture."""
    if tiles.is_automatic:
        columns, rows = (_count(side, shown) for side, shown in zip(size_wh, input_wh, strict=True))
        return columns, rows
    is_portrait = size_wh[1] > size_wh[0]
    return (tiles.rows, tiles.columns) if is_portrait else (tiles.columns, tiles.rows)


def _count(side: int, shown: int) -> int:
    """Count the overlapping tiles that show a side at SHOWN_MIN of its size, at most TILES_MAX."""
    longest = shown / SHOWN_MIN
    beyond_first = ceil(max(0.0, side / longest - 1) / (1 - OVERLAP))
    return min(TILES_MAX, 1 + beyond_first)


def _spans(side: int, count: int) -> list[tuple[int, int]]:
    """Part a side into so many spans of one length, each sharing OVERLAP with the next."""
    length = min(side, ceil(side / (count - (count - 1) * OVERLAP)))
    starts = np.linspace(0, side - length, count).round().astype(int).tolist()
    return [(start, start + length) for start in starts]


def _leave_cut(
    found: Detections, region: NDArray[np.int64], whole: NDArray[np.int64]
) -> Detections:
    """Move a region's boxes into the picture, without those that touch one of its cuts."""
    boxes = found.boxes + np.tile(region[:2], 2).astype(np.float32)
    margin = EDGE * (region[2:] - region[:2]).max()
    is_cut = (boxes[:, :2] < region[:2] + margin) & (region[:2] > whole[:2])
    is_cut |= (boxes[:, 2:] > region[2:] - margin) & (region[2:] < whole[2:])
    kept = ~is_cut.any(axis=1)
    return Detections(boxes[kept], found.scores[kept])


def _leave_repeated(boxes: Boxes, scores: Scores, sources: NDArray[np.int64]) -> NDArray[np.int64]:
    """Keep the best of the boxes of one face that several regions see; their indices, best first.

    sources: (n,), the region of each; what one region tells apart stays apart.
    """
    order = np.argsort(-scores, kind="stable")
    is_one = _are_one(boxes[order]) & (sources[order][:, None] != sources[order])
    is_left = np.ones(len(order), bool)
    for place in range(len(order)):
        if is_left[place]:
            is_left &= ~is_one[place]
    return order[is_left]


def _are_one(boxes: Boxes) -> NDArray[np.bool_]:
    """Say of each pair of boxes whether they are one face, or a part of it; (n, n)."""
    starts = np.maximum(boxes[:, None, :2], boxes[:, :2])
    shared = np.clip(np.minimum(boxes[:, None, 2:], boxes[:, 2:]) - starts, 0, None).prod(axis=2)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    is_part = shared > COVERED_MAX * np.minimum(areas[:, None], areas)
    union = areas[:, None] + areas - shared
    return np.asarray(is_part | (shared > OVERLAP_MAX * union))
