"""Draw pictures as the usual one-webcam script does, for the classic recipe.

Each picture once an epoch, in a new order, with Keras's simple changes: turned
by up to 20 degrees, zoomed by 15 %, shifted by 20 %, sheared by 0.15 degrees,
mirrored; what comes in from outside is the edge's colour.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import BadDataset
from core.face_crops import cut_crops
from core.pictures import read_picture
from core.types import LABELS, Image, Label
from models.preprocess import resize, to_input
from models.training.draws import Drawn
from models.training.examples import Example

ROTATION, ZOOM, SHIFT, SHEAR = 20.0, 0.15, 0.2, 0.15
"""Degrees, share, share of the side, degrees: as ImageDataGenerator has them."""


class ClassicDraws:
    """Draws of faces that wear a mask or none; badly worn ones are left out, as there."""

    def __init__(self, examples: Sequence[Example], seed: int, side: int, *, changed: bool) -> None:
        """changed: whether pictures are turned and shifted; for validation they are not."""
        self._examples = two_labels(examples)
        if not self._examples:
            raise BadDataset("a part holds no face of mask or no_mask; add pictures")
        self._seed, self._changed = seed, changed
        self.side = side

    def __len__(self) -> int:
        return len(self._examples)

    def draw(self, epoch: int, position: int) -> Drawn:
        """Draw one picture; the same place in the same epoch gives the same."""
        order = np.random.default_rng([self._seed, epoch]).permutation(len(self._examples))
        example = self._examples[order[position % len(order)]]
        crop = resize(read_crop(example), self.side)
        if self._changed:
            crop = change(crop, np.random.default_rng([self._seed, epoch, position]))
        return Drawn(to_input([crop], self.side)[0], LABELS.index(example.label))


def two_labels(examples: Sequence[Example]) -> list[Example]:
    """The faces that the classic recipe knows of, out of pictures."""
    known = (Label.MASK, Label.NO_MASK)
    return [each for each in examples if each.label in known and each.seconds is None]


def read_crop(example: Example) -> Image:
    """Read one face: the whole picture, or its box with the usual context."""
    image = read_picture(example.path, upright=False)
    if example.box_xyxy is None:
        return image
    return cut_crops(image, np.asarray([example.box_xyxy], np.float32))[0]


def change(crop: Image, rng: np.random.Generator) -> Image:
    """Turn, zoom, shift, shear and mirror about the middle; (side, side, 3) BGR."""
    side = crop.shape[0]
    moved = cv2.warpAffine(
        crop, _affine(side, rng)[:2], (side, side), borderMode=cv2.BORDER_REPLICATE
    )
    mirrored = moved[:, ::-1] if rng.random() < 0.5 else moved
    return np.asarray(mirrored, np.uint8)


def _affine(side: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """A random transform of homogeneous pixel coordinates, (3, 3)."""
    turn, lean = np.deg2rad([rng.uniform(-ROTATION, ROTATION), rng.uniform(-SHEAR, SHEAR)])
    zoom_x, zoom_y = rng.uniform(1 - ZOOM, 1 + ZOOM, 2)
    shift_x, shift_y = rng.uniform(-SHIFT, SHIFT, 2) * side
    rotation = [[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]]
    shear = [[1, -np.sin(lean), 0], [0, np.cos(lean), 0], [0, 0, 1]]
    zoom_and_shift = [[zoom_x, 0, shift_x], [0, zoom_y, shift_y], [0, 0, 1]]
    middle = np.asarray([[1, 0, side / 2], [0, 1, side / 2], [0, 0, 1]])
    about_middle = np.asarray(rotation) @ np.asarray(shear) @ np.asarray(zoom_and_shift)
    return np.asarray(middle @ about_middle @ np.linalg.inv(middle))
