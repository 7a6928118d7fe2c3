"""Gather pictures to measure ranges on, and to compare a network's formats by."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from core.assets import asset_path
from core.errors import BadPicture, BadSettings
from core.pictures import read_picture
from core.types import Image

PICTURES = 300
"""As many as NNCF takes by default."""
PICTURES_MIN = 20
_ENDS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp"})
_PORTRAITS = ("astronaut.png", "grace_hopper.jpg")


def read_folder(folder: Path, most: int = PICTURES) -> list[Image]:
    """Read pictures spread evenly over a folder and the folders in it; broken ones are passed over.

    Raises BadSettings if there are too few.
    """
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _ENDS)
    pictures = [picture for path in _spread(paths, most) if (picture := _read(path)) is not None]
    if len(pictures) < PICTURES_MIN:
        raise BadSettings(
            f"{folder}: expected at least {PICTURES_MIN} pictures to calibrate with, found "
            f"{len(pictures)}; give a folder of pictures as cameras show them"
        )
    return pictures


def portrait_pieces(count: int = 24) -> list[Image]:
    """Cut pieces of two portraits that every installation has; the same ones each time."""
    draws = np.random.default_rng(1)
    portraits = [np.asarray(cv2.imread(str(asset_path(name))), np.uint8) for name in _PORTRAITS]
    return [_cut(portraits[index % 2], draws) for index in range(count)]


def _cut(picture: Image, draws: np.random.Generator) -> Image:
    side = int(draws.integers(24, 320))
    top = int(draws.integers(0, picture.shape[0] - side))
    left = int(draws.integers(0, picture.shape[1] - side))
    return picture[top : top + side, left : left + side]


def _spread(paths: Sequence[Path], most: int) -> list[Path]:
    chosen = np.linspace(0, len(paths) - 1, min(most, len(paths))).round().astype(int)
    return [paths[index] for index in chosen]


def _read(path: Path) -> Image | None:
    try:
        return read_picture(path)
    except BadPicture:
        return None
