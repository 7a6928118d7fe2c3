"""Read what became of every captured frame, per camera.

captured = analysed + unchanged + superseded + expired + lost + failed
           + waiting + in flight, at any moment. The queue's scripts write the
counts (`account:CAMERA`, and `account:CAMERA:MINUTE` for 25 hours). A server that
lost its data begins a new epoch, and every account with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from core.keys import shard_of, shard_prefix
from core.types import from_microseconds

if TYPE_CHECKING:
    from redis import Redis

MinuteKey: TypeAlias = tuple[int, int]
"""A camera, and a minute by its number since 1970."""

MINUTES_KEPT = 25 * 60 - 1
"""So many whole minutes before this one are still there; as ACCOUNT_LIFE_S of common.lua."""

OUTCOMES = ("analysed", "unchanged", "superseded", "expired", "lost", "failed")


@dataclass(frozen=True, slots=True)
class FrameAccount:
    """Counts of frames of one camera, since the server's data began or within a minute.

    Minutes do not tell what waits and what is in flight apart: see `unresolved`.
    """

    captured: int = 0
    analysed: int = 0
    unchanged: int = 0
    superseded: int = 0
    expired: int = 0
    lost: int = 0
    failed: int = 0
    waiting: int = 0
    in_flight: int = 0

    def __add__(self, other: "FrameAccount") -> "FrameAccount":
        names = self.__slots__
        return FrameAccount(*(getattr(self, name) + getattr(other, name) for name in names))

    @property
    def unresolved(self) -> int:
        """Count the frames of which nothing has become yet."""
        resolved: int = sum(getattr(self, outcome) for outcome in OUTCOMES)
        return self.captured - resolved

    @property
    def is_balanced(self) -> bool:
        return self.unresolved == self.waiting + self.in_flight


def read_accounts(
    redis: "Redis", camera_ids: Iterable[int], shards: int = 1
) -> dict[int, FrameAccount]:
    """Read the accounts of cameras, each in one atomic step."""
    return {camera_id: _read_account(redis, camera_id, shards) for camera_id in camera_ids}


def read_minutes(
    redis: "Redis", keys: Sequence[MinuteKey], shards: int = 1
) -> dict[MinuteKey, FrameAccount]:
    """Read the accounts of minutes; one without frames is left out."""
    with redis.pipeline(transaction=False) as pipe:
        for camera_id, minute in keys:
            prefix = shard_prefix(shard_of(camera_id, shards))
            pipe.hgetall(f"{prefix}account:{camera_id}:{minute}")
        rows = pipe.execute()
    return {key: _parse(row) for key, row in zip(keys, rows, strict=True) if row}


def read_this_minute(redis: "Redis") -> int:
    """Read the server's minute, by which frames are counted; no clock of ours is."""
    seconds, _ = redis.time()
    return int(seconds) // 60


def read_epoch(redis: "Redis", shards: int = 1) -> datetime | None:
    """Read since when the accounts count; None before the first frame."""
    begun = redis.mget([f"{shard_prefix(shard)}epoch" for shard in range(shards)])
    milliseconds = [int(one) for one in begun if one is not None]
    return from_microseconds(max(milliseconds) * 1000) if milliseconds else None


def _read_account(redis: "Redis", camera_id: int, shards: int) -> FrameAccount:
    prefix = shard_prefix(shard_of(camera_id, shards))
    with redis.pipeline(transaction=True) as pipe:
        pipe.hgetall(f"{prefix}account:{camera_id}")
        pipe.hexists(prefix + "frames", str(camera_id))
        pipe.hexists(prefix + "leases", str(camera_id))
        row, is_waiting, is_in_flight = pipe.execute()
    return _parse(row, int(is_waiting), int(is_in_flight))


def _parse(row: dict[bytes, bytes], waiting: int = 0, in_flight: int = 0) -> FrameAccount:
    counts = {name.decode(): int(value) for name, value in row.items()}
    return FrameAccount(**counts, waiting=waiting, in_flight=in_flight)
