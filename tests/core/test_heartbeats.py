"""Who is alive is listed; who has gone is not."""

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from redis import Redis

from core.heartbeats import (
    Beating,
    CameraHealth,
    CameraState,
    Heartbeat,
    beat,
    end_beat,
    forget_health,
    read_health,
    read_heartbeats,
    report_health,
)
from core.release import VERSION

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_processes_are_listed_by_kind(redis: Redis) -> None:
    worker = Heartbeat("worker", "host", 2, NOON, version=VERSION)
    ingest = Heartbeat("ingest", "host", 1, NOON, version=VERSION)
    beat(redis, replace(worker, version=""))
    beat(redis, replace(ingest, version=""))

    assert read_heartbeats(redis) == [ingest, worker]
    assert read_heartbeats(redis, "worker") == [worker]
    end_beat(redis, worker)
    assert read_heartbeats(redis) == [ingest]


def test_a_beat_lasts_ten_seconds(redis: Redis) -> None:
    beat(redis, Heartbeat("worker", "host", 2, NOON))
    (key,) = redis.keys("mw:house:beat:*")
    assert 0 < redis.ttl(key) <= 10


@pytest.mark.parametrize("ahead_s", [-90, 0, 90])
def test_a_beat_says_how_far_the_clock_is_ahead_of_the_server_s(
    redis: Redis, monkeypatch: pytest.MonkeyPatch, ahead_s: int
) -> None:
    monkeypatch.setattr(redis, "time", lambda: (int(time.time()) - ahead_s, 0))
    beat(redis, Heartbeat("worker", "host", 2, NOON))
    (heard,) = read_heartbeats(redis)
    assert heard.clock_ahead_s == pytest.approx(ahead_s, abs=1.5)


def test_a_process_beats_while_its_block_runs(redis: Redis) -> None:
    with Beating(redis, "recorder") as beating:
        beating.detail = "5 results"
        while not read_heartbeats(redis, "recorder"):
            pass
    assert read_heartbeats(redis, "recorder") == []


def test_the_health_of_cameras_is_read_back(redis: Redis) -> None:
    health = CameraHealth(3, CameraState.RECONNECTING, NOON, "host unreachable", (960, 540), 25.0)
    report_health(redis, health)
    assert read_health(redis) == {3: health}
    forget_health(redis, 3)
    assert read_health(redis) == {}
