"""Losses of cameras are counted by the minute, and forgotten."""

from datetime import UTC, datetime, timedelta

from redis import Redis

from core.reconnects import Loss, count_reconnect, forget_reconnects, read_reconnects

NOON = datetime(2026, 3, 1, 12, 0, 30, tzinfo=UTC)


def lose(redis: Redis, at: datetime, reason: str = "the stream ended") -> None:
    count_reconnect(redis, 7, Loss(at, reason))


def test_losses_are_counted_and_the_last_one_is_told(redis: Redis) -> None:
    lose(redis, NOON - timedelta(hours=2))
    lose(redis, NOON - timedelta(seconds=20))
    lose(redis, NOON, "no answer")

    found = read_reconnects(redis, [7, 8])

    assert found[7].since(NOON - timedelta(hours=1)) == 2
    assert found[7].since(NOON - timedelta(days=1)) == 3
    assert found[7].last == Loss(NOON, "no answer")
    assert (found[8].since(NOON - timedelta(days=1)), found[8].last) == (0, None)


def test_a_camera_that_is_lost_all_the_time_takes_a_bounded_room(redis: Redis) -> None:
    for hours in range(60):
        lose(redis, NOON + timedelta(hours=hours))

    assert redis.hlen("mw:house:reconnects:7") == 26 + 2
    assert 0 < redis.ttl("mw:house:reconnects:7") <= 7 * 24 * 3600


def test_a_removed_camera_is_forgotten(redis: Redis) -> None:
    lose(redis, NOON)
    forget_reconnects(redis, 7)
    assert read_reconnects(redis, [7])[7].last is None
    assert read_reconnects(redis, []) == {}
