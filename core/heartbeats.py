"""Who is alive, and how the cameras are.

Processes beat every 2 s, ingest reports each camera's health on change and every
2 s; both are forgotten after 10 s. Owns the keys `mw:house:beat:*`, `health:*`.
"""

import os
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

import msgspec
from redis.exceptions import RedisError

from core.keys import HOUSE_PREFIX
from core.release import VERSION

if TYPE_CHECKING:
    from redis import Redis

BEAT_EVERY_S = 2.0
_LIFE_S = 10
_BEAT = HOUSE_PREFIX + "beat:"
_HEALTH = HOUSE_PREFIX + "health:"


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """One process that runs. kind: ingest, worker, recorder, jobs or dashboard.

    version: its release; models: the model versions that a worker uses; clock_ahead_s:
    of Redis's clock, at the least; below 0 it is behind.
    """

    kind: str
    host: str
    pid: int
    started_at: datetime
    detail: str = ""
    version: str = ""
    models: tuple[str, ...] = ()
    clock_ahead_s: float = 0.0

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.host}:{self.pid}"


class CameraState(StrEnum):
    CONNECTING = "connecting"
    LIVE = "live"
    RECONNECTING = "reconnecting"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class CameraHealth:
    """How a camera is; the reason is fit for a user's eyes and holds no password.

    reconnects: how often it was lost since its capture began.
    """

    camera_id: int
    state: CameraState
    since: datetime
    reason: str = ""
    size_wh: tuple[int, int] | None = None
    frames_per_second: float | None = None
    codec: str = ""
    reconnects: int = 0
    last_frame_at: datetime | None = None


class Beating:
    """Beats for this process from a thread of its own while the block runs.

    `detail` and `models` may be set at any time; operators read them beside the name.
    """

    def __init__(self, redis: "Redis", kind: str) -> None:
        self.detail = ""
        self.models: tuple[str, ...] = ()
        self._redis = redis
        self._heartbeat = Heartbeat(kind, socket.gethostname(), os.getpid(), datetime.now(UTC))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def __enter__(self) -> "Beating":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(BEAT_EVERY_S)
        with suppress(RedisError):
            end_beat(self._redis, self._heartbeat)

    def _run(self) -> None:
        while not self._stop.is_set():
            with suppress(RedisError):  # Whoever needs Redis for its work says that it is away.
                beat(self._redis, self._describe())
            self._stop.wait(BEAT_EVERY_S)

    def _describe(self) -> Heartbeat:
        return replace(self._heartbeat, detail=self.detail, models=self.models)


def beat(redis: "Redis", heartbeat: Heartbeat) -> None:
    """Say that this process is alive, of which release it is, and how its clock goes."""
    told = replace(heartbeat, version=VERSION, clock_ahead_s=_measure_clock(redis))
    redis.set(_BEAT + heartbeat.name, msgspec.json.encode(told), ex=_LIFE_S)


def end_beat(redis: "Redis", heartbeat: Heartbeat) -> None:
    """Say that this process has stopped."""
    redis.delete(_BEAT + heartbeat.name)


def read_heartbeats(redis: "Redis", kind: str = "*") -> list[Heartbeat]:
    """List the processes that are alive, of one kind or all, oldest first."""
    beats = _read_all(redis, f"{_BEAT}{kind}:*" if kind != "*" else f"{_BEAT}*", Heartbeat)
    return sorted(beats, key=lambda one: (one.kind, one.started_at))


def report_health(redis: "Redis", health: CameraHealth) -> None:
    redis.set(f"{_HEALTH}{health.camera_id}", msgspec.json.encode(health), ex=_LIFE_S)


def forget_health(redis: "Redis", camera_id: int) -> None:
    redis.delete(f"{_HEALTH}{camera_id}")


def read_health(redis: "Redis") -> dict[int, CameraHealth]:
    """Read the health of every camera that ingest reported within 10 s."""
    return {one.camera_id: one for one in _read_all(redis, _HEALTH + "*", CameraHealth)}


def _measure_clock(redis: "Redis") -> float:
    """Tell how far our clock is ahead of Redis's, however long the question was on its way."""
    asked_s = time.time()
    seconds, microseconds = redis.time()
    answered_s, theirs_s = time.time(), int(seconds) + int(microseconds) / 1e6
    return round(max(asked_s - theirs_s, min(0.0, answered_s - theirs_s)), 1)


T = TypeVar("T")


def _read_all(redis: "Redis", pattern: str, kind: type[T]) -> list[T]:
    keys = list(redis.scan_iter(match=pattern, count=500))
    entries = redis.mget(keys) if keys else []
    return [msgspec.json.decode(entry, type=kind) for entry in entries if entry is not None]
