"""Decide which frame goes to which viewer: credits, and the newest frame of each camera.

Pure: no clock, no network. A viewer has one credit per camera. Sending a frame
spends it, the browser's acknowledgement gives it back. Meanwhile nothing is kept
for that viewer: with the credit back it gets whatever is the newest frame then.
So a slow viewer costs no memory and delays nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.live import Overlay, OverlayFace, Preview

CAMERAS_MAX = 36
"""Cameras that one viewer may watch at once: a wall of 6 x 6 tiles."""

WINDOW_AT_FIRST = 2
"""Frames on their way to a page whose line is not known yet."""

PROMPT = timedelta(milliseconds=500)
"""A frame that was drawn later than this after it was sent went over a slow line."""

ANALYSED_HOLDS = timedelta(seconds=1)
"""While analysis delivers at least this often, previews are not shown: boxes would flicker."""


SET_BACK_US = 10_000_000
"""A frame that is older by more comes from a clock that was set back: it is the newest now."""


class FrameKind(StrEnum):
    ANALYSED = "analysed"
    PREVIEW = "preview"


@dataclass(frozen=True, slots=True)
class LiveFrame:
    """The newest picture of a camera and what was found in it.

    analysed_at: when a frame of this camera was last analysed; None if it never
    was since somebody watches. A preview has no faces.
    """

    camera_id: int
    frame_id: int
    captured_at: datetime
    size_wh: tuple[int, int]
    kind: FrameKind
    analysed_at: datetime | None
    faces: tuple[OverlayFace, ...]
    people_now: int
    jpeg: bytes


class Viewer:
    """One open page: the cameras that it watches, and its credits.

    Over its credits it has a window: how many frames may be on their way to it. The
    window doubles with each frame that was drawn promptly and halves with one that was
    not, so that a slow line carries one picture at a time, seconds old, rather than a
    wall of pictures, a minute old.
    """

    def __init__(self) -> None:
        self.camera_ids: frozenset[int] = frozenset()
        self._sent: dict[int, int] = {}
        self._unacknowledged: dict[int, datetime] = {}
        self._window = WINDOW_AT_FIRST
        self._put_off: dict[int, None] = {}

    def watch(self, camera_ids: Iterable[int]) -> None:
        """Replace what this viewer watches. Credits that are spent stay spent."""
        self.camera_ids = frozenset(camera_ids)
        self._sent = {camera: sent for camera, sent in self._sent.items() if self._keeps(camera)}
        self._put_off = {camera: None for camera in self._put_off if camera in self.camera_ids}

    def take(self, camera_id: int, frame_id: int, now: datetime) -> bool:
        """Spend the camera's credit on this frame; False if it must not be sent.

        It must not if the camera is not watched, the last frame is not yet
        acknowledged, this very frame was sent before, or the window is full.
        """
        if camera_id not in self.camera_ids or camera_id in self._unacknowledged:
            return False
        if self._sent.get(camera_id) == frame_id:
            return False
        if len(self._unacknowledged) >= self._window:
            self._put_off[camera_id] = None
            return False
        self._put_off.pop(camera_id, None)
        self._sent[camera_id] = frame_id
        self._unacknowledged[camera_id] = now
        return True

    def acknowledge(self, camera_id: int, now: datetime) -> list[int]:
        """Give the camera's credit back: the browser has drawn its frame.

        Returns the cameras whose newest frame may go out now: first those that were put
        off for the window, the longest waiting first.
        """
        sent_at = self._unacknowledged.pop(camera_id, None)
        if sent_at is None:
            return []
        is_prompt = now - sent_at <= PROMPT
        self._window = min(2 * self._window, CAMERAS_MAX) if is_prompt else self._window // 2 or 1
        return [*(one for one in self._put_off if one != camera_id), camera_id]

    def _keeps(self, camera_id: int) -> bool:
        return camera_id in self.camera_ids or camera_id in self._unacknowledged


class NewestFrames:
    """The newest frame of each camera that somebody watches; one picture a camera."""

    def __init__(self) -> None:
        self._frames: dict[int, LiveFrame] = {}
        self._people_now: dict[int, int] = {}
        self._analysed_at: dict[int, datetime] = {}

    def note(self, notice: Overlay | Preview, now: datetime) -> bool:
        """Take a notice in; True if its picture should be shown.

        Not shown: a preview while analysis keeps up, and what is older than the
        newest of its kind.
        """
        if isinstance(notice, Overlay):
            self._people_now[notice.camera_id] = notice.people_now
            self._analysed_at[notice.camera_id] = now
            return not self._is_newer(notice, FrameKind.ANALYSED)
        analysed_at = self._analysed_at.get(notice.camera_id)
        if analysed_at is not None and now - analysed_at < ANALYSED_HOLDS:
            return False
        return not self._is_newer(notice, *FrameKind)

    def put(self, notice: Overlay | Preview, jpeg: bytes) -> LiveFrame:
        """Make the picture of a notice the newest frame of its camera."""
        is_analysed = isinstance(notice, Overlay)
        frame = LiveFrame(
            camera_id=notice.camera_id,
            frame_id=notice.frame_id,
            captured_at=notice.captured_at,
            size_wh=notice.size_wh,
            kind=FrameKind.ANALYSED if is_analysed else FrameKind.PREVIEW,
            analysed_at=self._analysed_at.get(notice.camera_id),
            faces=notice.faces if isinstance(notice, Overlay) else (),
            people_now=self._people_now.get(notice.camera_id, 0),
            jpeg=jpeg,
        )
        self._frames[notice.camera_id] = frame
        return frame

    def get(self, camera_id: int) -> LiveFrame | None:
        return self._frames.get(camera_id)

    def people_now(self, now: datetime, within: timedelta) -> dict[int, int]:
        """Read how many people each camera shows, where that is known and recent."""
        return {
            camera_id: count
            for camera_id, count in self._people_now.items()
            if now - self._analysed_at[camera_id] <= within
        }

    def keep_only(self, camera_ids: Iterable[int]) -> None:
        """Let go of the pictures of cameras that nobody watches any more."""
        kept = frozenset(camera_ids)
        self._frames = {camera: frame for camera, frame in self._frames.items() if camera in kept}

    def _is_newer(self, notice: Overlay | Preview, *kinds: FrameKind) -> bool:
        """Say whether we hold a frame of these kinds that is at least as new."""
        held = self._frames.get(notice.camera_id)
        if held is None or held.kind not in kinds:
            return False
        return 0 <= held.frame_id - notice.frame_id < SET_BACK_US
