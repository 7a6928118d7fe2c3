"""Ready is what serves now, not what served before."""

from datetime import UTC, datetime

import pytest
from redis import Redis

from core.heartbeats import Heartbeat, beat
from launch.readiness import connect_for_probes, dashboard_serves, name_silent, read_beats

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def heartbeat(pid: int, host: str = "here") -> Heartbeat:
    return Heartbeat("worker", host, pid, NOW)


@pytest.mark.parametrize(
    ("beats", "silent"),
    [
        pytest.param([], ["ingest", "worker 1"], id="nobody"),
        pytest.param([heartbeat(7)], ["ingest"], id="one"),
        pytest.param([heartbeat(7), heartbeat(8)], [], id="all"),
        pytest.param([heartbeat(6), heartbeat(8)], ["worker 1"], id="an earlier run's"),
        pytest.param([heartbeat(7, "there"), heartbeat(8)], ["worker 1"], id="another machine's"),
    ],
)
def test_it_names_who_has_not_beaten(beats: list[Heartbeat], silent: list[str]) -> None:
    assert name_silent({"ingest": 8, "worker 1": 7}, beats, "here") == silent


def test_a_program_that_pauses_is_silent() -> None:
    assert name_silent({"ingest": None}, [heartbeat(7)], "here") == ["ingest"]


def test_it_reads_who_beats(redis: Redis) -> None:
    beat(redis, heartbeat(7))
    assert [one.pid for one in read_beats(redis)] == [7]


def test_nobody_beats_while_redis_is_away() -> None:
    redis = connect_for_probes("redis://127.0.0.1:1/0")
    assert read_beats(redis) == []
    redis.close()


def test_a_dashboard_that_does_not_answer_is_not_ready() -> None:
    assert not dashboard_serves("127.0.0.1", 1)
