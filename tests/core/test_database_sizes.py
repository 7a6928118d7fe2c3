"""How fast the database grows."""

from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis

from core.database_sizes import (
    KEPT,
    LOOK_BACK,
    DatabaseSize,
    growth_per_day,
    note_size,
    read_sizes,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_each_hour_keeps_its_first_size(redis: Redis) -> None:
    note_size(redis, 100, NOON)
    note_size(redis, 170, NOON + HOUR / 2)
    note_size(redis, 200, NOON + HOUR)
    assert read_sizes(redis, NOON - LOOK_BACK) == [
        DatabaseSize(NOON, 100),
        DatabaseSize(NOON + HOUR, 200),
    ]


def test_old_sizes_are_forgotten_and_left_out(redis: Redis) -> None:
    note_size(redis, 100, NOON)
    note_size(redis, 150, NOON + KEPT / 2)
    assert [one.size_bytes for one in read_sizes(redis, NOON + HOUR)] == [150]
    note_size(redis, 200, NOON + KEPT + HOUR)
    assert [one.size_bytes for one in read_sizes(redis, NOON)] == [150, 200]


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        pytest.param([], None, id="none"),
        pytest.param([(0, 100)], None, id="one"),
        pytest.param([(0, 100), (5, 200)], None, id="too near"),
        pytest.param([(0, 100), (6, 200)], 400.0, id="a quarter of a day"),
        pytest.param([(0, 100), (6, 900), (48, 50)], -25.0, id="it shrank"),
    ],
)
def test_growth_is_told_from_the_first_to_the_last(
    sizes: list[tuple[int, int]], expected: float | None
) -> None:
    known = [DatabaseSize(NOON + hours * HOUR, size) for hours, size in sizes]
    assert growth_per_day(known) == expected
