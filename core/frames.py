"""The frame queue: a few perishable frames per camera, newest wins, all accounted for.

Owns the keys `waiting`, `frames`, `inflight`, `leases`, `bell`, `told`, `picture:*`
of each shard. Four Lua scripts own every change, so each is one atomic step.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from core.encoding import decode_frame, encode_frame, encode_result
from core.errors import BadEntry
from core.keys import shard_of, shard_prefix
from core.types import Frame, Result, ResultKind

if TYPE_CHECKING:
    from redis import Redis

PICTURE_LIFE_MS = 3000
"""A watched camera's picture outlives its analysis this long, until its overlay has come."""

CROPS_WAITING_MAX = 500
"""Results of a partition that may wait with their crops; later ones leave theirs out. While
SQL is away crops would fill Redis: a result takes 0.2 kB, its crops up to some 40."""

_SCRIPTS = Path(__file__).parent / "lua"


@dataclass(frozen=True, slots=True)
class LeasedFrame:
    """A frame that this worker alone may finish, until the lease runs out."""

    frame: Frame
    token: str


class FrameQueue:
    """Push from ingest, take and finish from workers; any number of each."""

    def __init__(
        self,
        redis: "Redis",
        shards: int = 1,
        staleness_ms: int = 1500,
        lease_ms: int = 2000,
        results_bound: int = 20_000,
    ) -> None:
        self._redis = redis
        self._shards = shards
        self._staleness_ms = staleness_ms
        self._lease_ms = lease_ms
        self._results_bound = results_bound
        self._next_shard = 0
        common = (_SCRIPTS / "common.lua").read_text()
        self._push, self._unchanged, self._take, self._finish = (
            redis.register_script(common + (_SCRIPTS / f"{name}.lua").read_text())
            for name in ("push", "unchanged", "take", "finish")
        )

    def push(self, frame: Frame) -> None:
        """Count a captured frame and let it wait; one that waits already is superseded."""
        prefix = self._prefix(frame.camera_id)
        keys = [prefix + name for name in ("waiting", "frames", "inflight", "bell")]
        self._push(keys, [prefix, frame.camera_id, frame.frame_id, encode_frame(frame)])

    def push_unchanged(self, camera_id: int, captured_at: datetime) -> None:
        """Count a captured frame in which nothing moved."""
        prefix = self._prefix(camera_id)
        result = Result(camera_id, captured_at, (0, 0), ResultKind.UNCHANGED)
        entry = encode_result(result)
        self._unchanged([prefix + "told"], [prefix, camera_id, entry, self._results_bound])

    def take(self, count: int, wait_s: float) -> list[LeasedFrame]:
        """Lease up to count frames of as many cameras; wait for the first at most wait_s.

        A broken entry is finished as failed at once and left out.
        """
        taken = list(self._take_now(count))
        if not taken and wait_s > 0 and self._wait_for_bell(wait_s):
            taken = list(self._take_now(count))
        return taken

    def finish(self, leased: LeasedFrame, result: Result) -> bool:
        """Write result, count and deletion at once. False if the lease had run out.

        Where many results wait already, this one goes without its crops.
        """
        entry = encode_result(result)
        bare = encode_result(replace(result, crops=())) if result.crops else entry
        return self._end(leased.frame.camera_id, leased.token, "analysed", entry, bare)

    def fail(self, leased: LeasedFrame) -> bool:
        """Count a frame that could not be decoded."""
        return self._end(leased.frame.camera_id, leased.token, "failed")

    def _take_now(self, count: int) -> Iterator[LeasedFrame]:
        """Ask the shards in turn, beginning with another one each time."""
        first, self._next_shard = self._next_shard, (self._next_shard + 1) % self._shards
        for step in range(self._shards):
            if count <= 0:
                return
            for leased in self._take_from((first + step) % self._shards, count):
                count -= 1
                yield leased

    def _take_from(self, shard: int, count: int) -> Iterator[LeasedFrame]:
        prefix, token = shard_prefix(shard), secrets.token_hex(8)
        keys = [prefix + name for name in ("waiting", "frames", "inflight", "leases")]
        limits = [self._staleness_ms, self._lease_ms, self._results_bound]
        for camera, _, entry in self._take(keys, [prefix, count, token, *limits]):
            try:
                yield LeasedFrame(decode_frame(int(camera), entry), token)
            except BadEntry:
                self._end(int(camera), token, "failed")

    def _wait_for_bell(self, wait_s: float) -> bool:
        bells = [shard_prefix(shard) + "bell" for shard in range(self._shards)]
        return self._redis.blpop(bells, timeout=wait_s) is not None

    def _end(
        self, camera_id: int, token: str, outcome: str, entry: bytes = b"", bare: bytes = b""
    ) -> bool:
        prefix = self._prefix(camera_id)
        keys = [prefix + name for name in ("waiting", "inflight", "leases", "bell")]
        asked: list[str | int | bytes] = [prefix, camera_id, token, outcome, entry]
        return bool(self._finish(keys, [*asked, PICTURE_LIFE_MS, bare, CROPS_WAITING_MAX]))

    def _prefix(self, camera_id: int) -> str:
        return shard_prefix(shard_of(camera_id, self._shards))
