"""The results queue on a real server: ordered, owned, trimmed only when recorded."""

from datetime import UTC, datetime

from redis import Redis

from core.encoding import encode_result
from core.results import Lease, ResultQueue, count_waiting_results
from core.types import Result

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def add(redis: Redis, camera_id: int) -> None:
    entry = encode_result(Result(camera_id, NOON, (64, 48)))
    redis.xadd(f"mw:{{0}}:results:{camera_id % 32}", {"r": entry})


def test_it_reads_what_comes_after_the_mark(redis: Redis) -> None:
    queue = ResultQueue(redis, "me")
    add(redis, 1)
    (first,) = queue.take({1: "0-0"}, 10, 0.1)
    add(redis, 33)

    (second,) = queue.take({1: first.last_id}, 10, 0.1)

    assert [one.camera_id for one in first.results] == [1]
    assert [one.camera_id for one in second.results] == [33]


def test_reading_removes_nothing_and_trimming_only_what_is_recorded(redis: Redis) -> None:
    queue = ResultQueue(redis, "me")
    add(redis, 1)
    add(redis, 1)
    (batch,) = queue.take({1: "0-0"}, 1, 0.1)

    assert count_waiting_results(redis) == 2
    queue.trim({1: batch.last_id})
    assert count_waiting_results(redis) == 1
    (rest,) = queue.take({1: batch.last_id}, 10, 0.1)
    assert len(rest.results) == 1


def test_a_broken_entry_is_refused_and_passed(redis: Redis) -> None:
    queue = ResultQueue(redis, "me")
    redis.xadd("mw:{0}:results:1", {"r": b"\xffrubbish"})
    redis.xadd("mw:{0}:results:1", {"other": b"field"})
    add(redis, 1)

    (batch,) = queue.take({1: "0-0"}, 10, 0.1)

    assert len(batch.results) == 1
    assert batch.refused == 2


def test_without_partitions_there_is_nothing_to_take(redis: Redis) -> None:
    assert ResultQueue(redis, "me").take({}, 10, 0.1) == []


def test_a_partition_has_one_owner(redis: Redis) -> None:
    mine, theirs = ResultQueue(redis, "me"), ResultQueue(redis, "them")

    assert mine.own(4) is Lease.NEW
    assert mine.own(4) is Lease.KEPT
    assert theirs.own(4) is Lease.OTHERS
    theirs.disown(4)
    assert theirs.own(4) is Lease.OTHERS
    mine.disown(4)
    assert theirs.own(4) is Lease.NEW


FAR_AHEAD = "9999999999999-5"
"""A mark of a server whose clock was ahead of this one's."""


def test_a_new_server_whose_clock_is_behind_goes_on_from_the_mark(redis: Redis) -> None:
    queue = ResultQueue(redis, "me")
    assert queue.go_on_from(1, FAR_AHEAD) == 0
    add(redis, 1)
    (batch,) = queue.take({1: FAR_AHEAD}, 10, 0.1)
    assert len(batch.results) == 1
    assert count_waiting_results(redis) == 1


def test_what_it_has_numbered_below_the_mark_is_given_up(redis: Redis) -> None:
    queue = ResultQueue(redis, "me")
    add(redis, 1)
    assert queue.go_on_from(1, FAR_AHEAD) == 1
    assert count_waiting_results(redis) == 0


def test_results_beyond_the_mark_stay(redis: Redis) -> None:
    queue = ResultQueue(redis, "me")
    assert queue.go_on_from(1, "0-0") == 0
    add(redis, 1)
    (batch,) = queue.take({1: "0-0"}, 10, 0.1)
    add(redis, 1)
    assert queue.go_on_from(1, batch.last_id) == 0
    assert count_waiting_results(redis) == 2
