"""Cut time into minutes, quarters of hours, hours and days of a time zone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Bucket(StrEnum):
    """A stretch of time that people are counted by."""

    MINUTE = "minute"
    QUARTER = "quarter"
    HOUR = "hour"
    DAY = "day"


_STEPS = {
    Bucket.MINUTE: timedelta(minutes=1),
    Bucket.QUARTER: timedelta(minutes=15),
    Bucket.HOUR: timedelta(hours=1),
}


def floor(moment: datetime, bucket: Bucket, zone: ZoneInfo) -> datetime:
    """Find the start of the bucket that holds a moment, as UTC.

    Minutes and hours are cut by the offset in force, so that the repeated hour
    of autumn stays two buckets.
    """
    local = moment.astimezone(zone)
    if bucket is Bucket.QUARTER:
        # Every zone's offset is a multiple of it.
        return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0).astimezone(
            UTC
        )
    if bucket is Bucket.DAY:
        return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)
    passed = timedelta(seconds=local.second, microseconds=local.microsecond)
    if bucket is Bucket.HOUR:
        passed += timedelta(minutes=local.minute)
    start = moment.astimezone(UTC) - passed
    while _offset(start, zone) != local.utcoffset():
        # Clocks changed by half an hour since: the bucket begins with the new offset.
        start += timedelta(minutes=15)
    return start


def following(start: datetime, bucket: Bucket, zone: ZoneInfo) -> datetime:
    """Find the start of the bucket after the one that starts here, as UTC."""
    if bucket is Bucket.DAY:
        # 36 hours from any midnight lie within the next day, however long this one is.
        return floor(start + timedelta(hours=36), bucket, zone)
    # Where an offset changes by half an hour, that hour is a short one.
    return floor(start + _STEPS[bucket], bucket, zone)


def starts_between(
    start: datetime, end: datetime, bucket: Bucket, zone: ZoneInfo
) -> Iterator[datetime]:
    """List the starts of all buckets that share a moment with [start, end)."""
    moment = floor(start, bucket, zone)
    while moment < end:
        yield moment
        moment = following(moment, bucket, zone)


def hours_agree(one: ZoneInfo, other: ZoneInfo, start: datetime, end: datetime) -> bool:
    """Tell whether the hours of two zones begin at the same moments of [start, end).

    Offsets are compared once a month and at both ends: no zone has changed the
    minutes of its offset for less.
    """
    hour = timedelta(hours=1)
    moment = start
    while moment < end:
        if _offset(moment, one) % hour != _offset(moment, other) % hour:
            return False
        moment += timedelta(days=30)
    return _offset(end, one) % hour == _offset(end, other) % hour


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
