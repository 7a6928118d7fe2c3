"""Small stand-ins for what stands around a capture."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import BadPicture, SourceError, SourceLost
from core.types import Frame, Image
from ingest.streams import SourceFrame

START = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


@dataclass
class FakeFrame:
    """A picture taken a number of seconds after START; it notes whether it was converted."""

    image: Image
    at_s: float = 0.0
    is_broken: bool = False
    conversions: int = 0

    @property
    def captured_at(self) -> datetime:
        return START + timedelta(seconds=self.at_s)

    @property
    def size_wh(self) -> tuple[int, int]:
        return self.image.shape[1], self.image.shape[0]

    def to_image(self, size_wh: tuple[int, int] | None = None) -> Image:
        self.conversions += 1
        if self.is_broken:
            raise BadPicture("broken")
        return np.asarray(cv2.resize(self.image, size_wh or self.size_wh), np.uint8)

    def to_grey(self, size_wh: tuple[int, int]) -> NDArray[np.uint8]:
        return np.asarray(cv2.cvtColor(self.to_image(size_wh), cv2.COLOR_BGR2GRAY), np.uint8)


@dataclass
class FakeSource:
    """Plays a list of frames, then ends with an error."""

    played: list[FakeFrame]
    end: SourceError = field(default_factory=lambda: SourceLost("the stream ended"))
    size_wh: tuple[int, int] = (320, 180)
    frames_per_second: float | None = 25.0
    codec: str = "h264"
    is_closed: bool = False

    def frames(self) -> Iterator[SourceFrame]:
        yield from self.played
        raise self.end

    def close(self) -> None:
        self.is_closed = True


@dataclass
class FakeQueue:
    """Keeps what it is given."""

    pushed: list[Frame] = field(default_factory=list)
    unchanged: list[datetime] = field(default_factory=list)

    def push(self, frame: Frame) -> None:
        self.pushed.append(frame)

    def push_unchanged(self, camera_id: int, captured_at: datetime) -> None:
        self.unchanged.append(captured_at)


@dataclass
class FakeLive:
    """A live channel with one viewer, or none; counts how often it is asked."""

    has_viewer: bool = False
    has_worker: bool = True
    asked: int = 0
    previews: list[Frame] = field(default_factory=list)

    def is_watched(self, camera_id: int) -> bool:
        self.asked += 1
        return self.has_viewer

    def is_analysed(self, camera_id: int) -> bool:
        return self.has_worker

    def preview(self, frame: Frame) -> None:
        self.previews.append(frame)


def still_frames(seconds: float, per_second: float = 25, long_side: int = 320) -> list[FakeFrame]:
    """Frames of a scene in which nothing moves."""
    image = np.full((long_side * 9 // 16, long_side, 3), 90, np.uint8)
    return [FakeFrame(image, n / per_second) for n in range(int(seconds * per_second))]


def moving_frames(seconds: float, per_second: float = 25) -> list[FakeFrame]:
    """Frames of a scene in which a square moves."""
    frames = still_frames(seconds, per_second)
    for number, frame in enumerate(frames):
        frame.image = frame.image.copy()
        frame.image[60:100, number * 3 % 280 :][:, :40] = 255
    return frames
