"""How long frames take from their capture until they are recorded and shown.

Owns the keys `latency:CAMERA` (since the server's data began),
`latency:CAMERA:MINUTE` (kept for 65 minutes) and `latency:CAMERA:q:QUARTER` (of an
hour, kept for 25 hours): counts in buckets, each 19 % wider than the one below.
Captured is by the clock of ingest's host, shown by the recorder's: where these
differ, so do the figures.
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
MINUTE_S, QUARTER_S = 60, 900
_GRAINS = {MINUTE_S: ("", 3900), QUARTER_S: ("q:", 90_000)}
"""Of each grain, by its seconds: what its keys say of it, and how many seconds they live."""
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
                grains = {
                    _key(camera_id, self._shards, grain_s, now): life_s
                    for grain_s, (_, life_s) in _GRAINS.items()
                }
                for key in (_key(camera_id, self._shards), *grains):
                    for name, count in counts.items():
                        pipe.hincrby(key, name, count)
                for key, life_s in grains.items():
                    pipe.expire(key, life_s)
            pipe.execute()


def read_recent_latency(
    redis: "Redis", camera_ids: Iterable[int], now: datetime, shards: int = 1
) -> dict[int, Latency]:
    """Read the latencies of frames that were shown within the last minutes, by camera."""
    minutes = [now - timedelta(minutes=back) for back in range(LOOK_BACK_MINUTES)]
    ids = list(camera_ids)
    keys = [_key(camera_id, shards, MINUTE_S, at) for camera_id in ids for at in minutes]
    rows = iter(_read(redis, keys))
    return {camera_id: sum((next(rows) for _ in minutes), Latency()) for camera_id in ids}


def read_past_latency(
    redis: "Redis", camera_id: int, starts: Iterable[datetime], grain_s: int, shards: int = 1
) -> list[Latency]:
    """Read a camera's latencies by minutes or quarters that begin at `starts`.

    grain_s: MINUTE_S or QUARTER_S.
    """
    return _read(redis, [_key(camera_id, shards, grain_s, start) for start in starts])


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


def _key(camera_id: int, shards: int, grain_s: int = 0, at: datetime | None = None) -> str:
    """Name the key of the grain in which a moment lies, or of all time."""
    key = f"{shard_prefix(shard_of(camera_id, shards))}latency:{camera_id}"
    if at is None:
        return key
    return f"{key}:{_GRAINS[grain_s][0]}{to_microseconds(at) // (grain_s * 1_000_000)}"
