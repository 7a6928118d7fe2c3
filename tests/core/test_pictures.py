"""Users' pictures are read or refused with a sentence that helps."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PilImage

from core.errors import BadPicture
from core.pictures import decode_jpeg, decode_picture, encode_jpeg, fit_size, read_picture


def picture(width: int = 64, height: int = 48, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    PilImage.new("RGB", (width, height), (255, 0, 0)).save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP"])
def test_a_picture_becomes_bgr(kind: str) -> None:
    image = decode_picture(picture(kind=kind))
    assert image.shape == (48, 64, 3)
    blue, _, red = image[20, 20]
    assert red > 240
    assert blue < 15


def test_exif_orientation_turns_the_picture_unless_told_not_to() -> None:
    exif = PilImage.Exif()
    exif[0x0112] = 6
    content = picture(kind="JPEG", exif=exif)
    assert decode_picture(content).shape == (64, 48, 3)
    assert decode_picture(content, upright=False).shape == (48, 64, 3)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "empty", id="empty file"),
        pytest.param(b"just some text", "not a JPEG", id="text"),
        pytest.param(picture(1, 1), "1x1", id="one pixel"),
        pytest.param(picture(kind="JPEG")[:-40], "damaged", id="truncated JPEG"),
        pytest.param(picture(10_000, 10_000), "100 megapixels", id="100 megapixels"),
    ],
)
def test_bad_pictures_are_refused_with_a_reason(content: bytes, message: str) -> None:
    with pytest.raises(BadPicture, match=message):
        decode_picture(content)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadPicture, match="nowhere: cannot be read"):
        read_picture(tmp_path / "nowhere")


def test_our_own_jpeg_comes_back() -> None:
    image = np.full((48, 64, 3), 90, np.uint8)
    assert np.abs(decode_jpeg(encode_jpeg(image)).astype(int) - 90).max() <= 2


@pytest.mark.parametrize("content", [b"", b"rubbish"])
def test_a_broken_jpeg_is_refused(content: bytes) -> None:
    with pytest.raises(BadPicture):
        decode_jpeg(content)


@pytest.mark.parametrize(
    ("size_wh", "fitted"),
    [
        ((1920, 1080), (960, 540)),
        ((640, 360), (640, 360)),
        ((1080, 1920), (540, 960)),
        ((5000, 1), (960, 1)),
    ],
)
def test_sizes_shrink_and_never_grow(size_wh: tuple[int, int], fitted: tuple[int, int]) -> None:
    assert fit_size(size_wh, 960) == fitted
