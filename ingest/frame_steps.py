"""What is done with each frame of a camera: pace, motion gate, encode, hand on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.errors import BadPicture
from core.pictures import encode_jpeg, fit_size
from core.types import Frame
from ingest.motion import GREY_LONG_SIDE, MotionGate
from ingest.pacing import Pacer
from ingest.streams import SourceFrame

PREVIEWS_PER_SECOND = 5.0
WATCHED_ASK_S = 0.5


@dataclass(frozen=True, slots=True)
class CapturePlan:
    """What the capture of one camera needs to know; another plan is another capture.

    A rename is not in it, so it does not interrupt the stream.
    """

    camera_id: int
    address: str
    transport: str = "tcp"
    frames_per_second: float = 5.0
    long_side: int = 960
    is_paused: bool = False

    def __repr__(self) -> str:
        return f"CapturePlan(camera_id={self.camera_id})"


class FrameOutlet(Protocol):
    """The frame queue, as seen from here."""

    def push(self, frame: Frame) -> None: ...
    def push_unchanged(self, camera_id: int, captured_at: datetime) -> None: ...


class PreviewOutlet(Protocol):
    """The live channel, as seen from here."""

    def is_watched(self, camera_id: int) -> bool: ...
    def is_analysed(self, camera_id: int) -> bool: ...
    def preview(self, frame: Frame) -> None: ...


class FrameSteps:
    """Takes every frame of one camera; keeps the state of its pacing and motion gate."""

    def __init__(self, plan: CapturePlan, queue: FrameOutlet, live: PreviewOutlet) -> None:
        self._plan, self._queue, self._live = plan, queue, live
        self._pacer = Pacer(plan.frames_per_second)
        self._gate = MotionGate()
        self._previews = Pacer(PREVIEWS_PER_SECOND)
        self._is_watched, self._is_analysed = False, True
        self._asked_at_s = -WATCHED_ASK_S
        self.broken = 0

    def take(self, frame: SourceFrame, now_s: float) -> None:
        """Analyse, preview or drop a frame; one that cannot be decoded is counted.

        now_s: a clock that only rises.
        """
        try:
            if self._pacer.keep(now_s):
                self._capture(frame, now_s)
            elif self._wants_preview(now_s):
                self._live.preview(self._encode(frame))
        except BadPicture:
            self.broken += 1

    def _capture(self, frame: SourceFrame, now_s: float) -> None:
        grey = frame.to_grey(fit_size(frame.size_wh, GREY_LONG_SIDE))
        if self._gate.passes(grey, now_s):
            self._push(self._encode(frame), now_s)
            return
        self._queue.push_unchanged(self._plan.camera_id, frame.captured_at)
        if self._wants_preview(now_s):
            self._live.preview(self._encode(frame))

    def _push(self, frame: Frame, now_s: float) -> None:
        """Hand a frame to the workers; it is shown once analysed, or now if nobody analyses."""
        self._queue.push(frame)
        if self._wants_preview(now_s) and not self._is_analysed:
            self._live.preview(frame)

    def _wants_preview(self, now_s: float) -> bool:
        if now_s - self._asked_at_s >= WATCHED_ASK_S:
            self._is_watched = self._live.is_watched(self._plan.camera_id)
            self._is_analysed = self._is_watched and self._live.is_analysed(self._plan.camera_id)
            self._asked_at_s = now_s
        return self._is_watched and self._previews.keep(now_s)

    def _encode(self, frame: SourceFrame) -> Frame:
        size_wh = fit_size(frame.size_wh, self._plan.long_side)
        jpeg = encode_jpeg(frame.to_image(size_wh))
        return Frame(self._plan.camera_id, frame.captured_at, size_wh, jpeg)
