"""The frame queue on a real server: newest wins, and every frame is accounted for."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis

from core.accounts import FrameAccount, read_accounts, read_epoch, read_minutes, read_this_minute
from core.frames import FrameQueue
from core.live import LiveChannel
from core.types import Frame, Result
from tests.waiting import join

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def frame(camera_id: int, milliseconds: int = 0) -> Frame:
    return Frame(camera_id, NOON + timedelta(milliseconds=milliseconds), (64, 48), b"jpeg")


def result_of(one: Frame) -> Result:
    return Result(one.camera_id, one.captured_at, one.size_wh)


def account(redis: Redis, camera_id: int = 1) -> FrameAccount:
    found = read_accounts(redis, [camera_id])[camera_id]
    assert found.is_balanced
    return found


def test_it_hands_out_what_was_pushed(redis: Redis) -> None:
    queue = FrameQueue(redis)
    queue.push(frame(1))

    (leased,) = queue.take(8, 0)

    assert leased.frame == frame(1)
    assert account(redis) == FrameAccount(captured=1, in_flight=1)


def test_it_takes_the_newest_frame_and_counts_the_older_as_superseded(redis: Redis) -> None:
    queue = FrameQueue(redis)
    queue.push(frame(1, 0))
    queue.push(frame(1, 200))

    (leased,) = queue.take(8, 0)

    assert leased.frame == frame(1, 200)
    assert account(redis) == FrameAccount(captured=2, superseded=1, in_flight=1)


def test_it_takes_the_cameras_that_waited_longest_first(redis: Redis) -> None:
    queue = FrameQueue(redis)
    for camera_id in (3, 1, 2):
        queue.push(frame(camera_id))
        time.sleep(0.002)  # places in the line are told apart by the server's millisecond
    queue.push(frame(3, 200))  # keeps its camera's place

    taken = [leased.frame.camera_id for leased in queue.take(2, 0)]

    assert taken == [3, 1]


def test_it_keeps_one_frame_of_a_camera_in_flight(redis: Redis) -> None:
    queue = FrameQueue(redis)
    queue.push(frame(1, 0))
    (first,) = queue.take(1, 0)
    queue.push(frame(1, 200))

    assert queue.take(1, 0) == []
    assert queue.finish(first, result_of(first.frame))
    assert [leased.frame for leased in queue.take(1, 0)] == [frame(1, 200)]


def test_it_finishes_a_frame_once(redis: Redis) -> None:
    queue = FrameQueue(redis)
    queue.push(frame(1))
    (leased,) = queue.take(1, 0)

    assert queue.finish(leased, result_of(leased.frame))
    assert not queue.finish(leased, result_of(leased.frame))
    assert account(redis) == FrameAccount(captured=1, analysed=1)
    assert redis.xlen("mw:{0}:results:1") == 1


def test_a_lease_that_ran_out_is_lost_and_writes_nothing(redis: Redis) -> None:
    queue = FrameQueue(redis, lease_ms=1)
    queue.push(frame(1))
    (leased,) = queue.take(1, 0)
    time.sleep(0.005)  # the lease is the server's time

    assert not queue.finish(leased, result_of(leased.frame))
    assert queue.take(1, 0) == []
    assert account(redis) == FrameAccount(captured=1, lost=1)
    assert redis.xlen("mw:{0}:results:1") == 0


def test_a_frame_that_waited_too_long_expires(redis: Redis) -> None:
    queue = FrameQueue(redis, staleness_ms=0)
    queue.push(frame(1))
    time.sleep(0.005)  # staleness is the server's time

    assert queue.take(1, 0) == []
    assert account(redis) == FrameAccount(captured=1, expired=1)


def test_a_frame_whose_picture_went_with_a_crash_is_lost(redis: Redis) -> None:
    queue = FrameQueue(redis)
    queue.push(frame(1))
    redis.delete(f"mw:{{0}}:picture:1:{frame(1).frame_id}")

    assert queue.take(1, 0) == []
    assert account(redis) == FrameAccount(captured=1, lost=1)


def test_a_broken_entry_is_counted_as_failed_and_left_out(redis: Redis) -> None:
    queue = FrameQueue(redis)
    queue.push(frame(1))
    redis.set(f"mw:{{0}}:picture:1:{frame(1).frame_id}", b"\xff of another version")

    assert queue.take(1, 0) == []
    assert account(redis) == FrameAccount(captured=1, failed=1)


def test_an_unchanged_frame_is_captured_and_told_once_a_second(redis: Redis) -> None:
    queue = FrameQueue(redis)
    for milliseconds in range(0, 600, 200):
        queue.push_unchanged(1, frame(1, milliseconds).captured_at)

    assert account(redis) == FrameAccount(captured=3, unchanged=3)
    assert redis.xlen("mw:{0}:results:1") == 1


def test_what_is_unchanged_is_told_on_when_the_server_s_clock_was_set_back(redis: Redis) -> None:
    queue, seconds = FrameQueue(redis), redis.time()[0]
    redis.hset("mw:{0}:told", "1", (seconds + 3600) * 1000)

    queue.push_unchanged(1, NOON)

    assert redis.xlen("mw:{0}:results:1") == 1


def test_taking_stops_while_results_are_not_recorded(redis: Redis) -> None:
    queue = FrameQueue(redis, results_bound=1)
    queue.push(frame(1, 0))
    (leased,) = queue.take(1, 0)
    queue.finish(leased, result_of(leased.frame))
    queue.push(frame(1, 200))
    queue.push(frame(2))

    assert [one.frame.camera_id for one in queue.take(8, 0)] == [2]
    redis.xtrim("mw:{0}:results:1", maxlen=0, approximate=False)
    assert [one.frame.camera_id for one in queue.take(8, 0)] == [1]


def test_a_waiting_take_wakes_for_a_push(redis: Redis) -> None:
    queue = FrameQueue(redis)
    taken: list[int] = []
    taker = threading.Thread(
        target=lambda: taken.extend(one.frame.camera_id for one in queue.take(1, 60))
    )
    taker.start()
    queue.push(frame(7))
    join([taker])

    assert taken == [7]


@pytest.mark.parametrize("is_watched", [True, False])
def test_a_picture_stays_only_for_those_who_watch(redis: Redis, is_watched: bool) -> None:
    queue, live = FrameQueue(redis), LiveChannel(redis)
    if is_watched:
        live.watch([1])
    queue.push(frame(1))
    (leased,) = queue.take(1, 0)
    queue.finish(leased, result_of(leased.frame))

    assert live.picture(1, frame(1).frame_id) == (b"jpeg" if is_watched else None)


def test_cameras_of_several_shards_are_all_served(redis: Redis) -> None:
    queue = FrameQueue(redis, shards=3)
    for camera_id in range(1, 7):
        queue.push(frame(camera_id))

    taken = queue.take(4, 0) + queue.take(4, 0)

    assert sorted(one.frame.camera_id for one in taken) == [1, 2, 3, 4, 5, 6]
    accounts = read_accounts(redis, range(1, 7), shards=3)
    assert all(one == FrameAccount(captured=1, in_flight=1) for one in accounts.values())


def test_the_accounts_of_a_minute_add_up_to_the_total(redis: Redis) -> None:
    queue = FrameQueue(redis)
    queue.push(frame(1))
    queue.push_unchanged(1, NOON)
    minute = read_this_minute(redis)

    minutes = read_minutes(redis, [(1, minute - 1), (1, minute), (2, minute)])

    assert sum(one.captured for one in minutes.values()) == 2
    assert sum(one.unresolved for one in minutes.values()) == 1
    assert {camera_id for camera_id, _ in minutes} == {1}
    assert read_minutes(redis, []) == {}


def test_an_epoch_begins_with_the_first_frame_and_again_after_a_loss(redis: Redis) -> None:
    queue = FrameQueue(redis, shards=2)
    assert read_epoch(redis, 2) is None
    queue.push(frame(1))
    first = read_epoch(redis, 2)
    time.sleep(0.002)  # epochs are told apart by the server's millisecond
    queue.push_unchanged(1, NOON)
    assert first is not None
    assert read_epoch(redis, 2) == first

    redis.flushall()
    queue.push(frame(1))
    second = read_epoch(redis, 2)
    assert second is not None
    assert second > first
    assert read_accounts(redis, [1], shards=2)[1] == FrameAccount(captured=1, waiting=1)


def push_many(redis: Redis, camera_id: int) -> None:
    queue = FrameQueue(redis)
    for number in range(200):
        queue.push(frame(camera_id, number))


def work_carelessly(redis: Redis, every: int, stop: threading.Event) -> None:
    """Finish frames, but let each so many-th die on its lease."""
    queue, number = FrameQueue(redis, lease_ms=20), 0
    while not stop.is_set():
        for leased in queue.take(2, 0.01):
            number += 1
            if number % every:
                queue.finish(leased, result_of(leased.frame))


def test_accounts_balance_under_many_hands(redis: Redis) -> None:
    stop = threading.Event()
    workers = [
        threading.Thread(target=work_carelessly, args=(redis, every, stop)) for every in (3, 7)
    ]
    pushers = [threading.Thread(target=push_many, args=(redis, camera)) for camera in (1, 2, 3)]
    for thread in workers + pushers:
        thread.start()
    for thread in pushers:
        thread.join()
    stop.set()
    for thread in workers:
        thread.join()

    found = [account(redis, camera_id) for camera_id in (1, 2, 3)]
    assert [one.captured for one in found] == [200, 200, 200]
    written = [redis.xlen(f"mw:{{0}}:results:{camera_id}") for camera_id in (1, 2, 3)]
    assert written == [one.analysed for one in found]
