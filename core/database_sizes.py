"""How large the database was, hour by hour, to say how fast it grows.

Owns the key `mw:house:sizes`: a sorted set of `HOUR:BYTES`, by the hour's number since
1970, kept for five weeks. The jobs process writes it each hour; whatever loses Redis'
data loses no more than the answer to this question for a day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from core.keys import HOUSE_PREFIX
from core.types import from_microseconds, to_microseconds

if TYPE_CHECKING:
    from redis import Redis

KEPT = timedelta(days=35)
LOOK_BACK = timedelta(days=7)
APART_MIN = timedelta(hours=6)
"""Two sizes that are nearer to each other tell more of an hour than of a day."""

_KEY = HOUSE_PREFIX + "sizes"
_HOUR_US = 3_600_000_000


@dataclass(frozen=True, slots=True)
class DatabaseSize:
    at: datetime
    size_bytes: int


def note_size(redis: "Redis", size_bytes: int, now: datetime) -> None:
    """Remember the size of this hour; the first word of an hour stands."""
    hour, oldest = _hour(now), _hour(now - KEPT)
    with redis.pipeline(transaction=True) as pipe:
        pipe.zremrangebyscore(_KEY, "-inf", oldest)
        if not redis.zcount(_KEY, hour, hour):
            pipe.zadd(_KEY, {f"{hour}:{size_bytes}": hour})
        pipe.execute()


def read_sizes(redis: "Redis", since: datetime) -> list[DatabaseSize]:
    """Read the sizes from a moment on, oldest first."""
    entries: list[bytes] = redis.zrangebyscore(_KEY, _hour(since), "+inf")  # type: ignore[assignment]  # no scores asked for
    return [_parse(entry) for entry in entries]


def growth_per_day(sizes: Sequence[DatabaseSize]) -> float | None:
    """Say how many bytes a day it grows, from the first size to the last; None: not known yet."""
    if len(sizes) < 2 or sizes[-1].at - sizes[0].at < APART_MIN:
        return None
    days = (sizes[-1].at - sizes[0].at) / timedelta(days=1)
    return (sizes[-1].size_bytes - sizes[0].size_bytes) / days


def _hour(moment: datetime) -> int:
    return to_microseconds(moment) // _HOUR_US


def _parse(entry: bytes) -> DatabaseSize:
    hour, _, size_bytes = entry.partition(b":")
    return DatabaseSize(from_microseconds(int(hour) * _HOUR_US), int(size_bytes))
