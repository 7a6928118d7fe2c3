"""Put painted people into a picture: shrink, turn and blend them, fast.

A sprite is (h, w, 4) uint8, BGR multiplied by its cover, then the cover.
"""

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from core.types import Image

Sprite: TypeAlias = NDArray[np.uint8]
HEAD_RADIUS = 128.0
"""In canvas units; the head turns as if it were painted onto a cylinder this thick."""


@dataclass(frozen=True, slots=True)
class Levels:
    """A sprite at its full and at half its size, so that a small copy stays smooth."""

    full: Sprite
    half: Sprite

    @classmethod
    def of(cls, sprite: Sprite) -> "Levels":
        size_wh = (sprite.shape[1] // 2, sprite.shape[0] // 2)
        half = cv2.resize(sprite, size_wh, interpolation=cv2.INTER_AREA)
        return cls(sprite, np.asarray(half, np.uint8))

    def fitting(self, scale: float) -> tuple[Sprite, float]:
        """Choose the copy for a scale, and the scale that remains."""
        return (self.half, scale * 2) if scale < 0.55 else (self.full, scale)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a sprite goes: its anchor (canvas units) lands on `at` (picture pixels)."""

    anchor: tuple[float, float]
    at: tuple[float, float]
    scale: float


def put_flat(image: Image, levels: Levels, place: Placement) -> None:
    """Blend a sprite into the image."""
    sprite, scale = levels.fitting(place.scale)
    left, top = _origin(place)
    area = _area(image, sprite, (left, top), scale)
    if area is None:
        return
    x1, y1, x2, y2 = area
    # Pixel centres: the sprite's first centre lies half a (shrunk) pixel inside.
    matrix = np.array(
        [[scale, 0, left - x1 + scale / 2 - 0.5], [0, scale, top - y1 + scale / 2 - 0.5]]
    )
    _blend(image, area, cv2.warpAffine(sprite, matrix, (x2 - x1, y2 - y1)))


def put_turned(image: Image, levels: Levels, place: Placement, yaw: float) -> None:
    """Blend a head that looks aside; yaw in radians, positive to the picture's right."""
    sprite, scale = levels.fitting(place.scale)
    left, top = _origin(place)
    area = _area(image, sprite, (left, top), scale)
    if area is None:
        return
    x1, y1, x2, y2 = area
    across = (np.arange(x1, x2, dtype=np.float32) + 0.5 - left) / place.scale  # canvas units
    source = turn_back(across, place.anchor[0], yaw) * (place.scale / scale)
    columns = np.repeat(source[None], y2 - y1, axis=0)
    down = (np.arange(y1, y2, dtype=np.float32) + 0.5 - top) / scale - 0.5
    rows = np.repeat(down.astype(np.float32)[:, None], x2 - x1, axis=1)
    turned = cv2.remap(sprite, columns - np.float32(0.5), rows, cv2.INTER_LINEAR)
    _blend(image, area, turned)


def turn_back(x: NDArray[np.float32], middle: float, yaw: float) -> NDArray[np.float32]:
    """Say which x of the unturned head shows at each x of the turned one.

    The outline is brought back to the middle, so that the head stays on its neck.
    """
    shift = np.sin(yaw) * HEAD_RADIUS * 0.62
    share = np.clip((x - middle + shift) / HEAD_RADIUS, -1, 1)
    return np.asarray(middle + HEAD_RADIUS * np.sin(np.arcsin(share) - yaw), np.float32)


def turn(x: float, middle: float, yaw: float) -> float:
    """Say where an x of the unturned head shows on the turned one; undoes turn_back."""
    shift = np.sin(yaw) * HEAD_RADIUS * 0.62
    angle = np.arcsin(np.clip((x - middle) / HEAD_RADIUS, -1, 1)) + yaw
    return float(middle + HEAD_RADIUS * np.sin(angle) - shift)


def _origin(place: Placement) -> tuple[float, float]:
    """Give the picture's point where the canvas has its upper left corner."""
    return (
        place.at[0] - place.anchor[0] * place.scale,
        place.at[1] - place.anchor[1] * place.scale,
    )


def _area(
    image: Image, sprite: Sprite, origin: tuple[float, float], scale: float
) -> tuple[int, int, int, int] | None:
    """Give the part of the image that the sprite touches, xyxy; None if it is outside."""
    left, top = origin
    x1, y1 = max(0, int(np.floor(left))), max(0, int(np.floor(top)))
    x2 = min(image.shape[1], int(np.ceil(left + sprite.shape[1] * scale)))
    y2 = min(image.shape[0], int(np.ceil(top + sprite.shape[0] * scale)))
    return (x1, y1, x2, y2) if x1 < x2 and y1 < y2 else None


def _blend(image: Image, area: tuple[int, int, int, int], sprite: cv2.typing.MatLike) -> None:
    x1, y1, x2, y2 = area
    below = cv2.bitwise_not(sprite[..., 3])
    kept = cv2.multiply(image[y1:y2, x1:x2], cv2.merge([below] * 3), scale=1 / 255)
    image[y1:y2, x1:x2] = cv2.add(kept, cv2.cvtColor(sprite, cv2.COLOR_BGRA2BGR))
