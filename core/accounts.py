"""Read what became of every captured frame, per camera.

captured = analysed + unchanged + superseded + expired + lost + failed
           + waiting + in flight, at any moment. The queue's scripts write the
counts (`account:CAMERA`, and `account:CAMERA:MINUTE` for 25 hours). A server that
lost its data begins a new epoch, and every account with it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from core.keys import shard_of, shard_prefix
from core.types import from_microseconds

if TYPE_CHECKING:
    from redis import Redis

OUTCOMES = ("analysed", "unchanged", "superseded", "expired", "lost", "failed")


@dataclass(frozen=True, slots=True)
class FrameAccount:
    """Counts of frames of one camera since the server's data began."""

    captured: int = 0
    analysed: int = 0
    unchanged: int = 0
    superseded: int = 0
    expired: int = 0
    lost: int = 0
    failed: int = 0
    waiting: int = 0
    in_flight: int = 0

    @property
    def is_balanced(self) -> bool:
        resolved: int = sum(getattr(self, outcome) for outcome in OUTCOMES)
        return self.captured == resolved + self.waiting + self.in_flight


def read_accounts(
    redis: "Redis", camera_ids: Iterable[int], shards: int = 1
) -> dict[int, FrameAccount]:
    """Read the accounts of cameras, each in one atomic step."""
    return {camera_id: _read_account(redis, camera_id, shards) for camera_id in camera_ids}


def read_minutes(
    redis: "Redis", camera_id: int, minutes: range, shards: int = 1
) -> dict[int, FrameAccount]:
    """Read the accounts of minutes since 1970; a minute without frames is left out."""
    prefix = shard_prefix(shard_of(camera_id, shards))
    with redis.pipeline(transaction=False) as pipe:
        for minute in minutes:
            pipe.hgetall(f"{prefix}account:{camera_id}:{minute}")
        rows = pipe.execute()
    return {minute: _parse(row) for minute, row in zip(minutes, rows, strict=True) if row}


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
