"""Lay faces out flat by their landmarks, and paste what was cut from one onto another.

A patch is a square in face lengths (see masks.py): u across, v down, so that
the same place of every face has the same pixel.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.types import Image
from models.training.masks import FaceFrame

PATCH_SIDE = 128
"""Pixels; PATCH_UNIT of them are one face length."""
PATCH_UNIT = 40.0
PATCH_START_UV = (-1.6, -0.6)
"""What the upper left pixel shows: a hand's breadth beside the ear, above the brows."""


@dataclass(frozen=True, slots=True)
class Placement:
    """How a patch is laid onto a face.

    The patch's rows from top to bottom (v of its own) come to lie between
    new_top and new_bottom (v of the face); sides says how much of that shift
    the sides take part in (ear loops hold them), tilt is v per u, width
    stretches, mirrored swaps left and right.
    """

    top: float
    bottom: float
    new_top: float
    new_bottom: float
    sides: float = 1.0
    tilt: float = 0.0
    width: float = 1.0
    mirrored: bool = False


def flatten(pixels: Image, landmarks: NDArray[np.float32]) -> Image:
    """Lay a face out as a patch, (PATCH_SIDE, PATCH_SIDE, 3); landmarks: (5, 2).

    What lies outside of the picture repeats its edge.
    """
    return _lay_out(pixels, landmarks, cv2.BORDER_REPLICATE)


def inside(pixels: Image, landmarks: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Say which pixels of the patch show the picture, (PATCH_SIDE, PATCH_SIDE)."""
    full = np.full(pixels.shape[:2], 255, np.uint8)
    return np.asarray(_lay_out(full, landmarks, cv2.BORDER_CONSTANT) == 255)


def lay(
    patch: NDArray[np.uint8], frame: FaceFrame, placement: Placement, size_wh: tuple[int, int]
) -> NDArray[np.uint8]:
    """Warp a patch of any channels into a picture's pixels; outside of it is 0."""
    patch = _shrunk_to(patch, frame)
    columns, rows = _sources(frame, placement, size_wh)
    scale = np.float32(patch.shape[0] / PATCH_SIDE)
    laid = cv2.remap(patch, columns * scale, rows * scale, cv2.INTER_LINEAR, borderValue=0)
    return np.asarray(laid, np.uint8)


def to_patch(points_uv: ArrayLike) -> NDArray[np.float32]:
    """Turn (n, 2) face lengths into pixels of the patch."""
    return np.asarray((np.asarray(points_uv) - PATCH_START_UV) * PATCH_UNIT, np.float32)


def _lay_out(
    pixels: NDArray[np.uint8], landmarks: NDArray[np.float32], border: int
) -> NDArray[np.uint8]:
    matrix = _patch_to_picture(FaceFrame.of(landmarks))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (PATCH_SIDE, PATCH_SIDE)
    return np.asarray(
        cv2.warpAffine(pixels, matrix, size, flags=flags, borderMode=border), np.uint8
    )


def _sources(
    frame: FaceFrame, placement: Placement, size_wh: tuple[int, int]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where in the patch each pixel of the picture comes from: columns and rows, (h, w)."""
    axes = np.stack([frame.across, frame.down], axis=1).astype(np.float64)
    inverse = np.linalg.inv(axes).astype(np.float32)
    x = np.arange(size_wh[0], dtype=np.float32)[None] - frame.origin[0]
    y = np.arange(size_wh[1], dtype=np.float32)[:, None] - frame.origin[1]
    u = (inverse[0, 0] * x + inverse[0, 1] * y) / np.float32(placement.width)
    v = inverse[1, 0] * x + inverse[1, 1] * y
    outward = np.minimum(u * u, 1)
    shift = (placement.new_top - placement.top) * (1 - (1 - placement.sides) * outward)
    top = placement.top + shift + placement.tilt * u
    stretch = (placement.bottom - placement.top) / (placement.new_bottom - placement.new_top)
    v = placement.top + (v - top) * np.float32(stretch)
    u = -u if placement.mirrored else u
    columns = (u - PATCH_START_UV[0]) * PATCH_UNIT
    rows = (v - PATCH_START_UV[1]) * PATCH_UNIT
    return columns.astype(np.float32), rows.astype(np.float32)


def _patch_to_picture(frame: FaceFrame) -> NDArray[np.float32]:
    """The (2, 3) matrix that takes a patch's pixels to the picture's."""
    axes = np.stack([frame.across, frame.down], axis=1) / PATCH_UNIT
    start = frame.origin + axes @ np.asarray(PATCH_START_UV, np.float32) * PATCH_UNIT
    return np.concatenate([axes, start[:, None]], axis=1).astype(np.float32)


def _shrunk_to(patch: NDArray[np.uint8], frame: FaceFrame) -> NDArray[np.uint8]:
    """Average pixels away that a small face has no room for; else they would alias."""
    unit = max(1.0, float(np.linalg.norm(frame.down)))
    scale = min(1.0, unit / PATCH_UNIT)
    if scale > 0.75:
        return patch
    side = max(8, round(PATCH_SIDE * scale))
    return np.asarray(cv2.resize(patch, (side, side), interpolation=cv2.INTER_AREA), np.uint8)
