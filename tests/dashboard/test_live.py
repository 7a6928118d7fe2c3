"""The hub: frames from Redis to the viewers' queues, without a browser."""

import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis import Redis

from core.live import LiveChannel, Overlay, Preview
from core.types import Frame
from dashboard.live import LiveHub
from tests.waiting import wait_for

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


@dataclass
class Outbox:
    """Remembers what was sent."""

    frames: list[tuple[str, bytes]] = field(default_factory=list)

    def send_frame(self, viewer_ids: Sequence[str], wire: bytes) -> None:
        self.frames += [(viewer_id, wire) for viewer_id in viewer_ids]

    def send_each(self, viewer_ids: Sequence[str], event: str, message: dict[str, Any]) -> None:
        raise NotImplementedError

    def send_all(self, event: str, message: dict[str, Any]) -> None:
        raise NotImplementedError

    def takers(self) -> list[str]:
        return [viewer_id for viewer_id, _ in self.frames]

    def frame_ids(self) -> list[int]:
        """List the ids of the frames that were sent, as they stand in what goes out."""
        found = [re.search(rb'"frame_id":(\d+)', wire) for _, wire in self.frames]
        return [int(one[1]) for one in found if one]


@pytest.fixture
def channel(redis: Redis) -> LiveChannel:
    return LiveChannel(redis)


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


@pytest.fixture
def hub(channel: LiveChannel, outbox: Outbox) -> LiveHub:
    return LiveHub(channel, outbox, lambda: NOW)


def show(hub: LiveHub, channel: LiveChannel, camera_id: int = 1, age_ms: int = 0) -> Preview:
    """Publish a picture and let the hub deliver it, as its threads do."""
    frame = Frame(camera_id, NOW - timedelta(milliseconds=age_ms), (640, 360), b"jpeg")
    channel.preview(frame)
    notice = Preview(camera_id, frame.captured_at, frame.size_wh)
    hub.take(notice)
    hub.deliver_next(0)
    return notice


def join(hub: LiveHub, viewer_id: str, camera_ids: Iterable[int]) -> None:
    hub.join(viewer_id)
    hub.watch(viewer_id, camera_ids)


def test_a_frame_goes_to_those_who_watch_its_camera(
    hub: LiveHub, channel: LiveChannel, outbox: Outbox
) -> None:
    join(hub, "ann", [1])
    join(hub, "bob", [1, 2])
    join(hub, "cec", [2])
    show(hub, channel, camera_id=1)
    assert sorted(outbox.takers()) == ["ann", "bob"]
    assert outbox.frames[0][1] is outbox.frames[1][1], "packed once for all"


def test_a_slow_viewer_is_skipped_and_then_gets_the_newest(
    hub: LiveHub, channel: LiveChannel, outbox: Outbox
) -> None:
    join(hub, "slow", [1])
    for age_ms in (300, 200, 100):
        newest = show(hub, channel, age_ms=age_ms)
    assert len(outbox.frames) == 1
    hub.drawn("slow", 1)
    assert outbox.frame_ids()[1:] == [newest.frame_id]


def test_a_viewer_that_has_drawn_everything_gets_nothing_twice(
    hub: LiveHub, channel: LiveChannel, outbox: Outbox
) -> None:
    join(hub, "ann", [1])
    show(hub, channel)
    hub.drawn("ann", 1)
    hub.drawn("ann", 1)
    assert len(outbox.frames) == 1


def test_notices_that_wait_are_replaced_by_newer_ones(
    hub: LiveHub, channel: LiveChannel, outbox: Outbox
) -> None:
    join(hub, "ann", [1])
    for age_ms in (300, 200):
        frame = Frame(1, NOW - timedelta(milliseconds=age_ms), (640, 360), b"jpeg")
        channel.preview(frame)
        hub.take(Preview(1, frame.captured_at, frame.size_wh))
    assert hub.deliver_next(0)
    assert not hub.deliver_next(0)
    assert outbox.frame_ids() == [frame.frame_id]


def test_a_camera_with_many_notices_does_not_hold_up_another(
    hub: LiveHub, channel: LiveChannel, outbox: Outbox
) -> None:
    join(hub, "ann", [1, 2])
    for camera_id, age_ms in ((1, 300), (2, 300), (1, 200), (1, 100)):
        frame = Frame(camera_id, NOW - timedelta(milliseconds=age_ms), (640, 360), b"jpeg")
        channel.preview(frame)
        hub.take(Preview(camera_id, frame.captured_at, frame.size_wh))
    hub.deliver_next(0)
    hub.deliver_next(0)
    assert [wire.count(b'"camera_id":1') for _, wire in outbox.frames] == [1, 0]


def test_who_begins_to_watch_sees_the_picture_at_hand_at_once(
    hub: LiveHub, channel: LiveChannel, outbox: Outbox
) -> None:
    join(hub, "ann", [1])
    show(hub, channel)
    join(hub, "bob", [1])
    assert outbox.takers() == ["ann", "bob"]


def test_a_picture_that_is_too_old_to_be_live_is_not_shown_to_a_newcomer(
    hub: LiveHub, channel: LiveChannel, outbox: Outbox
) -> None:
    join(hub, "ann", [1])
    show(hub, channel, age_ms=6000)
    join(hub, "bob", [1])
    assert outbox.takers() == ["ann"]


def test_nothing_is_sent_to_who_has_left(
    hub: LiveHub, channel: LiveChannel, outbox: Outbox
) -> None:
    join(hub, "ann", [1])
    show(hub, channel, age_ms=100)
    hub.leave("ann")
    show(hub, channel)
    hub.drawn("ann", 1)
    hub.watch("ann", [1])
    assert len(outbox.frames) == 1
    assert hub.viewers == 0


def test_no_picture_is_fetched_for_a_camera_that_nobody_watches(
    hub: LiveHub, channel: LiveChannel
) -> None:
    join(hub, "ann", [2])
    channel.preview(Frame(1, NOW, (640, 360), b"jpeg"))
    hub.take(Preview(1, NOW, (640, 360)))
    assert not hub.deliver_next(0)


def test_a_page_that_watches_nothing_costs_nothing(
    hub: LiveHub, channel: LiveChannel, outbox: Outbox, redis: Redis
) -> None:
    join(hub, "hidden", [1])
    show(hub, channel, age_ms=200)
    hub.drawn("hidden", 1)
    hub.watch("hidden", [])
    redis.flushall()
    hub.refresh()
    channel.preview(Frame(1, NOW, (640, 360), b"jpeg"))
    hub.take(Preview(1, NOW, (640, 360)))
    assert not hub.deliver_next(0), "no picture is fetched"
    assert not channel.is_watched(1), "none is kept for it either"
    assert outbox.takers() == ["hidden"]


def test_a_notice_whose_picture_is_gone_is_passed_over(hub: LiveHub, outbox: Outbox) -> None:
    join(hub, "ann", [1])
    hub.take(Preview(1, NOW, (640, 360)))
    assert hub.deliver_next(0)
    assert outbox.frames == []


def test_cameras_in_view_are_marked_as_watched_at_once_and_again(
    hub: LiveHub, channel: LiveChannel, redis: Redis
) -> None:
    join(hub, "ann", [1])
    assert channel.is_watched(1)
    redis.flushall()
    hub.refresh()
    assert channel.is_watched(1)
    assert not channel.is_watched(2)


def test_people_are_counted_of_cameras_that_nobody_watches_too(hub: LiveHub) -> None:
    hub.take(Overlay(7, NOW, (640, 360), (), people_now=4))
    assert hub.people_now() == {7: 4}


def test_waiting_for_a_frame_ends_when_one_arrives(hub: LiveHub, channel: LiveChannel) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(hub.wait_for_frame, 1, 60)
        wait_for("somebody who watches", lambda: channel.is_watched(1))
        notice = show(hub, channel)
        frame = waiting.result(timeout=60)
    assert frame is not None
    assert frame.frame_id == notice.frame_id


def test_waiting_for_a_frame_that_never_comes_gives_none(hub: LiveHub) -> None:
    assert hub.wait_for_frame(1, timeout_s=0.01) is None


def test_a_slow_line_gets_each_camera_in_its_turn(channel: LiveChannel, outbox: Outbox) -> None:
    now = NOW
    hub = LiveHub(channel, outbox, lambda: now)
    join(hub, "slow", [1, 2, 3])
    for camera_id in (1, 2, 3):
        show(hub, channel, camera_id=camera_id)
    assert len(outbox.frames) == 2
    now += timedelta(seconds=3)
    for camera_id in (1, 2):
        hub.drawn("slow", camera_id)
    for camera_id in (1, 2, 3):
        show(hub, channel, camera_id=camera_id, age_ms=-3000)
    now += timedelta(seconds=3)
    hub.drawn("slow", 3)
    sent = [wire.partition(b'"camera_id":')[2][:1] for _, wire in outbox.frames]
    assert sent == [b"1", b"2", b"3", b"1"]
