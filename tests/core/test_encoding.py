"""What is written is read back; what is broken is refused."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from core.encoding import (
    CROP_BYTES_MAX,
    CROPS_MAX,
    decode_frame,
    decode_result,
    encode_frame,
    encode_result,
)
from core.errors import BadEntry
from core.types import FaceCrop, Faces, Frame, Result, ResultKind

MOMENT = datetime(2026, 3, 1, 12, 30, 1, 123456, tzinfo=UTC)


def result(count: int) -> Result:
    numbers = np.arange(count, dtype=np.float32)
    faces = Faces(
        np.stack([numbers, numbers, numbers + 5, numbers + 5], axis=1).astype(np.float32),
        (numbers / 10).astype(np.float32),
        np.tile(np.array([0.5, 0.25, 0.25], np.float32), (count, 1)),
        (numbers * 3).astype(np.float32),
    )
    return Result(5, MOMENT, (960, 540), ResultKind.ANALYSED, faces, "masks-1")


def test_a_frame_comes_back() -> None:
    frame = Frame(3, MOMENT, (960, 540), b"\xff\xd8 some jpeg")
    assert decode_frame(3, encode_frame(frame)) == frame


@pytest.mark.parametrize("count", [0, 1, 7])
def test_a_result_comes_back(count: int) -> None:
    written = result(count)
    read = decode_result(encode_result(written))

    assert (read.camera_id, read.captured_at, read.size_wh) == (5, MOMENT, (960, 540))
    assert (read.kind, read.model_version) == (ResultKind.ANALYSED, "masks-1")
    for name in ("boxes", "scores", "probabilities", "sharpness"):
        np.testing.assert_array_equal(getattr(read.faces, name), getattr(written.faces, name))


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x01", id="header only"),
        pytest.param(b"\x02" + bytes(40), id="another version"),
        pytest.param(b"\x01" + b"\xff" * 20, id="no time"),
    ],
)
def test_a_broken_frame_is_refused(entry: bytes) -> None:
    with pytest.raises(BadEntry):
        decode_frame(1, entry)


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x09" + encode_result(result(1))[1:], id="another version"),
        pytest.param(encode_result(result(2))[:-9], id="cut short"),
        pytest.param(b"\x01" + b"\x80\x04pickle", id="not msgpack"),
        pytest.param(b"\x02" + b"\x80\x04pickle", id="not msgpack, version 2"),
        pytest.param(
            b"\x01\x9a\x01\x01\x01\x01\xa8analysed\xc4\x04abcd" + b"\xc4\x00" * 3 + b"\xa0",
            id="odd boxes",
        ),
    ],
)
def test_a_broken_result_is_refused(entry: bytes) -> None:
    with pytest.raises(BadEntry):
        decode_result(entry)


def test_numbers_that_are_not_finite_are_refused() -> None:
    broken = result(1)
    broken.faces.scores[0] = np.nan
    with pytest.raises(BadEntry, match="finite"):
        decode_result(encode_result(broken))


def with_crops(count: int, *crops: FaceCrop) -> Result:
    return replace(result(count), crops=crops)


def test_crops_come_back_in_their_order() -> None:
    crops = (FaceCrop(2, b"best", True), FaceCrop(0, b"second", False))
    assert decode_result(encode_result(with_crops(3, *crops))).crops == crops


def test_a_result_of_the_last_release_is_read_and_has_no_crops() -> None:
    now = encode_result(result(2))
    before = b"\x01" + b"\x9a" + now[2:-1]  # ten fields, the crops left out

    assert decode_result(before).crops == ()
    np.testing.assert_array_equal(decode_result(before).faces.boxes, result(2).faces.boxes)


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(with_crops(2, FaceCrop(2, b"x", False)), id="of no face"),
        pytest.param(with_crops(2, FaceCrop(-1, b"x", False)), id="of a face before the first"),
        pytest.param(with_crops(0, FaceCrop(0, b"x", False)), id="without faces"),
        pytest.param(with_crops(2, *[FaceCrop(1, b"x", False)] * 2), id="twice of one face"),
        pytest.param(with_crops(2, FaceCrop(1, b"", False)), id="empty"),
        pytest.param(with_crops(2, FaceCrop(1, bytes(CROP_BYTES_MAX + 1), True)), id="too large"),
        pytest.param(
            with_crops(9, *(FaceCrop(face, b"x", False) for face in range(CROPS_MAX + 1))),
            id="too many",
        ),
    ],
)
def test_crops_that_no_worker_of_ours_sends_are_refused(broken: Result) -> None:
    with pytest.raises(BadEntry, match="crop"):
        decode_result(encode_result(broken))


def test_the_largest_crops_are_read() -> None:
    crops = tuple(FaceCrop(face, bytes(CROP_BYTES_MAX), True) for face in range(CROPS_MAX))
    assert decode_result(encode_result(with_crops(CROPS_MAX, *crops))).crops == crops


def test_crops_of_another_shape_are_refused() -> None:
    entry = encode_result(with_crops(1, FaceCrop(0, b"x", False)))
    assert entry.endswith(b"\x93\x00\xc4\x01x\xc2")  # [face, content, is sharp]
    with pytest.raises(BadEntry):
        decode_result(entry[:-6] + b"\x93\xa0\xc4\x01x\xc2")
    with pytest.raises(BadEntry):
        decode_result(entry[:-6] + b"\x92\x00\xc4\x01x")
