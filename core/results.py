"""The results queue: analysed frames on their way to SQL, in 32 ordered partitions.

Owns the streams `results:PARTITION` and the leases `recorder:PARTITION`. The mark
of what has been recorded stands in SQL; a stream is trimmed only up to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
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


class ResultQueue:
    """Read results of the partitions that this recorder owns."""

    def __init__(self, redis: "Redis", owner: str, shards: int = 1) -> None:
        self._redis = redis
        self._owner = owner
        self._shards = shards
        self._renew = redis.register_script(_RENEW)

    def own(self, partition: int) -> bool:
        """Take or keep the lease of a partition, for the next 5 s."""
        return bool(self._renew([self._key("recorder", partition)], [self._owner, _OWNER_LIFE_MS]))

    def disown(self, partition: int) -> None:
        """Give a partition back, if it is ours."""
        self._renew([self._key("recorder", partition)], [self._owner, 0])

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
return 1
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
