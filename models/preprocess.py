"""Turn face boxes into the classifier's input, the same in training and serving.

What is left for the network itself is the scaling to [-1, 1], which is part of
its graph: here pixels stay uint8.
"""

from collections.abc import Sequence
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from core.picture_quality import laplacian_variance
from core.types import Image, Scores

DEFAULT_SIDE = 128
"""Pixels; at 128 the network is 2.5 times as fast as at 224, and faces are smaller anyway."""
SHARPNESS_SIDE = 64
"""Pixels; at one size the sharpness of near and far faces can be compared."""

ClassifierInput: TypeAlias = NDArray[np.uint8]
"""(n, side, side, 3) uint8, RGB; the side is the network's, as its manifest says."""


def to_input(crops: Sequence[Image], side: int) -> ClassifierInput:
    """Stretch each BGR crop to a square of that side in pixels and turn it to RGB."""
    batch = np.empty((len(crops), side, side, 3), np.uint8)
    for row, crop in zip(batch, crops, strict=True):
        cv2.cvtColor(resize(crop, side), cv2.COLOR_BGR2RGB, dst=row)
    return batch


def sharpness(crops: Sequence[Image]) -> Scores:
    """Measure each crop by the variance of the Laplacian of its grey picture.

    The usual focus measure (Pech-Pacheco et al., 2000), at one fixed size; a
    flat crop gives 0. Returns (n,) float32.
    """
    values = [laplacian_variance(_grey(resize(crop, SHARPNESS_SIDE))) for crop in crops]
    return np.asarray(values, np.float32)


def resize(crop: Image, side: int) -> Image:
    """Stretch to a square, averaging pixels when it shrinks."""
    shrinks = min(crop.shape[:2]) > side
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(crop, (side, side), interpolation=method), np.uint8)


def _grey(crop: Image) -> Image:
    return np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), np.uint8)
