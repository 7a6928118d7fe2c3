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


_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_STEPS = {
    Bucket.MINUTE: timedelta(minutes=1),
    Bucket.QUARTER: timedelta(minutes=15),
    Bucket.HOUR: _HOUR,
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
        following_one = following(moment, bucket, zone)
        step = following_one - moment
        yield moment
        moment = following_one
        if step == _STEPS.get(bucket):
            # Where clocks stay as they are for a day, buckets follow each other evenly.
            while moment < end and _offset(moment - step, zone) == _offset(moment + _DAY, zone):
                last = min(end, moment + _DAY)
                while moment < last:
                    yield moment
                    moment += step


def hours_agree(one: ZoneInfo, other: ZoneInfo, start: datetime, end: datetime) -> bool:
    """Tell whether the hours of two zones begin at the same moments of [start, end)."""
    return all(_shift(at, one) == _shift(at, other) for at in _samples(start, end))


def _samples(start: datetime, end: datetime) -> Iterator[datetime]:
    """List a moment of each month, and the end.

    No zone has changed the minutes of its offset for less.
    """
    while start < end:
        yield start
        start += timedelta(days=30)
    yield end


def _shift(moment: datetime, zone: ZoneInfo) -> timedelta:
    return _offset(moment, zone) % _HOUR


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
