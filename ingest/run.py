"""The ingest process: all cameras, their health, the checks, the heartbeat."""

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from redis.exceptions import RedisError

from core.connections import connect_redis
from core.errors import MaskwatchError
from core.frames import FrameQueue
from core.heartbeats import (
    BEAT_EVERY_S,
    CameraHealth,
    Heartbeat,
    beat,
    end_beat,
    forget_health,
    report_health,
)
from core.live import LiveChannel
from core.processes import Stop
from core.reconnects import Loss, count_reconnect, forget_reconnects
from core.requests import answer_next
from core.secrets import SecretBox
from core.settings import Settings
from core.storage.cameras import Camera, list_cameras
from core.storage.engine import Database
from ingest.camera_search import SearchDesk
from ingest.cameras import CameraSupervisor
from ingest.capture import CameraCapture
from ingest.checks import CheckAnswerer
from ingest.frame_steps import CapturePlan

if TYPE_CHECKING:
    from redis import Redis

logger = logging.getLogger(__name__)

POLL_EVERY_S = 1.0
STOP_WITHIN_S = 2.5
"""Of the 3 s in which a process ends; the rest is for saying goodbye."""


def run_ingest(settings: Settings, stop: Stop) -> None:
    """Capture the cameras of the database until asked to stop.

    1. Connect: Redis, SQL, the key. Raises BadSettings.
    2. Answer camera checks and searches, beat and report health, each in threads of their own.
    3. Follow the database once a second.
    4. Stop every capture, say that we are gone, and leave.
    """
    redis, database = connect_redis(settings), Database(settings.database)
    box = SecretBox.open(settings.key_file)
    database.check()
    process = IngestProcess(settings, redis, lambda: _read_cameras(database, box))
    CheckAnswerer(partial(answer_next, redis), box, settings.media).start(stop)
    SearchDesk(partial(answer_next, redis), box).start(stop)
    pulse = threading.Thread(target=process.beat_until, args=(stop,), name="pulse", daemon=True)
    pulse.start()
    while not stop.is_set:
        process.poll()
        stop.wait(POLL_EVERY_S)
    process.end()
    database.close()
    _leave()


def _leave() -> None:
    """End the process here if threads are still in a read or in a drawing.

    They are in C++ code, which aborts the process when the interpreter ends under it.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if is_main and any(thread.daemon for thread in threading.enumerate()):
        logging.shutdown()
        os._exit(0)


class IngestProcess:
    """The supervisor of captures, bound to Redis and SQL."""

    def __init__(
        self, settings: Settings, redis: "Redis", read_cameras: Callable[[], list[Camera]]
    ) -> None:
        self._settings, self._redis, self._read_cameras = settings, redis, read_cameras
        self._queue = FrameQueue(redis, settings.redis_shards, results_bound=settings.results_bound)
        self._live = LiveChannel(redis, settings.redis_shards)
        self._supervisor = CameraSupervisor(self._make_capture)
        self._started_at = datetime.now(UTC)
        self._sql_is_away = False

    def poll(self) -> None:
        """Follow the database; while it is away, go on with the cameras that are known."""
        try:
            cameras = self._read_cameras()
        except MaskwatchError as error:
            if not self._sql_is_away:
                logger.warning("the cameras cannot be read, going on as before: %s", error)
            self._sql_is_away = True
            return
        if self._sql_is_away:
            logger.info("the cameras can be read again")
        self._sql_is_away = False
        for camera_id in self._supervisor.follow([plan_capture(camera) for camera in cameras]):
            self._forget(camera_id)

    def beat_until(self, stop: Stop) -> None:
        """Beat and report every 2 s; a Redis that is away is tried again."""
        while True:
            try:
                self.beat()
            except RedisError as error:
                logger.warning("Redis does not answer: %s", error)
            if stop.wait(BEAT_EVERY_S):
                return

    def beat(self) -> None:
        beat(self._redis, self._heartbeat())
        for health in self._supervisor.healths():
            report_health(self._redis, health)

    def end(self) -> None:
        """Stop the captures, and take the heartbeat back."""
        busy = self._supervisor.stop(STOP_WITHIN_S)
        if busy:
            logger.info("%s cameras were left while they sent nothing", busy)
        with _if_redis_answers():
            end_beat(self._redis, self._heartbeat())

    def _heartbeat(self) -> Heartbeat:
        cameras = len(self._supervisor.healths())
        detail = f"{cameras} cameras, {self._supervisor.crashes} crashes"
        if self._sql_is_away:
            detail += ", the database does not answer"
        return Heartbeat("ingest", socket.gethostname(), os.getpid(), self._started_at, detail)

    def _make_capture(self, plan: CapturePlan) -> CameraCapture:
        media = self._settings.media
        return CameraCapture(
            plan, self._queue, self._live, self._report, media, on_loss=self._note_loss
        )

    def _report(self, health: CameraHealth) -> None:
        with _if_redis_answers():
            report_health(self._redis, health)

    def _note_loss(self, camera_id: int, loss: Loss) -> None:
        with _if_redis_answers():
            count_reconnect(self._redis, camera_id, loss)

    def _forget(self, camera_id: int) -> None:
        with _if_redis_answers():
            forget_health(self._redis, camera_id)
            forget_reconnects(self._redis, camera_id)


def plan_capture(camera: Camera) -> CapturePlan:
    """Take from a camera what its capture needs."""
    return CapturePlan(
        camera.id,
        camera.address,
        camera.transport,
        camera.frames_per_second,
        camera.long_side,
        camera.is_paused,
    )


def _read_cameras(database: Database, box: SecretBox) -> list[Camera]:
    with database.read() as session:
        return list_cameras(session, box)


@contextmanager
def _if_redis_answers() -> Iterator[None]:
    """Tell Redis something that can be left out: it is told again, or expires."""
    try:
        yield
    except RedisError as error:
        logger.debug("Redis was not told: %s", error)
