"""Make of a frame's faces the pictures that may be kept: none, blurred for good, or sealed."""

from collections.abc import Sequence

import cv2
import numpy as np

from core.encoding import CROPS_MAX
from core.evidence import EvidencePolicy
from core.face_crops import cut_crops
from core.face_seals import FaceSeal
from core.picture_quality import rate_pictures
from core.pictures import decode_jpeg, encode_jpeg, fit_size
from core.preferences import EvidenceMode
from core.types import FaceCrop, Faces, Image

LONG_SIDE = 128
"""Pixels of a sharp picture at most: as many as the classifier looks at."""
WIDTH_MIN_PX = 12.0
"""Smaller faces do not vote, and nothing can be seen of them."""
JPEG_QUALITY = 90
"""Of a sharp picture: the classifier changes its mind about 1.2 % of faces, all of them close
calls; at 80 about 2.5 %, and 95 is no better and a quarter larger (benchmarks/evidence.py)."""
BLUR_QUALITY = 75
BLUR_CELLS = 8
"""A blurred picture is made from so many cells by so many, and of nothing else: a face
with its surroundings, five or six cells of it wide, is that of nobody any more."""
BLUR_SIDE = 64
"""Pixels that a blurred picture is shown with."""


def cut_face_crops(image: Image, faces: Faces, policy: EvidencePolicy) -> tuple[FaceCrop, ...]:
    """Cut the best faces of an image, best first, as the policy allows.

    A face is never let out sharp and unsealed: without a key to seal with it is blurred.
    """
    if policy.mode is EvidenceMode.NUMBERS:
        return ()
    chosen = choose_faces(faces)
    crops = cut_crops(image, faces.boxes[chosen])
    seal = policy.seal if policy.mode is EvidenceMode.SHARP else None
    return tuple(_make_crop(face, crop, seal) for face, crop in zip(chosen, crops, strict=True))


def choose_faces(faces: Faces) -> Sequence[int]:
    """Choose the rows of the faces that make the best pictures, best first, at most CROPS_MAX."""
    widths = faces.boxes[:, 2] - faces.boxes[:, 0]
    order = np.argsort(-rate_pictures(faces), kind="stable")
    return [int(face) for face in order if widths[face] >= WIDTH_MIN_PX][:CROPS_MAX]


def blur(crop: Image) -> Image:
    """Blur a picture so that nobody can undo it: only BLUR_CELLS by BLUR_CELLS means are left."""
    cells = cv2.resize(crop, (BLUR_CELLS, BLUR_CELLS), interpolation=cv2.INTER_AREA)
    size_wh = (BLUR_SIDE, BLUR_SIDE)
    return np.asarray(cv2.resize(cells, size_wh, interpolation=cv2.INTER_CUBIC), np.uint8)


def blur_jpeg(content: bytes) -> bytes:
    """Blur a JPEG of ours. Raises BadPicture."""
    return encode_jpeg(blur(decode_jpeg(content)), BLUR_QUALITY)


def _make_crop(face: int, crop: Image, seal: FaceSeal | None) -> FaceCrop:
    if seal is None:
        return FaceCrop(face, encode_jpeg(blur(crop), BLUR_QUALITY), is_sharp=False)
    return FaceCrop(face, seal.seal(encode_jpeg(_shrink(crop), JPEG_QUALITY)), is_sharp=True)


def _shrink(crop: Image) -> Image:
    size_wh = fit_size((crop.shape[1], crop.shape[0]), LONG_SIDE)
    if size_wh == (crop.shape[1], crop.shape[0]):
        return np.ascontiguousarray(crop)
    return np.asarray(cv2.resize(crop, size_wh, interpolation=cv2.INTER_AREA), np.uint8)
