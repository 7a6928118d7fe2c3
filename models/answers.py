"""Answer the commands detect and classify, one answer for each picture file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image as PilImage

from core.errors import BadPicture
from core.pictures import fit_size, read_picture
from core.types import LABELS, Boxes, Faces, Image, Probabilities
from models.analysis import Analyser, MaskClassifier, load_analyser

LONG_SIDE = 960
"""Pixels, as for cameras."""
MIN_SCORE = 0.5
MEGAPIXELS_MAX = 50
ORIENTATION_TAG = 0x0112
"""EXIF 2.32, 4.6.4 A: 1 is as stored, 2 to 8 are its mirrorings and quarter turns."""

Answer = dict[str, Any]
"""One entry of the JSON that is printed; see docs for its fields."""


def detect_files(
    paths: Sequence[Path],
    long_side: int = LONG_SIDE,
    min_score: float = MIN_SCORE,
    upright: bool = True,
    analyser: Analyser | None = None,
    megapixels_max: int = MEGAPIXELS_MAX,
) -> list[Answer]:
    """Find and classify the faces of each picture.

    Boxes are [x, y, width, height] in pixels of the stored picture, also where
    upright turns it by its EXIF orientation for the analysis. A picture that
    cannot be read is answered by {"file", "error"}.
    """
    chosen = analyser or load_analyser()

    def detect(path: Path) -> Answer:
        picture = _read(path, upright, megapixels_max)
        size_wh = fit_size(picture.size_wh, long_side)
        image = picture.image
        if size_wh != picture.size_wh:
            image = np.asarray(cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA), np.uint8)
        faces = chosen.analyse([image], min_score)[0]
        scale = np.asarray(picture.size_wh) / np.asarray(size_wh)
        boxes = to_stored(faces.boxes * np.tile(scale, 2), picture.orientation, picture.size_wh)
        width, height = picture.stored_wh
        described = [_describe_face(faces, i, boxes[i]) for i in range(len(faces))]
        return {"file": str(path), "width": width, "height": height, "faces": described}

    return [_answer(path, detect) for path in paths]


def classify_files(
    paths: Sequence[Path],
    classifier: MaskClassifier | None = None,
    megapixels_max: int = MEGAPIXELS_MAX,
) -> list[Answer]:
    """Classify each picture as the crop of one face; unreadable ones as in detect_files."""
    chosen = classifier or load_analyser().classifier

    def classify(path: Path) -> Answer:
        crop = _read(path, True, megapixels_max).image
        return {"file": str(path), **_describe(chosen.classify([crop])[0])}

    return [_answer(path, classify) for path in paths]


def to_stored(boxes: Boxes, orientation: int, upright_wh: tuple[int, int]) -> Boxes:
    """Map boxes of the upright picture back to the picture as it is stored.

    boxes: (n, 4) xyxy; orientation: the EXIF value, 1 to 8; upright_wh: the
    size of the upright picture.
    """
    width, height = upright_wh
    left, top, right, bottom = boxes.T
    from_right, from_bottom = (width - right, width - left), (height - bottom, height - top)
    from_left, from_top = (left, right), (top, bottom)
    across, down = {
        1: (from_left, from_top),
        2: (from_right, from_top),
        3: (from_right, from_bottom),
        4: (from_left, from_bottom),
        5: (from_top, from_left),
        6: (from_top, from_right),
        7: (from_bottom, from_right),
        8: (from_bottom, from_left),
    }[orientation]
    return np.stack([across[0], down[0], across[1], down[1]], axis=1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Picture:
    """A picture as it is analysed, and how it is stored; orientation 1 where it was not turned."""

    image: Image
    orientation: int

    @property
    def size_wh(self) -> tuple[int, int]:
        return self.image.shape[1], self.image.shape[0]

    @property
    def stored_wh(self) -> tuple[int, int]:
        return self.size_wh if self.orientation < 5 else (self.size_wh[1], self.size_wh[0])


def _read(path: Path, upright: bool, megapixels_max: int) -> _Picture:
    image = read_picture(path, megapixels_max, upright=upright)
    return _Picture(image, _orientation(path) if upright else 1)


def _orientation(path: Path) -> int:
    """Read the EXIF orientation of a readable picture; unknown values are 1."""
    with PilImage.open(path) as picture:
        value = picture.getexif().get(ORIENTATION_TAG, 1)
    return value if value in range(1, 9) else 1


def _answer(path: Path, ask: Callable[[Path], Answer]) -> Answer:
    try:
        return ask(path)
    except BadPicture as error:
        return {"file": str(path), "error": str(error)}


def _describe_face(faces: Faces, index: int, box: Boxes) -> Answer:
    left, top, right, bottom = (float(value) for value in box)
    return {
        "box": [round(value, 1) for value in (left, top, right - left, bottom - top)],
        "score": round(float(faces.scores[index]), 4),
        **_describe(faces.probabilities[index]),
    }


def _describe(probabilities: Probabilities) -> Answer:
    """Name the likeliest label and all probabilities of one face, (3,)."""
    named = {str(label): float(p) for label, p in zip(LABELS, probabilities, strict=True)}
    return {
        "label": max(named, key=named.__getitem__),
        "probabilities": {label: round(p, 4) for label, p in named.items()},
    }
