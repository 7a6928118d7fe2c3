"""Change pictures as cameras do: small, blurred, grey, compressed, badly lit.

Every function draws from the generator it is given: the same generator gives
the same picture.
"""

from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from core.face_crops import cut_crops
from core.types import Image

Array: TypeAlias = NDArray[Any]
"""(h, w, 3) BGR from 0 to 255, uint8 or float32 between the steps; or a box (4,)."""

FACE_SIDE_MIN = 16
"""Pixels of the smallest crop that is learned from."""
CONTEXTS = (1.0, 1.65)
"""Sides of square crops in box sides: ours are 1.3, but crops come from others too."""
SQUARE_SHARE = 0.65
"""Of the crops; the others have the box's shape and are stretched."""


def augment(pixels: Image, box: NDArray[np.float32], side: int, rng: np.random.Generator) -> Image:
    """Cut a face as a detector or an annotator might have, as a camera might have seen it.

    side: pixels of the network's input, of which a crop need not show more.
    """
    crop = _cut(_rotate(pixels, box, rng), _jitter(box, rng), rng)
    if rng.random() < 0.5:
        crop = crop[:, ::-1]
    seen = _shrink(_light(crop, rng), side, rng)
    if rng.random() < 0.3:
        seen = _blur(seen, rng)
    if rng.random() < 0.15:
        seen = to_grey(seen)
    if rng.random() < 0.2:
        seen = seen + rng.normal(0, rng.uniform(2, 12), seen.shape)
    pixels = np.clip(seen, 0, 255).astype(np.uint8)
    return _compress(pixels, rng) if rng.random() < 0.6 else pixels


def has_colour(pixels: Image) -> bool:
    return float(np.ptp(pixels[::4, ::4].astype(np.int16), axis=2).mean()) > 3


def to_grey(pixels: Array) -> Array:
    return np.asarray(cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR))


def _cut(pixels: Image, box: Array, rng: np.random.Generator) -> Image:
    """Cut a square about the box, or, as others do, the box itself, with more or less margin."""
    if rng.random() < SQUARE_SHARE:
        return cut_crops(pixels, box[None], rng.uniform(*CONTEXTS))[0]
    sides = (box[2:] - box[:2]) * rng.uniform(1.0, 1.4, 2)
    centre = (box[:2] + box[2:]) / 2
    limits = np.asarray([pixels.shape[1], pixels.shape[0]])
    left, top = np.clip(centre - sides / 2, 0, limits - 2).astype(int)
    right, bottom = np.ceil(np.clip(centre + sides / 2, [left + 2, top + 2], limits)).astype(int)
    return pixels[top:bottom, left:right]


def _rotate(pixels: Image, box: Array, rng: np.random.Generator) -> Image:
    """Turn about the face's centre by up to some 15 degrees."""
    height, width = pixels.shape[:2]
    centre = ((float(box[0]) + float(box[2])) / 2, (float(box[1]) + float(box[3])) / 2)
    turn = cv2.getRotationMatrix2D(centre, float(rng.normal(0, 7)), 1.0)
    turned = cv2.warpAffine(pixels, turn, (width, height), borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(turned, np.uint8)


def _jitter(box: Array, rng: np.random.Generator) -> Array:
    """Shift and stretch a box by some percent of its size."""
    sides = box[2:] - box[:2]
    shift = rng.normal(0, 0.06, 2) * sides
    grow = rng.normal(0, 0.06, 2) * sides / 2
    return np.concatenate([box[:2] + shift - grow, box[2:] + shift + grow]).astype(np.float32)


def _light(crop: Image, rng: np.random.Generator) -> Array:
    """Change exposure, contrast, gamma and the colour of the light."""
    values = (crop.astype(np.float32) / 255) ** np.float32(np.exp(rng.normal(0, 0.25)))
    values = (values - 0.5) * np.float32(np.exp(rng.normal(0, 0.2))) + 0.5 + rng.normal(0, 0.07)
    return np.asarray(values * np.exp(rng.normal(0, 0.08, 3)) * 255, np.float32)


def _shrink(crop: Array, side_max: int, rng: np.random.Generator) -> Array:
    """Lose detail: half of the crops are seen at 16 px to full size."""
    largest = min(side_max, max(crop.shape[:2]))
    side = largest
    if rng.random() < 0.5 and largest > FACE_SIDE_MIN:
        side = round(float(np.exp(rng.uniform(np.log(FACE_SIDE_MIN), np.log(largest)))))
    scale = side / max(crop.shape[:2])
    size_wh = (max(2, round(crop.shape[1] * scale)), max(2, round(crop.shape[0] * scale)))
    return np.asarray(cv2.resize(crop, size_wh, interpolation=cv2.INTER_AREA))


def _blur(crop: Array, rng: np.random.Generator) -> Array:
    """Out of focus, or moving to one side."""
    if rng.random() < 0.5:
        return np.asarray(
            cv2.GaussianBlur(crop, (0, 0), rng.uniform(0.4, crop.shape[1] / 40 + 0.5))
        )
    length = max(2, round(crop.shape[1] * rng.uniform(0.02, 0.1)))
    return np.asarray(cv2.blur(crop, (length, 1) if rng.random() < 0.7 else (1, length)))


def _compress(crop: Image, rng: np.random.Generator) -> Image:
    quality = int(rng.integers(25, 95))
    _, content = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_COLOR), np.uint8)
