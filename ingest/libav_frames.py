"""Frames of libav, converted only when somebody wants them."""

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from av.error import InvalidDataError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from core.errors import BadPicture
from core.types import Image


@dataclass(slots=True)
class Converters:
    """libav's scalers, kept from frame to frame: setting one up costs as much as a small frame.

    One for pictures and one for the small grey ones, so that neither is set up anew.
    """

    image: VideoReformatter = field(default_factory=VideoReformatter)
    grey: VideoReformatter = field(default_factory=VideoReformatter)


@dataclass(frozen=True, slots=True)
class DecodedFrame:
    """A frame that is decoded already. at_s: its time in the stream, if it has one."""

    captured_at: datetime
    at_s: float | None
    frame: VideoFrame
    converters: Converters

    @property
    def size_wh(self) -> tuple[int, int]:
        """The size as people see it, after the rotation that phones note in their files."""
        stored_wh = self.frame.width, self.frame.height
        return stored_wh[::-1] if self._quarter_turns % 2 else stored_wh

    def to_image(self, size_wh: tuple[int, int] | None = None) -> Image:
        return self._convert(self.converters.image, "bgr24", size_wh or self.size_wh)

    def to_grey(self, size_wh: tuple[int, int]) -> NDArray[np.uint8]:
        return self._convert(self.converters.grey, "gray", size_wh)

    def _convert(
        self, converter: VideoReformatter, pixels: str, size_wh: tuple[int, int]
    ) -> NDArray[np.uint8]:
        width, height = size_wh[::-1] if self._quarter_turns % 2 else size_wh
        scaled = converter.reformat(
            self.frame, width, height, pixels, interpolation=Interpolation.AREA, threads=1
        )
        turned = np.rot90(scaled.to_ndarray(), self._quarter_turns)
        return np.ascontiguousarray(turned, np.uint8)

    @property
    def _quarter_turns(self) -> int:
        """Counter-clockwise, as both libav and numpy count."""
        return round(self.frame.rotation / 90) % 4


@dataclass(slots=True)
class PacketFrame:
    """A frame of a codec whose every packet is a picture (MJPEG), decoded when first needed."""

    captured_at: datetime
    at_s: float | None
    size_wh: tuple[int, int]
    packet: "Packet[VideoStream]"
    converters: Converters
    _decoded: DecodedFrame | None = None

    def to_image(self, size_wh: tuple[int, int] | None = None) -> Image:
        return self._decode().to_image(size_wh)

    def to_grey(self, size_wh: tuple[int, int]) -> NDArray[np.uint8]:
        return self._decode().to_grey(size_wh)

    def _decode(self) -> DecodedFrame:
        if self._decoded is None:
            try:
                frames = self.packet.decode()
            except InvalidDataError as error:
                raise BadPicture("a picture of the stream cannot be decoded") from error
            if not frames:
                raise BadPicture("a picture of the stream is empty")
            self._decoded = DecodedFrame(self.captured_at, self.at_s, frames[0], self.converters)
        return self._decoded
