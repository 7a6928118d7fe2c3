"""How long frames take from their capture until they are recorded and shown.

Owns the keys `latency:CAMERA` (since the server's data began) and
`latency:CAMERA:MINUTE` (kept for 15 minutes): counts in buckets, each 19 % wider than
the one below. Captured is by the clock of ingest's host, shown by the recorder's:
where these differ, so do the figures.
"""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from core.keys import shard_of, shard_prefix
from core.types import to_microseconds

if TYPE_CHECKING:
    from redis import Redis

STEPS_PER_DOUBLING = 4
BOUNDS_S = tuple(0.01 * 2 ** (step / STEPS_PER_DOUBLING) for step in range(57))
"""Upper bounds: 10 ms to 164 s. What took longer is counted behind the last."""

LOOK_BACK_MINUTES = 5
_MINUTE_LIFE_S = 900
_SUM = "sum_us"


@dataclass(frozen=True, slots=True)
class Latency:
    """Latencies of frames. counts: by bucket, one more than there are bounds."""

    counts: Mapping[int, int] = field(default_factory=dict)
    sum_s: float = 0.0

    @property
    def frames(self) -> int:
        return sum(self.counts.values())

    def quantile_s(self, share: float) -> float | None:
        """Estimate what that share of the frames did not exceed; None where there are none.

        Right to half a bucket, 9 %; what lies behind the last bound is told as that.
        """
        wanted = max(1, math.ceil(share * self.frames))
        for bucket in sorted(self.counts):
            if wanted <= self.counts[bucket]:
                return _within(bucket, (wanted - 0.5) / self.counts[bucket])
            wanted -= self.counts[bucket]
        return None

    def __add__(self, other: "Latency") -> "Latency":
        return Latency(Counter(self.counts) + Counter(other.counts), self.sum_s + other.sum_s)


class LatencyMeter:
    """Gathers the latencies that one recorder sees, and writes them now and then."""

    def __init__(self, redis: "Redis", shards: int = 1) -> None:
        self._redis = redis
        self._shards = shards
        self._counts: dict[int, Counter[str]] = {}

    def add(self, camera_id: int, took: timedelta) -> None:
        """Count one frame; where clocks differ it may have taken less than nothing."""
        counts = self._counts.setdefault(camera_id, Counter())
        counts[str(bisect_left(BOUNDS_S, took.total_seconds()))] += 1
        counts[_SUM] += max(0, took // timedelta(microseconds=1))

    def write(self, now: datetime) -> None:
        """Write what was gathered; nothing is counted twice, and little is lost by a kill."""
        gathered, self._counts = self._counts, {}
        with self._redis.pipeline(transaction=False) as pipe:
            for camera_id, counts in gathered.items():
                minute = _key(camera_id, self._shards, _minute_of(now))
                for key in (_key(camera_id, self._shards), minute):
                    for name, count in counts.items():
                        pipe.hincrby(key, name, count)
                pipe.expire(minute, _MINUTE_LIFE_S)
            pipe.execute()


def read_recent_latency(
    redis: "Redis", camera_ids: Iterable[int], now: datetime, shards: int = 1
) -> dict[int, Latency]:
    """Read the latencies of frames that were shown within the last minutes, by camera."""
    last = _minute_of(now)
    minutes = range(last - LOOK_BACK_MINUTES + 1, last + 1)
    ids = list(camera_ids)
    keys = [_key(camera_id, shards, minute) for camera_id in ids for minute in minutes]
    rows = iter(_read(redis, keys))
    return {camera_id: sum((next(rows) for _ in minutes), Latency()) for camera_id in ids}


def read_latency(redis: "Redis", camera_ids: Iterable[int], shards: int = 1) -> dict[int, Latency]:
    """Read the latencies of all frames since the server's data began, by camera."""
    ids = list(camera_ids)
    return dict(zip(ids, _read(redis, [_key(one, shards) for one in ids]), strict=True))


def _read(redis: "Redis", keys: Iterable[str]) -> list[Latency]:
    with redis.pipeline(transaction=False) as pipe:
        for key in keys:
            pipe.hgetall(key)
        return [_parse(row) for row in pipe.execute()]


def _parse(row: dict[bytes, bytes]) -> Latency:
    counts = {name.decode(): int(count) for name, count in row.items()}
    sum_us = counts.pop(_SUM, 0)
    return Latency({int(bucket): count for bucket, count in counts.items()}, sum_us / 1e6)


def _within(bucket: int, share: float) -> float:
    """Find the point of a bucket that has that share of it below; buckets are even in logs."""
    upper = BOUNDS_S[min(bucket, len(BOUNDS_S) - 1)]
    if bucket == 0:
        return upper * share
    if bucket == len(BOUNDS_S):
        return upper
    lower = BOUNDS_S[bucket - 1]
    return lower * math.pow(upper / lower, share)


def _key(camera_id: int, shards: int, minute: int | None = None) -> str:
    prefix = shard_prefix(shard_of(camera_id, shards))
    return f"{prefix}latency:{camera_id}" + ("" if minute is None else f":{minute}")


def _minute_of(moment: datetime) -> int:
    return to_microseconds(moment) // 60_000_000
