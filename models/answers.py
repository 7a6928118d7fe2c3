"""Find faces in people's pictures, for the commands detect and classify and for uploads."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from PIL import Image as PilImage

from core.errors import BadPicture
from core.picture_questions import FoundFace, PictureAnswer, PictureOptions
from core.pictures import decode_picture, fit_size, read_content, read_picture
from core.types import LABELS, Boxes, Faces, Image, Probabilities
from models.analysis import MaskClassifier

USUAL = PictureOptions()
ORIENTATION_TAG = 0x0112
"""EXIF 2.32, 4.6.4 A: 1 is as stored, 2 to 8 are its mirrorings and quarter turns."""

Answer = dict[str, Any]
"""One entry of the JSON that is printed; see docs for its fields."""


class FaceFinder(Protocol):
    """What this needs of models.analysis.Analyser."""

    def analyse(self, images: Sequence[Image], min_score: float) -> list[Faces]: ...


def detect_files(
    paths: Sequence[Path], analyser: FaceFinder, options: PictureOptions = USUAL
) -> list[Answer]:
    """Find and classify the faces of each picture.

    Boxes are [x, y, width, height] in pixels of the stored picture, also where it is
    turned by its EXIF orientation for the analysis. A picture that cannot be read is
    answered by {"file", "error"}.
    """

    def detect(path: Path) -> Answer:
        content = read_content(path)
        try:
            found = find_faces(content, options, analyser)
        except BadPicture as error:
            raise BadPicture(f"{path}: {error}") from error
        faces = [_describe_face(face) for face in found.faces]
        return {"file": str(path), "width": found.width, "height": found.height, "faces": faces}

    return [_answer(path, detect) for path in paths]


def find_faces(content: bytes, options: PictureOptions, analyser: FaceFinder) -> PictureAnswer:
    """Find and classify the faces of one picture, a file's bytes. Raises BadPicture."""
    picture = _decode(content, options)
    size_wh = fit_size(picture.size_wh, options.long_side)
    image = picture.image
    if size_wh != picture.size_wh:
        image = np.asarray(cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA), np.uint8)
    faces = analyser.analyse([image], options.min_score)[0]
    scale = np.asarray(picture.size_wh) / np.asarray(size_wh)
    boxes = to_stored(faces.boxes * np.tile(scale, 2), picture.orientation, picture.size_wh)
    found = tuple(_round_face(faces, index, boxes[index]) for index in range(len(faces)))
    return PictureAnswer(*picture.stored_wh, found)


def classify_files(
    paths: Sequence[Path], classifier: MaskClassifier, megapixels_max: int = 50
) -> list[Answer]:
    """Classify each picture as the crop of one face; unreadable ones as in detect_files."""

    def classify(path: Path) -> Answer:
        crop = read_picture(path, megapixels_max)
        return {"file": str(path), **_describe(classifier.classify([crop])[0])}

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


def _decode(content: bytes, options: PictureOptions) -> _Picture:
    image = decode_picture(content, options.megapixels_max, upright=options.upright)
    return _Picture(image, _orientation(content) if options.upright else 1)


def _orientation(content: bytes) -> int:
    """Read the EXIF orientation of a readable picture; unknown values are 1."""
    with PilImage.open(io.BytesIO(content)) as picture:
        value = picture.getexif().get(ORIENTATION_TAG, 1)
    return value if value in range(1, 9) else 1


def _answer(path: Path, ask: Callable[[Path], Answer]) -> Answer:
    try:
        return ask(path)
    except BadPicture as error:
        return {"file": str(path), "error": str(error)}


def _round_face(faces: Faces, index: int, box: Boxes) -> FoundFace:
    left, top, right, bottom = (float(value) for value in box)
    mask, incorrect_mask, no_mask = (float(value) for value in faces.probabilities[index])
    return FoundFace(
        (round(left, 1), round(top, 1), round(right - left, 1), round(bottom - top, 1)),
        round(float(faces.scores[index]), 4),
        (round(mask, 4), round(incorrect_mask, 4), round(no_mask, 4)),
    )


def _describe_face(face: FoundFace) -> Answer:
    return {"box": list(face.box), "score": face.score, **_describe(face.probabilities)}


def _describe(probabilities: Probabilities | Sequence[float]) -> Answer:
    """Name the likeliest label and all probabilities of one face, (3,)."""
    named = {str(label): float(p) for label, p in zip(LABELS, probabilities, strict=True)}
    return {
        "label": max(named, key=named.__getitem__),
        "probabilities": {label: round(p, 4) for label, p in named.items()},
    }
