"""Cut faces with some background out of a picture, the same way for all who look at them."""

import numpy as np
from numpy.typing import NDArray

from core.types import Boxes, Image

CONTEXT = 1.3
"""Side of a crop in lengths of the box's longer side: chin and the mask's lower edge are in."""


def cut_crops(image: Image, boxes: Boxes, context: float = CONTEXT) -> list[Image]:
    """Cut a square with some background around each box, clipped to the image.

    boxes: (n, 4) xyxy in pixels of the image. The crops are views of the
    image, at least one pixel each; n = 0 gives none.
    """
    regions = square_regions(boxes, context, (image.shape[1], image.shape[0]))
    return [image[top:bottom, left:right] for left, top, right, bottom in regions]


def square_regions(boxes: Boxes, context: float, size_wh: tuple[int, int]) -> NDArray[np.int64]:
    """Widen each box to a square about its centre, clipped to the image.

    Returns (n, 4) int64 xyxy, right and bottom exclusive, never empty.
    """
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    halves = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True, initial=0) * context / 2
    limits = np.asarray(size_wh)
    starts = np.floor(np.clip(centres - halves, 0, limits - 1)).astype(np.int64)
    ends = np.ceil(np.clip(centres + halves, starts + 1, limits)).astype(np.int64)
    return np.concatenate([starts, ends], axis=1)
