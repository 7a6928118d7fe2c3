"""Read streams with libav: RTSP, HTTP, webcams and video files."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import av
import av.logging
from av.container import InputContainer
from av.error import FFmpegError, InvalidDataError
from av.packet import Packet
from av.video.stream import VideoStream

from core.errors import NotVideo, SourceError, SourceLost
from core.pictures import SIDE_MIN
from core.sources import SourceAddress, SourceKind
from ingest.failures import explain_failure, without_address
from ingest.libav_frames import Converters, DecodedFrame, PacketFrame
from ingest.openings import Opening, openings
from ingest.pacing import Lag, Playback
from ingest.streams import READ_TIMEOUT_S, SourceFrame

SIDE_MAX = 8192
"""Pixels; 8K is the largest camera that is sold, and memory is ours."""

_RATE_MAX = 240
"""Frames a second; streams that do not know their rate claim 90,000."""

_BAD_PACKETS_MAX = 100
"""In a row: about four seconds of a stream that cannot be decoded."""

_LAG_MAX_S = 1.0
"""A second behind, a person who is shown on the wall has passed already."""

# Cameras name themselves in any encoding. From PyAV 19 on that is no error any more.
_LENIENT: dict[str, Any] = {"metadata_errors": "replace"} if av.__version__ < "19" else {}

_INTRA_ONLY = ("mjpeg",)
"""Each packet is a picture of its own, so those that nobody wants need no decoding."""


class LibavSource:
    """A stream that libav reads; a file is played again and again, or once.

    To be used by one thread at a time: libav must not be closed while it reads.
    """

    def __init__(
        self, address: SourceAddress, transport: str, timeout_s: float, *, plays_once: bool = False
    ) -> None:
        # libav writes addresses with their passwords to its log, so it gets none.
        av.logging.set_level(None)
        self._address, self._transport, self._timeout_s = address, transport, timeout_s
        self._plays_once = plays_once
        self._converters = Converters()
        _check_host(address)
        self._container, self._stream = self._open()
        self._is_intra_only = self.codec in _INTRA_ONLY
        self._lag = Lag()

    @property
    def size_wh(self) -> tuple[int, int]:
        return self._stream.width, self._stream.height

    @property
    def frames_per_second(self) -> float | None:
        rate = self._stream.average_rate or self._stream.guessed_rate
        return float(rate) if rate and 0 < rate <= _RATE_MAX else None

    @property
    def codec(self) -> str:
        return self._stream.codec_context.name

    @property
    def duration_s(self) -> float | None:
        """How long a file says that it plays; None for streams, and files that do not say."""
        microseconds = self._container.duration
        return microseconds / av.time_base if microseconds else None

    def frames(self) -> Iterator[SourceFrame]:
        if self._address.kind is SourceKind.FILE:
            yield from self._play()
            return
        yield from self._read()
        raise SourceLost("the stream ended")

    def frames_at_once(self) -> Iterator[DecodedFrame | PacketFrame]:
        """Read a file once, as fast as it can be decoded."""
        yield from self._read()

    def close(self) -> None:
        self._container.close()

    def _play(self) -> Iterator[SourceFrame]:
        """Play the file, each frame at its time."""
        playback = Playback(1 / (self.frames_per_second or 25))
        while True:
            is_empty = True
            for frame in self._read():
                is_empty = False
                time.sleep(playback.pause_s(frame.at_s, time.monotonic()))
                yield replace(frame, captured_at=datetime.now(UTC))
            if is_empty:
                raise NotVideo(f"{self._address.path.name} holds no picture that can be decoded")
            if self._plays_once:
                return
            playback.start_again()
            self._container.close()
            self._container, self._stream = self._open()

    def _read(self) -> Iterator[DecodedFrame | PacketFrame]:
        """Read to the end. What cannot be decoded is skipped: datagrams get lost."""
        bad_in_row = 0
        for packet in self._packets():
            try:
                yield from self._decode(packet, datetime.now(UTC))
                bad_in_row = 0
            except InvalidDataError as error:
                bad_in_row += 1
                if bad_in_row == _BAD_PACKETS_MAX:
                    raise NotVideo("the stream's pictures cannot be decoded") from error

    def _packets(self) -> Iterator["Packet[VideoStream]"]:
        packets = self._container.demux(self._stream)
        while True:
            with self._explained(READ_TIMEOUT_S):
                packet = next(packets, None)
            if packet is None:
                return
            yield packet

    def _decode(
        self, packet: "Packet[VideoStream]", now: datetime
    ) -> list[DecodedFrame | PacketFrame]:
        """Raises InvalidDataError. The empty packet at the end gives the frames held back."""
        if self._is_intra_only:
            at_s = float(packet.pts * packet.time_base) if packet.pts is not None else None
            one = PacketFrame(now, at_s, self.size_wh, packet, self._converters)
            return [one] if packet.size else []
        if self._address.kind is SourceKind.RTSP:
            self._keep_up(packet)
        return [
            DecodedFrame(now, frame.time, frame, self._converters)
            for frame in self._stream.decode(packet)
            if not frame.is_corrupt
        ]

    def _keep_up(self, packet: "Packet[VideoStream]") -> None:
        """Decode key frames alone while we are behind, until one that is in time.

        Where processors do not suffice, pictures come rarely then, but not late.
        """
        if packet.pts is None:
            return
        lag_s = self._lag.update(float(packet.pts * packet.time_base), time.monotonic())
        if lag_s > _LAG_MAX_S:
            self._stream.codec_context.skip_frame = "NONKEY"
        elif packet.is_keyframe:
            self._stream.codec_context.skip_frame = "DEFAULT"

    def _open(self) -> tuple[InputContainer, VideoStream]:
        """Open in the first way that works; the last failure counts."""
        failure: SourceError = NotVideo("there is no way to open this")
        for opening in openings(self._address, self._transport, self._timeout_s):
            try:
                container = self._open_as(opening)
            except SourceError as error:
                failure = error
                continue
            try:
                return container, _find_video(container)
            except SourceError:
                container.close()
                raise
        raise failure

    def _open_as(self, opening: Opening) -> InputContainer:
        with self._explained(self._timeout_s):
            container: InputContainer = av.open(
                opening.file,
                format=opening.format,
                container_options=opening.options,
                timeout=(self._timeout_s, READ_TIMEOUT_S),
                **_LENIENT,
            )
        return container

    @contextmanager
    def _explained(self, timeout_s: float) -> Iterator[None]:
        started_s = time.monotonic()
        try:
            yield
        except FFmpegError as error:
            waited_s = time.monotonic() - started_s
            failure = explain_failure(error, self._address, waited_s, timeout_s)
            raise failure from without_address(error)


def _check_host(address: SourceAddress) -> None:
    """Look the host's name up first: libav says no more than that something failed."""
    if not address.host:
        return
    try:
        socket.getaddrinfo(address.host, address.port or 0, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceLost(
            f'no host named "{address.host}" is known here; check it, or give its IP address'
        ) from error


def _find_video(container: InputContainer) -> VideoStream:
    """Find the stream to watch. Raises NotVideo."""
    if not container.streams.video:
        found = ", ".join(stream.type for stream in container.streams) or "nothing"
        raise NotVideo(f"expected video, found {found}; choose another stream")
    stream = container.streams.video[0]
    if stream.codec_context is None:
        raise NotVideo("the video's codec is not known here; choose H.264, H.265 or MJPEG")
    width, height = stream.width, stream.height
    if min(width, height) < SIDE_MIN or max(width, height) > SIDE_MAX:
        raise NotVideo(
            f"the video is {width}x{height} pixels; "
            f"expected {SIDE_MIN}x{SIDE_MIN} to {SIDE_MAX}x{SIDE_MAX}"
        )
    # Many cameras share few cores: more threads for one stream cost more CPU in all.
    stream.codec_context.thread_count = 1
    return stream
