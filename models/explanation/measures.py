"""Measure how good heat is: whether the network needs its pixels, and how sharp it is."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.types import Image
from models.explanation.heat import Heat

STEPS = 7
BLUR = 1 / 8
"""Deviation of the blur that takes a pixel away, in shares of the side: colour stays, form goes."""

Ask = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""The label's probability (k,) of pictures (k, side, side, 3)."""


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """Mean probabilities of the label while the hottest pixels are taken, or shown, first.

    Petsiuk et al., 2018: a low deletion and a high insertion mean that the
    heat lies on what the network uses.
    """

    deletion: float
    insertion: float

    @property
    def gain(self) -> float:
        """Insertion less deletion; 0 for heat that knows nothing."""
        return self.insertion - self.deletion


def measure_faithfulness(pixels: Image, heat: Heat, ask: Ask) -> Faithfulness:
    """Take and show the hottest eighth of the pixels, then two, up to seven.

    pixels: (side, side, 3) as the network takes them; heat: (side, side).
    """
    blurred = np.asarray(cv2.GaussianBlur(pixels, (0, 0), pixels.shape[0] * BLUR), np.uint8)
    order = np.argsort(np.argsort(-heat, axis=None, kind="stable")).reshape(heat.shape)
    shares = np.arange(1, STEPS + 1) / (STEPS + 1)
    hottest = (order < shares[:, None, None] * heat.size)[..., None]  # (steps, side, side, 1)
    taken = np.where(hottest, blurred, pixels)
    shown = np.where(hottest, pixels, blurred)
    answers = ask(np.concatenate([taken, shown]))
    return Faithfulness(float(answers[:STEPS].mean()), float(answers[STEPS:].mean()))


def half_area(heat: Heat) -> float:
    """Measure which share of the pixels holds half of the heat; 0 where there is none."""
    falling = np.sort(heat, axis=None)[::-1].cumsum()
    if falling[-1] <= 0:
        return 0.0
    return float((falling < falling[-1] / 2).sum() + 1) / heat.size


def is_pointing_at(heat: Heat, region: NDArray[np.bool_]) -> bool:
    """Say whether the hottest pixel lies in a region (Zhang et al., 2016)."""
    return bool(region.flat[int(heat.argmax())])
