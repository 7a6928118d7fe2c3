"""How cameras do: all of them at a glance, and one over the last hour or day."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from flask import Response
from pydantic import Field

from core.accounts import FrameAccount, read_minutes
from core.buckets import Bucket, floor
from core.camera_conditions import (
    LOOK_BACK_MINUTES,
    Condition,
    Finding,
    Signs,
    find_condition,
)
from core.heartbeats import CameraHealth, read_health, read_heartbeats
from core.latency import (
    MINUTE_S,
    QUARTER_S,
    Latency,
    read_past_latency,
    read_recent_latency,
)
from core.reconnects import Loss, Reconnects, read_reconnects
from core.storage.cameras import Camera, get_camera, list_cameras
from core.storage.engine import utc_now
from core.storage.frame_accounts import (
    accounts_by_camera,
    frame_accounts,
    last_delivered_minutes,
)
from core.storage.users import Role
from dashboard.access import identity, needs
from dashboard.api.cameras import CameraPath, blueprint
from dashboard.api.schemas import Answered, Asked, answer
from dashboard.api.system import LatencyAnswer, write_latency
from dashboard.services import services

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_UTC = ZoneInfo("UTC")
_SPANS = {"hour": (Bucket.MINUTE, MINUTE_S, 60), "day": (Bucket.QUARTER, QUARTER_S, 96)}
"""Of each span: its stretches, their seconds, and how many they are."""


class FramesAnswer(Answered):
    """captured = the sum of all that follows."""

    captured: int
    looked_at: int = Field(description="Analysed, or found unchanged since the frame before.")
    skipped: int = Field(description="Superseded by a newer one, or too old before its turn.")
    lost: int = Field(description="Could not be decoded, or died with a worker.")
    unresolved: int = Field(description="Nothing had become of them yet.")


class LossAnswer(Answered):
    at: datetime
    reason: str


class CameraConditionAnswer(Answered):
    """One camera; frames are those of the last 15 whole minutes."""

    camera_id: int
    name: str
    condition: Condition
    reason: str = Field(description="A sentence that says what to do; empty where all is well.")
    since: datetime | None = Field(description="When the state of its stream began.")
    last_frame_at: datetime | None
    frames: FramesAnswer
    latency: LatencyAnswer
    reconnects_hour: int
    reconnects_day: int
    last_error: LossAnswer | None = Field(description="Why it was lost the last time, in a week.")


class ConditionPage(Answered):
    items: list[CameraConditionAnswer]
    next_cursor: str | None = None


class HealthQuery(Asked):
    """hour: by minutes; day: by quarters of an hour."""

    span: Literal["hour", "day"] = "hour"


class HealthStretchAnswer(Answered):
    """One minute or quarter. gap: no frame was captured in it."""

    start: datetime
    gap: bool
    frames: FramesAnswer
    latency: LatencyAnswer
    reconnects: int


class CameraHealthAnswer(Answered):
    now: CameraConditionAnswer
    step_s: int = Field(description="Seconds of one stretch.")
    series: list[HealthStretchAnswer]
    frames: FramesAnswer = Field(description="Of all stretches.")
    latency: LatencyAnswer = Field(description="Of all stretches.")


@blueprint.get("/cameras/health", responses={200: ConditionPage})
@needs(Role.OPERATOR)
def list_conditions() -> Response:
    """Say of every camera how it does, what to do about it, and how its frames fared."""
    provided = services()
    with provided.database.read() as session:
        cameras = list_cameras(session, provided.box, identity().scope)
    return answer(ConditionPage(items=describe_conditions(cameras)))


@blueprint.get("/cameras/<int:camera_id>/health", responses={200: CameraHealthAnswer})
@needs(Role.OPERATOR)
def read_past_health(path: CameraPath, query: HealthQuery) -> Response:
    """Follow one camera through the last hour or day; the minute that runs is not in it."""
    provided = services()
    with provided.database.read() as session:
        camera = get_camera(session, provided.box, path.camera_id, identity().scope)
    bucket, step_s, count = _SPANS[query.span]
    last = floor(utc_now() - _MINUTE, bucket, _UTC)
    starts = [last - timedelta(seconds=step_s) * back for back in reversed(range(count))]
    series = _series(camera.id, starts, bucket, step_s)
    return answer(
        CameraHealthAnswer(
            now=describe_conditions([camera])[0],
            step_s=step_s,
            series=[one.write() for one in series],
            frames=_write_frames(sum((one.frames for one in series), FrameAccount())),
            latency=write_latency(sum((one.latency for one in series), Latency())),
        )
    )


@dataclass(frozen=True, slots=True)
class _Stretch:
    start: datetime
    frames: FrameAccount
    latency: Latency
    reconnects: int

    def write(self) -> HealthStretchAnswer:
        return HealthStretchAnswer(
            start=self.start,
            gap=self.frames.captured == 0,
            frames=_write_frames(self.frames),
            latency=write_latency(self.latency),
            reconnects=self.reconnects,
        )


def _series(
    camera_id: int, starts: Sequence[datetime], bucket: Bucket, step_s: int
) -> list[_Stretch]:
    provided, step = services(), timedelta(seconds=step_s)
    shards = provided.settings.redis_shards
    with provided.database.read() as session:
        end = starts[-1] + step
        buckets = frame_accounts(session, starts[0], end, bucket, _UTC, camera_id)
    found = {start: one.account for start, one in buckets.items()}
    if bucket is Bucket.MINUTE:  # the recorder copies minutes into SQL some seconds after their end
        keys = {(camera_id, int(one.timestamp()) // MINUTE_S): one for one in starts}
        late = read_minutes(provided.redis, list(keys), shards)
        found = {keys[key]: account for key, account in late.items()} | found
    latencies = read_past_latency(provided.redis, camera_id, starts, step_s, shards)
    losses = Counter[datetime]()
    for minute, count in read_reconnects(provided.redis, [camera_id])[camera_id].by_minute.items():
        losses[floor(minute, bucket, _UTC)] += count
    return [
        _Stretch(
            start,
            found.get(start, FrameAccount()),
            latency,
            losses[start],
        )
        for start, latency in zip(starts, latencies, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of one camera now."""

    camera: Camera
    health: CameraHealth | None
    frames: FrameAccount
    latency: Latency
    reconnects: Reconnects
    last_minute: datetime | None

    def signs(self, now: datetime, is_ingest_alive: bool) -> Signs:
        return Signs(
            self.camera.is_paused,
            self.camera.frames_per_second,
            self.health,
            is_ingest_alive,
            self.frames,
            self.latency,
            self.reconnects.since(now - _HOUR),
        )


def describe_conditions(cameras: Sequence[Camera]) -> list[CameraConditionAnswer]:
    """Look at cameras: ask SQL once, Redis a few times, then judge each."""
    now, is_ingest_alive = utc_now(), bool(read_heartbeats(services().redis, "ingest"))
    answers = []
    for known in _look_at(cameras, now):
        finding = find_condition(known.signs(now, is_ingest_alive))
        answers.append(_write_condition(known, finding, now))
    return answers


def _look_at(cameras: Sequence[Camera], now: datetime) -> list[_Known]:
    provided, ids = services(), [camera.id for camera in cameras]
    redis, shards = provided.redis, provided.settings.redis_shards
    health = read_health(redis)
    silent = [one for one in ids if one not in health or health[one].last_frame_at is None]
    this_minute = now.replace(second=0, microsecond=0)
    with provided.database.read() as session:
        since = this_minute - timedelta(minutes=LOOK_BACK_MINUTES)
        frames = accounts_by_camera(session, since, this_minute, ids)
        minutes = last_delivered_minutes(session, silent)
    latencies = read_recent_latency(redis, ids, now, shards)
    reconnects = read_reconnects(redis, ids)
    return [
        _Known(
            camera,
            health.get(camera.id),
            frames[camera.id],
            latencies[camera.id],
            reconnects[camera.id],
            minutes.get(camera.id),
        )
        for camera in cameras
    ]


def _write_condition(known: _Known, finding: Finding, now: datetime) -> CameraConditionAnswer:
    health, last = known.health, known.reconnects.last
    seen = health.last_frame_at if health else None
    return CameraConditionAnswer(
        camera_id=known.camera.id,
        name=known.camera.name,
        condition=finding.condition,
        reason=finding.reason,
        since=health.since if health else None,
        last_frame_at=seen or known.last_minute,
        frames=_write_frames(known.frames),
        latency=write_latency(known.latency),
        reconnects_hour=known.reconnects.since(now - _HOUR),
        reconnects_day=known.reconnects.since(now - _DAY),
        last_error=_write_loss(last),
    )


def _write_loss(loss: Loss | None) -> LossAnswer | None:
    return None if loss is None else LossAnswer(at=loss.at, reason=loss.reason)


def _write_frames(account: FrameAccount) -> FramesAnswer:
    return FramesAnswer(
        captured=account.captured,
        looked_at=account.analysed + account.unchanged,
        skipped=account.superseded + account.expired,
        lost=account.lost + account.failed,
        unresolved=account.unresolved,
    )
