"""The live channel to the browsers: frames by credit, statistics every 2 s.

Five threads a process. The listener reads notices from Redis and keeps the newest of
each camera; the deliverer packs their frames, once for all, for the viewers that have a
credit; the writer (websockets.py) writes them out and hears what was drawn; the keeper
says which cameras are watched, and beats; the ticker sends the statistics. None waits for
a viewer, and only the ticker for SQL: while that is away, pictures go on.
With one credit a camera at most one frame of each camera is on its way to a page. A
process at its limit so skips frames, and those that it shows are new.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Protocol

from core.live import LiveChannel, Overlay, Preview
from dashboard.packets import pack_frame
from dashboard.viewers import CAMERAS_MAX, LiveFrame, NewestFrames, Viewer

logger = logging.getLogger(__name__)

FRESH = timedelta(seconds=5)
"""A picture older than this is not live."""


class Outbox(Protocol):
    """Carries messages to viewers; never waits for one."""

    def send_frame(self, viewer_ids: Sequence[str], wire: bytes) -> None: ...

    def send_each(self, viewer_ids: Sequence[str], event: str, message: dict[str, Any]) -> None: ...

    def send_all(self, event: str, message: dict[str, Any]) -> None: ...


class LiveHub:
    """Knows this process's viewers and the newest frame of each camera they watch."""

    def __init__(self, channel: LiveChannel, outbox: Outbox, clock: Callable[[], datetime]) -> None:
        self._channel = channel
        self._outbox = outbox
        self._clock = clock
        self._newest = NewestFrames()
        self._wires: dict[int, bytes] = {}
        self._viewers: dict[str, Viewer] = {}
        self._asked_for: Counter[int] = Counter()
        self._lock = threading.Lock()
        self._has_arrived = threading.Condition(self._lock)
        self._due: dict[int, Overlay | Preview] = {}
        self._is_due = threading.Condition(self._lock)

    def join(self, viewer_id: str) -> None:
        with self._lock:
            self._viewers[viewer_id] = Viewer()

    def leave(self, viewer_id: str) -> None:
        with self._lock:
            self._viewers.pop(viewer_id, None)

    @property
    def viewers(self) -> int:
        return len(self._viewers)

    def watch(self, viewer_id: str, camera_ids: Iterable[int]) -> None:
        """Replace what a viewer watches, and show it at once what is at hand."""
        wanted = frozenset(camera_ids)
        with self._lock:
            viewer = self._viewers.get(viewer_id)
            if viewer is None:
                return
            viewer.watch(wanted)
        self._channel.watch(wanted)
        for camera_id in wanted:
            self._send_newest(viewer_id, camera_id)

    def expect(self, camera_ids: Iterable[int]) -> None:
        """Have these cameras' pictures on their way for a page that is just being opened."""
        self._channel.watch(islice(camera_ids, CAMERAS_MAX))

    def watched(self, viewer_id: str) -> frozenset[int]:
        """Tell which cameras a viewer watches."""
        with self._lock:
            viewer = self._viewers.get(viewer_id)
            return viewer.camera_ids if viewer else frozenset()

    def limit(self, viewer_id: str, camera_ids: Collection[int]) -> None:
        """Take off a viewer's list what is not among these: they may see it no more."""
        with self._lock:
            viewer = self._viewers.get(viewer_id)
            if viewer is not None and not viewer.camera_ids.issubset(camera_ids):
                viewer.watch(viewer.camera_ids.intersection(camera_ids))

    def take(self, notice: Overlay | Preview) -> None:
        """Take a notice in; it waits for the deliverer, unless a newer one replaces it."""
        with self._lock:
            is_shown = self._newest.note(notice, self._clock())
            if is_shown and notice.camera_id in self._watched():
                self._due[notice.camera_id] = notice
                self._is_due.notify()

    def deliver_next(self, timeout_s: float) -> bool:
        """Hand one camera's newest frame to everyone with a credit for it. False if none came."""
        with self._is_due:
            if not self._is_due.wait_for(lambda: self._due, timeout_s):
                return False
            # The camera that waits longest: replacing a notice keeps its place.
            notice = self._due.pop(next(iter(self._due)))
        jpeg = self._channel.picture(notice.camera_id, notice.frame_id)
        if jpeg is not None:
            self._deliver(notice, jpeg)
        return True

    def refresh(self) -> None:
        """Say which cameras are watched, for the next 5 s, and let the others' pictures go."""
        with self._lock:
            watched = self._watched()
            self._newest.keep_only(watched)
            self._wires = {one: wire for one, wire in self._wires.items() if one in watched}
        self._channel.watch(watched)

    def people_now(self) -> dict[int, int]:
        """Read how many people the cameras show, where a recent overlay told."""
        with self._lock:
            return self._newest.people_now(self._clock(), FRESH)

    def wait_for_frame(self, camera_id: int, timeout_s: float) -> LiveFrame | None:
        """Wait for a live picture of a camera; None if none came in time."""
        with self._asking_for(camera_id):
            self._channel.watch([camera_id])
            with self._has_arrived:
                self._has_arrived.wait_for(lambda: self._is_fresh(camera_id), timeout_s)
                return self._newest.get(camera_id) if self._is_fresh(camera_id) else None

    def drawn(self, viewer_id: str, camera_id: int) -> None:
        """Note that a browser has drawn its frame; what came meanwhile goes out now."""
        with self._lock:
            viewer = self._viewers.get(viewer_id)
            late = viewer.acknowledge(camera_id, self._clock()) if viewer else ()
        for one in late:
            self._send_newest(viewer_id, one)

    def _deliver(self, notice: Overlay | Preview, jpeg: bytes) -> None:
        now = self._clock()
        with self._lock:
            frame = self._newest.put(notice, jpeg)
            wire = self._wires[frame.camera_id] = pack_frame(frame)
            takers = [name for name, one in self._viewers.items() if _takes(one, frame, now)]
            self._has_arrived.notify_all()
        self._outbox.send_frame(takers, wire)

    def _send_newest(self, viewer_id: str, camera_id: int) -> None:
        now = self._clock()
        with self._lock:
            viewer = self._viewers.get(viewer_id)
            frame = self._newest.get(camera_id)
            if viewer is None or frame is None or not self._is_fresh(camera_id):
                return
            if not _takes(viewer, frame, now):
                return
            wire = self._wires[camera_id]
        self._outbox.send_frame([viewer_id], wire)

    def _watched(self) -> frozenset[int]:
        return frozenset(+self._asked_for).union(
            *(viewer.camera_ids for viewer in self._viewers.values())
        )

    def _is_fresh(self, camera_id: int) -> bool:
        frame = self._newest.get(camera_id)
        return frame is not None and self._clock() - frame.captured_at <= FRESH

    @contextmanager
    def _asking_for(self, camera_id: int) -> Iterator[None]:
        """Count a camera as watched meanwhile."""
        with self._lock:
            self._asked_for[camera_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._asked_for[camera_id] -= 1


def _takes(viewer: Viewer, frame: LiveFrame, now: datetime) -> bool:
    return viewer.take(frame.camera_id, frame.frame_id, now)
