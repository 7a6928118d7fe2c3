"""Time cut into buckets of zones with whole, odd and changing offsets."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from core.buckets import Bucket, floor, following, hours_agree, starts_between

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = ["UTC", "Europe/London", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns"]


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("bucket", [Bucket.QUARTER, Bucket.HOUR, Bucket.DAY])
def test_buckets_follow_each_other_through_a_year(name: str, bucket: Bucket) -> None:
    zone = ZoneInfo(name)
    starts = list(starts_between(NEW_YEAR, NEW_YEAR + timedelta(days=365), bucket, zone))
    assert starts[0] <= NEW_YEAR
    for start, end in pairwise(starts):
        assert floor(start, bucket, zone) == start
        assert floor(end - timedelta(microseconds=1), bucket, zone) == start
        assert following(start, bucket, zone) == end


def test_a_day_is_as_long_as_its_zone_makes_it() -> None:
    london = ZoneInfo("Europe/London")
    lengths = {
        following(start, Bucket.DAY, london) - start
        for start in starts_between(NEW_YEAR, NEW_YEAR + timedelta(days=365), Bucket.DAY, london)
    }
    assert lengths == {timedelta(hours=hours) for hours in (23, 24, 25)}


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("Europe/Berlin", "UTC", True),
        ("Asia/Kolkata", "UTC", False),
        ("Asia/Kolkata", "Australia/Adelaide", True),
        ("Australia/Lord_Howe", "UTC", False),
    ],
)
def test_hours_agree_where_the_minutes_of_offsets_do(one: str, other: str, agree: bool) -> None:
    end = NEW_YEAR + timedelta(days=365)
    assert hours_agree(ZoneInfo(one), ZoneInfo(other), NEW_YEAR, end) is agree


@pytest.mark.parametrize("name", [*ZONES, "Africa/Casablanca", "Pacific/Apia"])
@pytest.mark.parametrize("bucket", list(Bucket))
def test_starts_are_those_of_bucket_after_bucket(name: str, bucket: Bucket) -> None:
    zone = ZoneInfo(name)
    days = 40 if bucket is Bucket.MINUTE else 366
    for month in (0, 90, 270):
        start = NEW_YEAR + timedelta(days=month, hours=5, minutes=17)
        slow, moment = [], floor(start, bucket, zone)
        while moment < start + timedelta(days=days):
            slow.append(moment)
            moment = following(moment, bucket, zone)
        assert list(starts_between(start, start + timedelta(days=days), bucket, zone)) == slow
