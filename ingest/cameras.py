"""Keep one capture thread per camera of the database, and only those."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from core.heartbeats import CameraHealth, CameraState
from core.processes import Stop
from ingest.frame_steps import CapturePlan

logger = logging.getLogger(__name__)

CRASH_PAUSE_S = 1.0


class Capture(Protocol):
    """What runs in a camera's thread."""

    @property
    def health(self) -> CameraHealth: ...

    def run(self, stop: Stop) -> None: ...


@dataclass(slots=True)
class _Running:
    """A capture and its thread; None and None for a camera that is paused."""

    plan: CapturePlan
    capture: Capture | None
    thread: threading.Thread | None
    stop: Stop = field(default_factory=Stop)
    since: datetime = field(default_factory=lambda: datetime.now(UTC))


class CameraSupervisor:
    """Starts, restarts and stops captures, each without touching the others."""

    def __init__(self, make_capture: Callable[[CapturePlan], Capture]) -> None:
        self._make_capture = make_capture
        self._running: dict[int, _Running] = {}
        self._lock = threading.Lock()
        self.crashes = 0

    def follow(self, plans: list[CapturePlan]) -> set[int]:
        """Capture by exactly these plans; returns the ids of cameras that are gone."""
        wanted = {plan.camera_id: plan for plan in plans}
        with self._lock:
            gone = set(self._running) - set(wanted)
            for camera_id in gone:
                self._running.pop(camera_id).stop.set()
            for camera_id, plan in wanted.items():
                self._follow_one(camera_id, plan)
        return gone

    def healths(self) -> list[CameraHealth]:
        """Read the health of every camera, those paused included."""
        with self._lock:
            return [_health(running) for running in self._running.values()]

    def stop(self, timeout_s: float) -> int:
        """Stop all captures; returns how many were still busy after timeout_s.

        Those are stuck in a read of a camera that sends nothing; their threads
        end with the process.
        """
        deadline_s = time.monotonic() + timeout_s
        threads = [one.thread for one in self._running.values() if one.thread]
        self.follow([])
        for thread in threads:
            thread.join(max(0.0, deadline_s - time.monotonic()))
        return sum(thread.is_alive() for thread in threads)

    def _follow_one(self, camera_id: int, plan: CapturePlan) -> None:
        running = self._running.get(camera_id)
        if running and running.plan == plan:
            return
        if running:
            running.stop.set()
        self._running[camera_id] = self._start(plan)

    def _start(self, plan: CapturePlan) -> _Running:
        if plan.is_paused:
            return _Running(plan, None, None)
        capture, stop = self._make_capture(plan), Stop()
        name = f"camera-{plan.camera_id}"
        thread = threading.Thread(
            target=self._run_for_ever, args=(capture, plan, stop), name=name, daemon=True
        )
        thread.start()
        return _Running(plan, capture, thread, stop)

    def _run_for_ever(self, capture: Capture, plan: CapturePlan, stop: Stop) -> None:
        """Run a capture until it is stopped; what nobody foresaw is logged and tried again."""
        while not stop.is_set:
            try:
                capture.run(stop)
            except Exception:  # the thread's outermost loop
                self.crashes += 1
                logger.exception("camera %s: the capture failed; it starts again", plan.camera_id)
                stop.wait(CRASH_PAUSE_S)


def _health(running: _Running) -> CameraHealth:
    if running.capture:
        return running.capture.health
    return CameraHealth(running.plan.camera_id, CameraState.PAUSED, running.since)
