"""Write frames and results as bytes for Redis, and read them back with suspicion.

Each entry begins with its version in one byte. An entry of another version, or a
broken one, raises BadEntry: the reader counts it and goes on. Nothing is pickled.
"""

import struct
from datetime import datetime

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.errors import BadEntry
from core.types import FaceCrop, Faces, Frame, Result, ResultKind, from_microseconds

FRAME_VERSION = 1
RESULT_VERSION = 2
RESULT_VERSIONS = (1, 2)
"""Those that are still read: workers of the last release may run on; they send no crops."""
CROPS_MAX = 8
CROP_BYTES_MAX = 32_768
"""A crop of 128 px takes 3 to 6 kB; this bounds what a broken worker can make us keep."""

_FRAME_HEADER = struct.Struct("<BQHH")  # version, captured at in microseconds, width, height


def encode_frame(frame: Frame) -> bytes:
    """Put the header before the JPEG: 13 bytes, little-endian."""
    return _FRAME_HEADER.pack(FRAME_VERSION, frame.frame_id, *frame.size_wh) + frame.jpeg


def decode_frame(camera_id: int, entry: bytes) -> Frame:
    """Read what encode_frame wrote. Raises BadEntry."""
    if len(entry) <= _FRAME_HEADER.size or entry[0] != FRAME_VERSION:
        raise BadEntry(f"expected a frame of version {FRAME_VERSION}, found {entry[:1]!r}")
    _, captured, width, height = _FRAME_HEADER.unpack_from(entry)
    return Frame(camera_id, _moment(captured), (width, height), entry[_FRAME_HEADER.size :])


class _WireResult(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A result as msgpack: arrays as raw little-endian float32, row by row."""

    camera_id: int
    captured_us: int
    width: int
    height: int
    kind: ResultKind
    boxes: bytes = b""
    scores: bytes = b""
    probabilities: bytes = b""
    sharpness: bytes = b""
    model_version: str = ""
    crops: tuple[tuple[int, bytes, bool], ...] = ()


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_WireResult)


def encode_result(result: Result) -> bytes:
    """Write a result; a face takes 36 bytes, and its crop what that needs."""
    faces = result.faces
    wire = _WireResult(
        result.camera_id,
        result.frame_id,
        *result.size_wh,
        result.kind,
        _pack(faces.boxes),
        _pack(faces.scores),
        _pack(faces.probabilities),
        _pack(faces.sharpness),
        result.model_version,
        tuple((crop.face, crop.content, crop.is_sharp) for crop in result.crops),
    )
    return bytes([RESULT_VERSION]) + _encoder.encode(wire)


def decode_result(entry: bytes) -> Result:
    """Read what encode_result wrote. Raises BadEntry."""
    if not entry or entry[0] not in RESULT_VERSIONS:
        raise BadEntry(f"expected a result of version {RESULT_VERSION}, found {entry[:1]!r}")
    try:
        wire = _decoder.decode(memoryview(entry)[1:])
        faces = Faces(
            _unpack(wire.boxes, 4),
            _unpack(wire.scores, 0),
            _unpack(wire.probabilities, 3),
            _unpack(wire.sharpness, 0),
        )
        crops = _read_crops(wire, len(faces))
    except (msgspec.DecodeError, ValueError) as error:
        raise BadEntry(f"a result is broken: {error}") from error
    return Result(
        wire.camera_id,
        _moment(wire.captured_us),
        (wire.width, wire.height),
        wire.kind,
        faces,
        wire.model_version,
        crops,
    )


def _read_crops(wire: _WireResult, faces: int) -> tuple[FaceCrop, ...]:
    """Check what a worker sent: few, small, each of another face. Raises ValueError."""
    crops = tuple(FaceCrop(*crop) for crop in wire.crops)
    if len(crops) > CROPS_MAX or len({crop.face for crop in crops}) != len(crops):
        raise ValueError(f"expected at most {CROPS_MAX} crops, each of another face")
    for crop in crops:
        if not 0 <= crop.face < faces:
            raise ValueError(f"a crop is of face {crop.face}, of {faces}")
        if not 0 < len(crop.content) <= CROP_BYTES_MAX:
            raise ValueError(f"a crop has {len(crop.content)} bytes")
    return crops


def _moment(microseconds: int) -> datetime:
    try:
        return from_microseconds(microseconds)
    except (ValueError, OverflowError, OSError) as error:
        raise BadEntry(f"{microseconds} microseconds is no time") from error


def _pack(array: NDArray[np.float32]) -> bytes:
    return array.astype("<f4", copy=False).tobytes()


def _unpack(content: bytes, columns: int) -> NDArray[np.float32]:
    """Read float32 rows of so many columns; 0 columns is a flat array."""
    flat = np.frombuffer(content, "<f4")
    if not np.isfinite(flat).all():
        raise ValueError("a number is not finite")
    return flat.reshape(-1, columns) if columns else flat
