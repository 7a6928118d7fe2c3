"""The threads of a dashboard process: listener, deliverer, writer, keeper, ticker; see live.py."""

import logging
import os
import socket
import threading
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from redis.exceptions import RedisError

from core.access_scopes import CameraScope
from core.errors import DatabaseAway
from core.heartbeats import BEAT_EVERY_S, Heartbeat, beat, end_beat
from core.live import LiveChannel
from core.storage.engine import utc_now
from core.storage.sessions import SEEN_EVERY
from dashboard.admissions import Admission, mark_in_use
from dashboard.figures import Figures, figures_message, read_figures
from dashboard.live import Outbox
from dashboard.services import Services
from dashboard.websockets import WebSockets

logger = logging.getLogger(__name__)

LISTEN_S = 3600.0
PAUSE_S = 1.0
"""After an error, before trying again."""
TICK_MIN_S = 0.25
"""Viewers that join wake the ticker, but not more often than this."""


class LiveLoops:
    """Keeps the viewers of this process up to date."""

    def __init__(
        self, services: Services, channel: LiveChannel, outbox: Outbox, writer: WebSockets
    ) -> None:
        self._services = services
        self._channel = channel
        self._outbox = outbox
        self._writer = writer
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._cameras_version: frozenset[tuple[int, int]] = frozenset()
        self._scopes: Mapping[Admission, CameraScope] = {}
        self._marked_at: datetime | None = None
        self._heartbeat = Heartbeat(
            kind="dashboard", host=socket.gethostname(), pid=os.getpid(), started_at=utc_now()
        )

    def start(self) -> None:
        """Start the threads; they end with the process or by stop()."""
        for work in (self._listen, self._deliver, self._writer.run, self._keep_on, self._tick_on):
            threading.Thread(target=work, name=work.__name__, daemon=True).start()

    def stop(self) -> None:
        """Ask the threads to end, and say that this process has stopped."""
        self._stop.set()
        self._wake.set()
        self._writer.stop()
        end_beat(self._services.redis, self._heartbeat)

    def wake(self) -> None:
        """Have the next tick soon: somebody has joined and sees no numbers yet."""
        self._wake.set()

    def keep(self) -> None:
        """Every 2 s, say that we are alive and what is watched. SQL may be slow, or away."""
        beat(self._services.redis, self._heartbeat)
        self._services.hub.refresh()

    def tick(self, now: datetime) -> None:
        """Every 2 s, send the statistics; nothing is read while nobody looks.

        Raises DatabaseAway; the pages are told.
        """
        provided = self._services
        if not provided.hub.viewers:
            return
        admissions = set(provided.connections.admissions().values())
        try:
            figures = read_figures(
                provided.database,
                provided.redis,
                provided.box,
                provided.hub.people_now(),
                now,
                admissions,
            )
        except DatabaseAway:
            self._outbox.send_all("database_away", {})
            raise
        # Only those that were asked about: a page may have been opened since.
        provided.connections.cut_ended(admissions - figures.scopes.keys())
        self._send_statistics(figures)
        if self._has_other_cameras(figures):
            self._outbox.send_all("cameras", {})
        self._mark_in_use(figures.scopes.keys(), now)

    def _send_statistics(self, figures: Figures) -> None:
        """Send each viewer the numbers of the cameras that they may see, and no others."""
        viewers: defaultdict[CameraScope, list[str]] = defaultdict(list)
        for viewer_id, admission in self._services.connections.admissions().items():
            if admission in figures.scopes:
                viewers[figures.scopes[admission]].append(viewer_id)
        for scope, viewer_ids in viewers.items():
            visible = figures.visible(scope)
            for viewer_id in viewer_ids:
                self._services.hub.limit(viewer_id, visible)
            self._outbox.send_each(viewer_ids, "statistics", figures_message(figures.within(scope)))

    def _has_other_cameras(self, figures: Figures) -> bool:
        """Say whether a camera has changed since the last tick, or what a session may see."""
        version, before = figures.cameras_version(), self._scopes
        has_others = any(before.get(one, scope) != scope for one, scope in figures.scopes.items())
        is_changed = version != self._cameras_version
        self._cameras_version, self._scopes = version, figures.scopes
        return is_changed or has_others

    def _mark_in_use(self, admissions: Collection[Admission], now: datetime) -> None:
        if self._marked_at is None or now - self._marked_at >= SEEN_EVERY:
            self._marked_at = now
            mark_in_use(self._services.database, admissions, now)

    def _listen(self) -> None:
        while not self._stop.is_set():
            try:
                for notice in self._channel.notices(LISTEN_S):
                    self._services.hub.take(notice)
                    if self._stop.is_set():
                        return
            except Exception as error:  # the thread's outermost loop
                self._note_failure("listening failed", error)

    def _deliver(self) -> None:
        while not self._stop.is_set():
            try:
                self._services.hub.deliver_next(PAUSE_S)
            except Exception as error:  # the thread's outermost loop
                self._note_failure("a frame was not delivered", error)

    def _keep_on(self) -> None:
        while not self._stop.is_set():
            try:
                self.keep()
            except Exception as error:  # the thread's outermost loop
                self._note_failure("a heartbeat failed", error)
            self._stop.wait(BEAT_EVERY_S)

    def _tick_on(self) -> None:
        while not self._stop.is_set():
            try:
                self.tick(utc_now())
            except Exception as error:  # the thread's outermost loop
                self._note_failure("the statistics failed", error)
            self._wake.wait(BEAT_EVERY_S)
            self._stop.wait(TICK_MIN_S)
            self._wake.clear()

    def _note_failure(self, what: str, error: Exception) -> None:
        """Log it and wait a second, unless we are stopping and Redis has gone before us.

        A server that is away is told in a line, anything else with its traceback.
        """
        if self._stop.wait(PAUSE_S):
            return
        is_bug = not isinstance(error, RedisError | DatabaseAway)
        logger.error("%s: %s; trying again", what, error, exc_info=error if is_bug else None)
