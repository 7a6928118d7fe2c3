"""Decode and encode pictures, refusing what is broken, too small or too large."""

import io
import warnings
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as PilImage
from PIL import ImageOps, UnidentifiedImageError

from core.errors import BadPicture
from core.types import Image

SIDE_MIN = 16
"""Pixels; a face that anything can be said of is larger than this."""


def read_picture(path: Path, megapixels_max: int = 50, *, upright: bool = True) -> Image:
    """Read a picture file; see decode_picture."""
    content = read_content(path)
    try:
        return decode_picture(content, megapixels_max, upright=upright)
    except BadPicture as error:
        raise BadPicture(f"{path}: {error}") from error


def read_content(path: Path) -> bytes:
    """Read a file, whatever it holds. Raises BadPicture."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadPicture(
            f"{path}: cannot be read ({error.strerror}); give a picture file"
        ) from error


def decode_picture(content: bytes, megapixels_max: int = 50, *, upright: bool = True) -> Image:
    """Decode a user's picture to (h, w, 3) uint8 BGR.

    The size is checked from the header, before memory is spent on pixels.
    upright applies the EXIF orientation. Raises BadPicture.
    """
    if not content:
        raise BadPicture("the file is empty; expected a JPEG, PNG, WebP or BMP picture")
    try:
        with _open_header(content) as picture:
            _check_size(picture.size, megapixels_max)
            turned = ImageOps.exif_transpose(picture) if upright else picture
            rgb = np.asarray(turned.convert("RGB"))
    except PilImage.DecompressionBombError as error:
        raise BadPicture(
            f"the picture is over the limit of {megapixels_max} megapixels; make it smaller"
        ) from error
    except UnidentifiedImageError as error:
        raise BadPicture("this is not a JPEG, PNG, WebP or BMP picture") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise BadPicture(f"the picture is damaged ({error}); send it again") from error
    return np.ascontiguousarray(rgb[:, :, ::-1])


def decode_jpeg(content: bytes) -> Image:
    """Decode a JPEG of our own making, fast; (h, w, 3) uint8 BGR. Raises BadPicture."""
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR) if content else None
    if image is None:
        raise BadPicture("a frame's JPEG cannot be decoded")
    return np.asarray(image, np.uint8)


def encode_jpeg(image: Image, quality: int = 85) -> bytes:
    """Encode (h, w, 3) uint8 BGR as JPEG."""
    is_encoded, content = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not is_encoded:
        raise BadPicture(f"a picture of shape {image.shape} cannot be encoded as JPEG")
    return content.tobytes()


def fit_size(size_wh: tuple[int, int], long_side: int) -> tuple[int, int]:
    """Shrink a size so that its longer side is at most long_side; never enlarge."""
    scale = min(1.0, long_side / max(size_wh))
    return max(1, round(size_wh[0] * scale)), max(1, round(size_wh[1] * scale))


_FORMATS = ("JPEG", "PNG", "WEBP", "BMP")


def _open_header(content: bytes) -> PilImage.Image:
    with warnings.catch_warnings():
        # Pillow warns of size at a limit of its own; we refuse at the user's.
        warnings.simplefilter("ignore", PilImage.DecompressionBombWarning)
        return PilImage.open(io.BytesIO(content), formats=_FORMATS)


def _check_size(size_wh: tuple[int, int], megapixels_max: int) -> None:
    width, height = size_wh
    if min(size_wh) < SIDE_MIN:
        raise BadPicture(
            f"the picture is {width}x{height}; expected at least {SIDE_MIN}x{SIDE_MIN} pixels"
        )
    if width * height > megapixels_max * 1_000_000:
        raise BadPicture(
            f"the picture has {width * height / 1e6:.0f} megapixels; "
            f"the limit is {megapixels_max}, make it smaller"
        )
