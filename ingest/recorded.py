"""Read a recorded video as its camera would have delivered it, as fast as it can be decoded."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from core.backfills import Footage
from core.errors import NotVideo
from core.sources import parse_source
from core.types import Frame, Result, ResultKind
from ingest.frame_steps import CapturePlan, FrameSteps
from ingest.libav import LibavSource
from ingest.sources import OPEN_TIMEOUT_S

_FRAMES_PER_SECOND = 25.0
"""Of a video that says nothing of its rate and gives its frames no times."""


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What a video is. duration_s: None where the file does not say."""

    width: int
    height: int
    codec: str
    duration_s: float | None


class RecordedVideo:
    """A video file. Raises NotVideo or SourceLost if it cannot be opened."""

    def __init__(self, path: Path) -> None:
        whole = path.resolve()
        self._source = LibavSource(parse_source(str(whole), whole.parent), "tcp", OPEN_TIMEOUT_S)
        self._name = path.name

    @property
    def duration_s(self) -> float | None:
        return self._source.duration_s

    def check(self) -> VideoFacts:
        """Decode the first frame. Raises NotVideo if there is none."""
        for frame in self._source.frames_at_once():
            width, height = frame.size_wh
            return VideoFacts(width, height, self._source.codec, self.duration_s)
        raise self._no_picture()

    def frames(self, footage: Footage) -> Iterator[Frame | Result]:
        """Pace, gate and shrink the frames as a capture does, by the video's own clock.

        Raises NotVideo if there is no picture in it.
        """
        taken = _Taken()
        plan = CapturePlan(
            footage.camera_id,
            address="",
            frames_per_second=footage.frames_per_second,
            long_side=footage.long_side,
        )
        steps = FrameSteps(plan, taken, _Nobody())
        clock = VideoClock(1 / (self._source.frames_per_second or _FRAMES_PER_SECOND))
        is_empty = True
        for frame in self._source.frames_at_once():
            is_empty = False
            at_s = clock.read(frame.at_s)
            captured_at = footage.starts_at + timedelta(seconds=at_s)
            steps.take(replace(frame, captured_at=captured_at), at_s)
            yield from taken.give()
        if is_empty:
            raise self._no_picture()

    def close(self) -> None:
        self._source.close()

    def _no_picture(self) -> NotVideo:
        return NotVideo(f"{self._name} holds no picture that can be decoded")


class VideoClock:
    """The times of a video's frames, from 0 on and always rising.

    frame_s: how long a frame is shown that has no time of its own, or one before the last.
    """

    def __init__(self, frame_s: float) -> None:
        self._frame_s = frame_s
        self._last_stamp_s: float | None = None
        self._now_s: float | None = None

    def read(self, stamp_s: float | None) -> float:
        """Give the time in seconds of the next frame. stamp_s: what the file says, if it does."""
        step_s = self._frame_s
        if stamp_s is not None and self._last_stamp_s is not None:
            step_s = stamp_s - self._last_stamp_s
        if stamp_s is not None:
            self._last_stamp_s = stamp_s
        if self._now_s is None:
            self._now_s = 0.0
        else:
            self._now_s += step_s if step_s > 0 else self._frame_s
        return self._now_s


@dataclass(slots=True)
class _Taken:
    """Takes what a capture hands on, in place of the frame queue."""

    waiting: list[Frame | Result] = field(default_factory=list)

    def push(self, frame: Frame) -> None:
        self.waiting.append(frame)

    def push_unchanged(self, camera_id: int, captured_at: datetime) -> None:
        self.waiting.append(Result(camera_id, captured_at, (0, 0), ResultKind.UNCHANGED))

    def give(self) -> list[Frame | Result]:
        given, self.waiting = self.waiting, []
        return given


class _Nobody:
    """Nobody watches what was recorded."""

    def is_watched(self, camera_id: int) -> bool:
        return False

    def is_analysed(self, camera_id: int) -> bool:
        return True

    def preview(self, frame: Frame) -> None: ...
