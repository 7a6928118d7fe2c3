"""What is written is read back; what is broken is refused."""

from datetime import UTC, datetime

import numpy as np
import pytest

from core.encoding import decode_frame, decode_result, encode_frame, encode_result
from core.errors import BadEntry
from core.types import Faces, Frame, Result, ResultKind

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
        pytest.param(b"\x02" + encode_result(result(1))[1:], id="another version"),
        pytest.param(encode_result(result(2))[:-9], id="cut short"),
        pytest.param(b"\x01" + b"\x80\x04pickle", id="not msgpack"),
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
