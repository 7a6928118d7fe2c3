"""See a face a little to each side and mirrored, and lay what was seen back upon it.

A cell of the last layers is 8 to 32 pixels; shifts by less than a cell, and
their mean, show finer places than one view does.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.types import Image
from models.explanation.heat import Heat

SHIFT = 1 / 32
"""Of the input's side: an eighth to a whole of the cells of the layers that are looked at."""


@dataclass(frozen=True, slots=True)
class View:
    """A shift in shares of the side, then a mirroring."""

    right: float = 0.0
    down: float = 0.0
    is_mirrored: bool = False

    def of(self, pixels: Image) -> Image:
        """Look at (h, w, 3) pixels so; the border is stretched into the gap."""
        seen = _shift(pixels, self.right, self.down)
        return np.asarray(seen[:, ::-1] if self.is_mirrored else seen, np.uint8)

    def back(self, heat: Heat) -> Heat:
        """Lay a map of this view back upon the face."""
        upright = np.ascontiguousarray(heat[:, ::-1]) if self.is_mirrored else heat
        return np.asarray(_shift(upright, -self.right, -self.down), np.float32)


PLAIN = (View(),)
SEVERAL = tuple(
    View(right * SHIFT, down * SHIFT, is_mirrored)
    for is_mirrored in (False, True)
    for right, down in ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1))
)


def _shift(pixels: NDArray[Any], right: float, down: float) -> NDArray[Any]:
    height, width = pixels.shape[:2]
    move = np.asarray([[1, 0, right * width], [0, 1, down * height]], np.float32)
    return cv2.warpAffine(pixels, move, (width, height), borderMode=cv2.BORDER_REPLICATE)
