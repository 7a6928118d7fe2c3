"""Leave out frames in which nothing has changed since the last analysed one."""

import cv2
import numpy as np
from numpy.typing import NDArray

GREY_LONG_SIDE = 160
"""Pixels: a face of 20 pixels at 960 still covers three by four of them."""

STILL_S = 5.0
"""One frame in this time is analysed, whatever the gate thinks."""

_LEVELS = 10
"""Grey levels of 255 that a pixel must differ by after smoothing, which brings sensor
noise with a standard deviation of 4 levels down to 1.3."""

_PIXELS_MIN = 6
"""Changed pixels that count: half of the smallest face that can be classified."""


class MotionGate:
    """Passes a frame that differs from the last one that passed.

    So slow changes add up until they count. The picture is a grey one of
    GREY_LONG_SIDE pixels.
    """

    def __init__(self, still_s: float = STILL_S) -> None:
        self._still_s = still_s
        self._passed: NDArray[np.uint8] | None = None
        self._passed_at_s = 0.0

    def passes(self, grey: NDArray[np.uint8], now_s: float) -> bool:
        """Say whether a frame is analysed. grey: (h, w); now_s: a clock that only rises."""
        smooth = np.asarray(cv2.blur(grey, (3, 3)), np.uint8)
        is_due = self._passed is None or now_s - self._passed_at_s >= self._still_s
        if not is_due and not has_changed(self._passed, smooth):
            return False
        self._passed, self._passed_at_s = smooth, now_s
        return True


def has_changed(before: NDArray[np.uint8] | None, after: NDArray[np.uint8]) -> bool:
    """Compare two smoothed grey pictures; another size is a change."""
    if before is None or before.shape != after.shape:
        return True
    return int(np.count_nonzero(cv2.absdiff(before, after) > _LEVELS)) >= _PIXELS_MIN
