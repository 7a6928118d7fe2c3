"""Spread cameras over shards and partitions; every Redis key begins here.

A camera belongs to one of 32 fixed partitions (the unit that a recorder owns), a
partition to one shard. Keys of a shard carry its hash tag, so that a cluster, or
several servers, can share the cameras, and a script's keys lie in one slot.
"""

PARTITIONS = 32
"""Fixed for ever: the recorder's marks in SQL count on it. `common.lua` knows it too."""


def partition_of(camera_id: int) -> int:
    return camera_id % PARTITIONS


def shard_of(camera_id: int, shards: int) -> int:
    return partition_of(camera_id) % shards


def shard_prefix(shard: int) -> str:
    """Begin the keys of a shard."""
    return f"mw:{{{shard}}}:"


HOUSE_PREFIX = "mw:house:"
"""Begins keys that belong to no camera: heartbeats, questions."""
