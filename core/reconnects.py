"""How often live cameras were lost, and why the last time.

Owns the keys `mw:house:reconnects:CAMERA`: counts by minute for 25 hours, and the
last loss. Each is forgotten a week after its last loss.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from core.connections import as_bytes
from core.keys import HOUSE_PREFIX
from core.types import from_microseconds, to_microseconds

if TYPE_CHECKING:
    from redis import Redis

HOURS_KEPT = 25
_LIFE = timedelta(days=7)
_KEY = HOUSE_PREFIX + "reconnects:"
_AT, _REASON = "at", "reason"
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Loss:
    """A stream that ended. reason: fit for a user's eyes."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Reconnects:
    """How often one camera had to be connected anew. by_minute: only minutes with losses."""

    by_minute: Mapping[datetime, int] = field(default_factory=dict)
    last: Loss | None = None

    def since(self, moment: datetime) -> int:
        """Count those of minutes that end after a moment."""
        return sum(count for start, count in self.by_minute.items() if start + _MINUTE > moment)


def count_reconnect(redis: "Redis", camera_id: int, loss: Loss) -> None:
    """Count that a live camera was lost; minutes that are too old are dropped."""
    key, minute = _key(camera_id), _minute_of(loss.at)
    oldest = minute - HOURS_KEPT * 60
    names = (as_bytes(name).decode() for name in redis.hkeys(key))
    old = [name for name in names if name.isdigit() and int(name) < oldest]
    with redis.pipeline(transaction=True) as pipe:
        if old:
            pipe.hdel(key, *old)
        pipe.hincrby(key, str(minute), 1)
        pipe.hset(key, mapping={_AT: to_microseconds(loss.at), _REASON: loss.reason})
        pipe.expire(key, _LIFE)
        pipe.execute()


def forget_reconnects(redis: "Redis", camera_id: int) -> None:
    redis.delete(_key(camera_id))


def read_reconnects(redis: "Redis", camera_ids: Iterable[int]) -> dict[int, Reconnects]:
    """Read the losses of cameras; one that was never lost has none."""
    ids = list(camera_ids)
    with redis.pipeline(transaction=False) as pipe:
        for camera_id in ids:
            pipe.hgetall(_key(camera_id))
        return dict(zip(ids, map(_parse, pipe.execute()), strict=True))


def _parse(row: dict[bytes, bytes]) -> Reconnects:
    told = {name.decode(): value.decode() for name, value in row.items()}
    at, reason = told.pop(_AT, None), told.pop(_REASON, "")
    counts = {from_microseconds(int(one) * 60_000_000): int(count) for one, count in told.items()}
    return Reconnects(counts, None if at is None else Loss(from_microseconds(int(at)), reason))


def _key(camera_id: int) -> str:
    return f"{_KEY}{camera_id}"


def _minute_of(moment: datetime) -> int:
    return to_microseconds(moment) // 60_000_000
