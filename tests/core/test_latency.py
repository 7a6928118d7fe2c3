"""Latencies in buckets: what comes out is near what went in."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from redis import Redis

from core.latency import (
    BOUNDS_S,
    LOOK_BACK_MINUTES,
    MINUTE_S,
    QUARTER_S,
    Latency,
    LatencyMeter,
    read_latency,
    read_past_latency,
    read_recent_latency,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def meter(redis: Redis, took_s: list[float], now: datetime = NOON, camera_id: int = 1) -> None:
    meter = LatencyMeter(redis)
    for one in took_s:
        meter.add(camera_id, timedelta(seconds=one))
    meter.write(now)
    meter.write(now)  # what is written is not written again


def recent(redis: Redis, now: datetime = NOON, camera_id: int = 1) -> Latency:
    return read_recent_latency(redis, [camera_id], now)[camera_id]


@pytest.mark.parametrize("share", [0.5, 0.95, 0.99])
def test_quantiles_are_right_to_half_a_bucket(redis: Redis, share: float) -> None:
    took_s = np.random.default_rng(7).lognormal(-1.5, 0.8, 3000)
    meter(redis, took_s.tolist())
    found = recent(redis).quantile_s(share)
    assert found == pytest.approx(np.quantile(took_s, share), rel=0.09)


@pytest.mark.parametrize(
    ("took_s", "low", "high"),
    [
        pytest.param(-3.0, 0.0, 0.01, id="before it was captured"),
        pytest.param(0.0, 0.0, 0.01, id="at once"),
        pytest.param(0.01, 0.0, 0.01, id="the first bound"),
        pytest.param(0.3, 0.27, 0.33, id="as usual"),
        pytest.param(BOUNDS_S[-1], 150.0, 164.0, id="the last bound"),
        pytest.param(9e4, 163.0, 164.0, id="behind all bounds"),
    ],
)
def test_every_latency_has_a_bucket(redis: Redis, took_s: float, low: float, high: float) -> None:
    meter(redis, [took_s])
    found = recent(redis).quantile_s(0.5)
    assert found is not None
    assert low <= found <= high


def test_without_frames_there_is_no_quantile(redis: Redis) -> None:
    assert recent(redis) == Latency()
    assert recent(redis).quantile_s(0.5) is None
    assert read_recent_latency(redis, [], NOON) == {}


def test_only_the_last_minutes_are_recent(redis: Redis) -> None:
    meter(redis, [0.1] * 3)
    meter(redis, [0.2], NOON + timedelta(minutes=1))
    assert recent(redis, NOON + timedelta(minutes=1)).frames == 4
    assert recent(redis, NOON + timedelta(minutes=LOOK_BACK_MINUTES)).frames == 1
    assert read_latency(redis, [1])[1].frames == 4


def test_cameras_and_recorders_are_added_up(redis: Redis) -> None:
    meter(redis, [0.1, 0.1])
    meter(redis, [0.1])
    meter(redis, [5.0], camera_id=33)
    assert (recent(redis).frames, recent(redis, camera_id=33).frames) == (3, 1)
    assert read_latency(redis, [1])[1].sum_s == pytest.approx(0.3)


def test_minutes_are_forgotten(redis: Redis) -> None:
    meter(redis, [0.1])
    lives = {key: redis.ttl(key) for key in redis.keys("*latency:1*")}
    assert sorted(lives.values()) == [-1, 3900, 90_000]


def test_the_past_is_read_by_minutes_and_by_quarters(redis: Redis) -> None:
    meter(redis, [0.1] * 3)
    meter(redis, [0.2], NOON + timedelta(minutes=16))
    starts = [NOON, NOON + timedelta(minutes=15)]
    quarters = read_past_latency(redis, 1, starts, QUARTER_S)
    assert [one.frames for one in quarters] == [3, 1]
    assert [one.frames for one in read_past_latency(redis, 1, starts, MINUTE_S)] == [3, 0]
    assert read_past_latency(redis, 1, [], MINUTE_S) == []
