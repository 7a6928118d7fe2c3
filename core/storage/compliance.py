"""Questions about compliance: rollups in, rates with intervals out."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    cast,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.errors import BadRequest
from core.statistics import Counts
from core.storage.engine import Moment
from core.storage.tables import CameraRow, MinuteRollupRow, SeenMinuteRow

BUCKETS_MAX = 10_000
_MINUTE_US = 60_000_000


class Bucket(StrEnum):
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class CameraFilter:
    """Which cameras are asked about; nothing given means all, removed ones too."""

    camera_id: int | None = None
    site: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class ComplianceBucket:
    """Counts of one stretch of time. is_gap: no camera delivered, so zero is not known."""

    start: datetime
    counts: Counts
    is_gap: bool


@dataclass(frozen=True, slots=True)
class Compliance:
    series: tuple[ComplianceBucket, ...]
    totals: Counts


def compliance(
    session: Session,
    start: datetime,
    end: datetime,
    bucket: Bucket,
    zone: ZoneInfo,
    cameras: CameraFilter | None = None,
) -> Compliance:
    """Count sightings that began in [start, end), by buckets of a time zone.

    Days are those of the zone: 23 or 25 hours long where clocks change. Raises
    BadRequest on an empty range or one of over 10,000 buckets.
    """
    cameras = cameras or CameraFilter()
    starts = _bucket_starts(start, end, bucket, zone)
    grain = _MINUTE_US if bucket is Bucket.MINUTE else 15 * _MINUTE_US
    counts: dict[datetime, Counts] = defaultdict(Counts)
    seen: set[datetime] = set()
    for slot, found in _count_slots(session, start, end, grain, cameras):
        counts[_floor(slot, bucket, zone)] += found
    for slot in _seen_slots(session, start, end, grain, cameras):
        seen.add(_floor(slot, bucket, zone))
    series = tuple(ComplianceBucket(one, counts[one], one not in seen) for one in starts)
    return Compliance(series, sum(counts.values(), Counts()))


def counts_by_camera(session: Session, start: datetime, end: datetime) -> dict[int, Counts]:
    """Count sightings that began in [start, end), per camera."""
    row = MinuteRollupRow
    query = select(row.camera_id, *_sums()).where(row.start >= start, row.start < end)
    return {
        camera_id: Counts(*sums)
        for camera_id, *sums in session.execute(query.group_by(row.camera_id))
    }


def _bucket_starts(
    start: datetime, end: datetime, bucket: Bucket, zone: ZoneInfo
) -> list[datetime]:
    if end <= start:
        raise BadRequest("to", f"`to` ({end}) must be later than `from` ({start})")
    starts: list[datetime] = []
    moment = _floor(start, bucket, zone)
    while moment < end:
        starts.append(moment)
        if len(starts) > BUCKETS_MAX:
            raise BadRequest(
                "bucket", f"the range has over {BUCKETS_MAX} buckets; choose a longer bucket"
            )
        moment = _next(moment, bucket, zone)
    return starts


def _floor(moment: datetime, bucket: Bucket, zone: ZoneInfo) -> datetime:
    """Find the start of the bucket that holds a moment, as UTC.

    Minutes and hours are cut by the offset in force, so that the repeated hour
    of autumn stays two buckets.
    """
    local = moment.astimezone(zone)
    if bucket is Bucket.DAY:
        return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)
    passed = timedelta(seconds=local.second, microseconds=local.microsecond)
    if bucket is Bucket.HOUR:
        passed += timedelta(minutes=local.minute)
    return moment.astimezone(UTC) - passed


def _next(start: datetime, bucket: Bucket, zone: ZoneInfo) -> datetime:
    if bucket is Bucket.DAY:
        # 36 hours from any midnight lie within the next day, however long this one is.
        return _floor(start + timedelta(hours=36), bucket, zone)
    return start + (timedelta(hours=1) if bucket is Bucket.HOUR else timedelta(minutes=1))


def _count_slots(
    session: Session, start: datetime, end: datetime, grain: int, cameras: CameraFilter
) -> Iterator[tuple[datetime, Counts]]:
    row = MinuteRollupRow
    slot = _slot(row.start, grain)
    query: Any = select(slot, *_sums()).group_by(slot)
    query = query.where(row.start >= start, row.start < end)
    for moment, *sums in session.execute(_only(query, row.camera_id, cameras)):
        yield moment, Counts(*sums)


def _seen_slots(
    session: Session, start: datetime, end: datetime, grain: int, cameras: CameraFilter
) -> Iterator[datetime]:
    row = SeenMinuteRow
    # The minute that a range begins in counts as seen, though it began before.
    since = start - timedelta(minutes=1)
    query = select(_slot(row.start, grain)).where(row.start > since, row.start < end).distinct()
    yield from session.scalars(_only(query, row.camera_id, cameras))


def _slot(start: InstrumentedAttribute[datetime], grain: int) -> ColumnElement[datetime]:
    """Cut a time column to whole grains (microseconds), to group by.

    A quarter of an hour is the finest offset of any time zone. The number is
    written out: PostgreSQL takes two bound numbers for two different groupings.
    """
    microseconds = type_coerce(start, BigInteger)
    return type_coerce(microseconds - microseconds % literal_column(str(int(grain))), Moment())


def _sums() -> list[ColumnElement[int]]:
    row = MinuteRollupRow
    columns = (row.mask, row.incorrect_mask, row.no_mask, row.unsure)
    # SUM of integers is NUMERIC on PostgreSQL.
    return [cast(func.sum(column), BigInteger) for column in columns]


def _only(
    query: Select[Any], camera_id: InstrumentedAttribute[int], cameras: CameraFilter
) -> Select[Any]:
    if cameras.camera_id is not None:
        query = query.where(camera_id == cameras.camera_id)
    for column, wanted in ((CameraRow.site, cameras.site), (CameraRow.zone, cameras.zone)):
        if wanted is not None:
            query = query.where(camera_id.in_(select(CameraRow.id).where(column == wanted)))
    return query
