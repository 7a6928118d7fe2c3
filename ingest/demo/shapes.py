"""Soft-edged shapes and layers that heads, masks and bodies are painted with."""

from collections.abc import Sequence
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Plane: TypeAlias = NDArray[np.float32]
"""(h, w) float32; a cover or a shade, 1 is full."""
Paint: TypeAlias = NDArray[np.float32]
"""(h, w, 3) float32 BGR, 0 to 255."""
Colour: TypeAlias = tuple[float, float, float]
"""BGR, 0 to 255."""


class Layer:
    """A picture with a cover, built up from behind to the front.

    colour: (h, w, 3) float32 BGR, already multiplied by cover; cover: (h, w).
    """

    def __init__(self, size_wh: tuple[int, int]) -> None:
        width, height = size_wh
        self.colour: Paint = np.zeros((height, width, 3), np.float32)
        self.cover: Plane = np.zeros((height, width), np.float32)

    def lay(self, cover: Plane, paint: Paint | Colour) -> None:
        """Put paint (a picture or one colour) in front of what is there, where cover says."""
        kept = (1 - cover)[..., None]
        self.colour = self.colour * kept + np.asarray(paint, np.float32) * cover[..., None]
        self.cover = self.cover * kept[..., 0] + cover

    def shade(self, factor: Plane) -> None:
        """Darken (below 1) or lighten (above 1) what is there."""
        self.colour = self.colour * factor[..., None]

    def sprite(self) -> NDArray[np.uint8]:
        """Finish: (h, w, 4) uint8, BGR multiplied by the cover, then the cover."""
        cover = self.cover[..., None] * 255
        merged = np.concatenate([np.minimum(self.colour, cover), cover], axis=2)
        return np.asarray(np.clip(merged + 0.5, 0, 255), np.uint8)


def fill(
    outline: Sequence[tuple[float, float]],
    size_wh: tuple[int, int],
    feather: float = 1.0,
    rounds: int = 2,
) -> Plane:
    """Cover the inside of a closed outline, its corners rounded, its edge feathered.

    feather: standard deviation of the edge in pixels, 0 leaves it hard.
    """
    points = round_corners(outline, rounds)
    return _feather(_fill(points, size_wh), feather)


def stroke(
    points: Sequence[tuple[float, float]],
    size_wh: tuple[int, int],
    width: float,
    feather: float = 0.7,
    rounds: int = 3,
) -> Plane:
    """Cover an open, rounded line."""
    curve = _round(np.asarray(points, np.float64), rounds, is_closed=False)
    canvas = np.zeros((size_wh[1], size_wh[0]), np.uint8)
    fixed = np.round(curve * 16).astype(np.int32)[:, None]
    cv2.polylines(canvas, [fixed], False, 255, max(1, round(width)), cv2.LINE_AA, shift=4)
    return _feather(np.asarray(canvas, np.float32) / np.float32(255), feather)


def mirrored(half: Sequence[tuple[float, float]], middle_x: float) -> list[tuple[float, float]]:
    """Close an outline given from top to bottom by its right half."""
    left = [(2 * middle_x - x, y) for x, y in reversed(half)]
    return [*half, *left]


def round_corners(outline: Sequence[tuple[float, float]], rounds: int) -> NDArray[np.float64]:
    """Cut the corners of a closed outline by Chaikin's algorithm, `rounds` times."""
    return _round(np.asarray(outline, np.float64), rounds, is_closed=True)


def bulge(cover: Plane, depth: float) -> Plane:
    """Shade a flat shape as if it were padded: 1 in its middle, 0 at its edge.

    depth: pixels from the edge over which it bends away.
    """
    solid = (cover > 0.5).astype(np.uint8)
    distance = cv2.distanceTransform(solid, cv2.DIST_L2, 3)
    share = np.clip(distance / depth, 0, 1)
    return np.asarray(cv2.GaussianBlur(np.sqrt(share * (2 - share)), (0, 0), 3), np.float32)


def grid(size_wh: tuple[int, int]) -> tuple[Plane, Plane]:
    """Give x as (1, w) and y as (h, 1), to be broadcast."""
    x = np.arange(size_wh[0], dtype=np.float32)[None]
    return x, np.arange(size_wh[1], dtype=np.float32)[:, None]


def smoothstep(low: float, high: float, values: Plane) -> Plane:
    """Rise smoothly from 0 at low to 1 at high."""
    share = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def soft_noise(
    rng: np.random.Generator, size_wh: tuple[int, int], blur_wh: tuple[float, float]
) -> Plane:
    """Make noise of mean 0 and deviation 1, blurred by blur_wh pixels."""
    noise = rng.standard_normal((size_wh[1], size_wh[0]), np.float32)
    blurred = cv2.GaussianBlur(noise, (0, 0), max(blur_wh[0], 0.1), sigmaY=max(blur_wh[1], 0.1))
    return np.asarray(blurred / max(float(blurred.std()), 1e-6), np.float32)


def _fill(points: NDArray[np.float64], size_wh: tuple[int, int]) -> Plane:
    canvas = np.zeros((size_wh[1], size_wh[0]), np.uint8)
    fixed = np.round(points * 16).astype(np.int32)[:, None]
    cv2.fillPoly(canvas, [fixed], 255, cv2.LINE_AA, shift=4)
    return np.asarray(canvas, np.float32) / np.float32(255)


def _feather(cover: Plane, deviation: float) -> Plane:
    if deviation <= 0:
        return cover
    return np.asarray(cv2.GaussianBlur(cover, (0, 0), deviation), np.float32)


def _round(points: NDArray[np.float64], rounds: int, *, is_closed: bool) -> NDArray[np.float64]:
    for _ in range(rounds):
        after = np.roll(points, -1, axis=0)
        cut = np.stack([points * 0.75 + after * 0.25, points * 0.25 + after * 0.75], axis=1)
        if is_closed:
            points = cut.reshape(-1, 2)
        else:
            points = np.vstack([points[:1], cut[:-1].reshape(-1, 2), points[-1:]])
    return points
