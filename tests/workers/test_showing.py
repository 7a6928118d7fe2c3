"""Overlays go to whoever watches; how long that took is metered."""

import threading
from datetime import datetime
from itertools import islice

from redis import Redis

from core.latency import LatencyMeter, read_recent_latency
from core.live import LiveChannel, Overlay
from tests.waiting import join, wait_for
from tests.workers.scenes import at
from workers.showing import Showing


class Clock:
    def __init__(self) -> None:
        self.now = at(0)

    def __call__(self) -> datetime:
        return self.now


def overlay(seconds: float) -> Overlay:
    return Overlay(1, at(seconds), (960, 540), (), 0)


def test_overlays_are_published_in_order_and_metered(redis: Redis) -> None:
    clock, channel, heard = Clock(), LiveChannel(redis), list[datetime]()
    showing = Showing(channel, LatencyMeter(redis), clock)

    def listen() -> None:
        heard.extend(notice.captured_at for notice in islice(channel.notices(60), 2))

    listener = threading.Thread(target=listen)
    listener.start()
    wait_for("a listener", lambda: redis.pubsub_numsub("mw:house:live")[0][1])
    clock.now = at(2)
    showing.show([overlay(-60), overlay(1.5), overlay(1.8)])
    join([listener])

    assert heard == [at(1.5), at(1.8)]
    latency = read_recent_latency(redis, [1], clock.now)[1]
    assert latency.frames == 3
    assert round(latency.quantile_s(0.5) or 0, 1) == 0.5


def test_figures_are_written_once_a_second(redis: Redis) -> None:
    clock = Clock()
    showing = Showing(LiveChannel(redis), LatencyMeter(redis), clock)
    showing.show([overlay(0)])
    assert read_recent_latency(redis, [1], at(0))[1].frames == 0
    clock.now = at(1)
    showing.show([])
    assert read_recent_latency(redis, [1], at(1))[1].frames == 1
