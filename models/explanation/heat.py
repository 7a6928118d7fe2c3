"""Turn activations and gradients into a map of heat: where the label comes from.

All methods weigh what each channel saw by how it pushed the label's logit;
negative sums are cut off, since they speak for other labels.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Cells: TypeAlias = NDArray[np.float32]
"""(h, w, channels) of one face: activations, or gradients of the logit by them."""
Heat: TypeAlias = NDArray[np.float32]
"""(h, w) float32, 0 to 1; all 0 where nothing speaks for the label."""


class Method(StrEnum):
    """How heat is made."""

    FUSED = "fused"
    """Ours: HiResCAM of three resolutions at once, over views that are shifted and mirrored."""
    GRAD_CAM = "grad-cam"
    """Selvaraju et al., 2017: channels weighed by their mean gradient."""
    GRAD_CAM_PP = "grad-cam++"
    """Chattopadhay et al., 2018: the mean leans to cells that matter."""
    HIRES_CAM = "hires-cam"
    """Draelos and Carin, 2020: each cell weighed by its own gradient."""
    LAYER_CAM = "layer-cam"
    """Jiang et al., 2021: the same, with positive gradients only."""


def grad_cam(activations: Cells, gradients: Cells) -> Heat:
    weights = gradients.mean(axis=(0, 1))
    return to_unit(activations @ weights)


def grad_cam_pp(activations: Cells, gradients: Cells) -> Heat:
    """Equation 19 of the paper, for the exponential of the logit."""
    squares, cubes = gradients**2, gradients**3
    below = 2 * squares + activations.sum(axis=(0, 1)) * cubes
    shares = np.divide(squares, below, out=np.zeros_like(squares), where=np.abs(below) > 1e-12)
    weights = (shares * np.maximum(gradients, 0)).sum(axis=(0, 1))
    return to_unit(activations @ weights)


def hires_cam(activations: Cells, gradients: Cells) -> Heat:
    return to_unit((activations * gradients).sum(axis=2))


def layer_cam(activations: Cells, gradients: Cells) -> Heat:
    return to_unit((activations * np.maximum(gradients, 0)).sum(axis=2))


def to_unit(values: NDArray[np.float32]) -> Heat:
    """Cut off what is negative, and scale the rest to 1."""
    positive = np.maximum(values, 0)
    top = positive.max(initial=0)
    return np.asarray(positive / top if top > 0 else positive, np.float32)


def enlarge(heat: Heat, size_wh: tuple[int, int]) -> Heat:
    """Spread cells over pixels, smoothly; the range stays 0 to 1."""
    spread = cv2.resize(heat, size_wh, interpolation=cv2.INTER_CUBIC)
    return np.clip(spread, 0, 1).astype(np.float32)


def fuse(maps: Sequence[Heat]) -> Heat:
    """Multiply maps of one size, and take the root: heat is where all resolutions see it.

    The coarse ones know what matters, the fine ones where it ends.
    """
    return to_unit(np.prod(np.stack(maps), axis=0) ** (1 / len(maps)))


def concentrate(heat: Heat, region: NDArray[np.bool_]) -> float:
    """Measure the share of the heat that lies in a region; 0 where there is no heat."""
    total = float(heat.sum())
    return float(heat[region].sum()) / total if total > 0 else 0.0
