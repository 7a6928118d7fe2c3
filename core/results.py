"""The results queue: analysed frames on their way to SQL, in 32 ordered partitions.

Owns the streams `results:PARTITION` and the leases `recorder:PARTITION`. The mark
of what has been recorded stands in SQL; a stream is trimmed only up to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from core.encoding import decode_result
from core.errors import BadEntry
from core.keys import PARTITIONS, shard_prefix
from core.types import Result

if TYPE_CHECKING:
    from redis import Redis

_OWNER_LIFE_MS = 5000


@dataclass(frozen=True, slots=True)
class ResultBatch:
    """Results of one partition in order. last_id: the mark after them. refused: broken entries."""

    partition: int
    results: tuple[Result, ...]
    last_id: str
    refused: int


class Lease(IntEnum):
    """What came of asking for a partition. NEW: nobody had it, not even we."""

    OTHERS = 0
    NEW = 1
    KEPT = 2


class ResultQueue:
    """Read results of the partitions that this recorder owns."""

    def __init__(self, redis: "Redis", owner: str, shards: int = 1) -> None:
        self._redis = redis
        self._owner = owner
        self._shards = shards
        self._renew = redis.register_script(_RENEW)
        self._go_on = redis.register_script(_GO_ON)

    def own(self, partition: int) -> Lease:
        """Take or keep the lease of a partition, for the next 5 s."""
        key = self._key("recorder", partition)
        return Lease(int(self._renew([key], [self._owner, _OWNER_LIFE_MS])))

    def disown(self, partition: int) -> None:
        """Give a partition back, if it is ours."""
        self._renew([self._key("recorder", partition)], [self._owner, 0])

    def go_on_from(self, partition: int, mark: str) -> int:
        """Let results be numbered from a mark on; returns how many are given up.

        A server that lost its data, and whose clock is behind the one of before, would
        number new results as if they were recorded already. Those that it has numbered
        so cannot be told from recorded ones.
        """
        return int(self._go_on([self._key("results", partition)], [mark, _after(mark)]))

    def take(self, marks: Mapping[int, str], count: int, wait_s: float) -> list[ResultBatch]:
        """Read up to count results after each partition's mark; wait for the first.

        Reading removes nothing: the mark moves with the SQL transaction.
        """
        if not marks:
            return []
        names = {self._key("results", partition): partition for partition in marks}
        streams: Any = {name: marks[partition] for name, partition in names.items()}
        rows: Any = self._redis.xread(streams, count=count, block=int(wait_s * 1000) or None)
        return [_read(names[name.decode()], entries) for name, entries in rows]

    def trim(self, marks: Mapping[int, str]) -> None:
        """Remove what has been recorded, up to and including each partition's mark."""
        with self._redis.pipeline(transaction=False) as pipe:
            for partition, mark in marks.items():
                pipe.xtrim(self._key("results", partition), minid=_after(mark), approximate=False)
            pipe.execute()

    def _key(self, name: str, partition: int) -> str:
        return _key(name, partition, self._shards)


def count_waiting_results(redis: "Redis", shards: int = 1) -> int:
    """Count the results that are not recorded yet."""
    with redis.pipeline(transaction=False) as pipe:
        for partition in range(PARTITIONS):
            pipe.xlen(_key("results", partition, shards))
        return sum(pipe.execute())


def _key(name: str, partition: int, shards: int) -> str:
    return f"{shard_prefix(partition % shards)}{name}:{partition}"


_RENEW = """
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then
  return 0
end
if ARGV[2] == '0' then
  return redis.call('DEL', KEYS[1])
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return owner and 2 or 1
"""

_GO_ON = """
if redis.pcall('XADD', KEYS[1], ARGV[1], 'r', '').err then
  return 0 -- it is beyond the mark, as it should be
end
return redis.call('XTRIM', KEYS[1], 'MINID', ARGV[2]) - 1
"""


def _read(partition: int, entries: list[tuple[bytes, dict[bytes, bytes]]]) -> ResultBatch:
    results, refused = [], 0
    for _, fields in entries:
        try:
            results.append(decode_result(fields.get(b"r", b"")))
        except BadEntry:
            refused += 1
    return ResultBatch(partition, tuple(results), entries[-1][0].decode(), refused)


def _after(mark: str) -> str:
    """Name the smallest stream id above a mark."""
    milliseconds, _, sequence = mark.partition("-")
    return f"{milliseconds}-{int(sequence) + 1}"
