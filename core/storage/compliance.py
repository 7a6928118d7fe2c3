"""Questions about compliance: rollups in, rates with intervals out."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    cast,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.buckets import Bucket, floor, following, hours_agree, starts_between
from core.errors import BadRequest
from core.statistics import Counts
from core.storage.engine import Moment
from core.storage.installation import read_time_zone
from core.storage.rollups import COUNTS, ROWS, RollupRow
from core.storage.tables import CameraRow, SiteRow, ZoneRow

BUCKETS_MAX = 10_000

Piece: TypeAlias = tuple[Bucket, datetime, datetime]
"""A part of a range, start and end, that is read from the rollups of one grain."""


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

    Days are those of the zone: 23 or 25 hours long where clocks change. Whole
    minutes are counted, those of both ends too. Raises BadRequest on an empty
    range or one of over 10,000 buckets.
    """
    starts = list_starts(start, end, bucket, zone)
    chosen = _choose(session, cameras or CameraFilter())
    counts: dict[datetime, Counts] = defaultdict(Counts)
    counted_by = read_time_zone(session)
    for piece in _pieces(start, end, _grains(start, end, bucket, zone, counted_by), counted_by):
        for slot, found in _count_slots(session, piece, bucket, chosen):
            counts[floor(slot, bucket, zone)] += found
    series = tuple(
        ComplianceBucket(one, counts.get(one, Counts()), one not in counts) for one in starts
    )
    return Compliance(series, sum(counts.values(), Counts()))


def counts_by_camera(session: Session, start: datetime, end: datetime) -> dict[int, Counts]:
    """Count sightings that began in [start, end), per camera, by whole minutes."""
    counts: dict[int, Counts] = defaultdict(Counts)
    zone = read_time_zone(session)
    for bucket, since, until in _pieces(start, end, tuple(Bucket), zone):
        row = ROWS[bucket]
        query = select(row.camera_id, *_sums(row)).group_by(row.camera_id)
        for camera_id, *sums in session.execute(query.where(row.start >= since, row.start < until)):
            counts[camera_id] += Counts(*sums)
    return {camera_id: found for camera_id, found in counts.items() if found != Counts()}


def list_starts(start: datetime, end: datetime, bucket: Bucket, zone: ZoneInfo) -> list[datetime]:
    """List the starts of all buckets that share a moment with [start, end).

    Raises BadRequest on an empty range or one of over 10,000 buckets.
    """
    if end <= start:
        raise BadRequest("to", f"`to` ({end}) must be later than `from` ({start})")
    starts = list(islice(starts_between(start, end, bucket, zone), BUCKETS_MAX + 1))
    if len(starts) > BUCKETS_MAX:
        raise BadRequest(
            "bucket", f"the range has over {BUCKETS_MAX} buckets; choose a longer bucket"
        )
    return starts


def _grains(
    start: datetime, end: datetime, bucket: Bucket, zone: ZoneInfo, counted_by: ZoneInfo
) -> tuple[Bucket, ...]:
    """List the grains whose rollups add up to such buckets, finest first."""
    if bucket is Bucket.MINUTE or not hours_agree(zone, counted_by, start, end):
        return (Bucket.MINUTE,)
    if bucket is Bucket.HOUR or zone.key != counted_by.key:
        return (Bucket.MINUTE, Bucket.HOUR)
    return (Bucket.MINUTE, Bucket.HOUR, Bucket.DAY)


def _pieces(
    start: datetime, end: datetime, grains: Sequence[Bucket], zone: ZoneInfo
) -> Iterator[Piece]:
    """Cover a range with the coarsest of the grains, and its edges with finer ones."""
    *finer, coarsest = grains
    if not finer:
        yield coarsest, floor(start, coarsest, zone), end
        return
    first, last = _ceiling(start, coarsest, zone), floor(end, coarsest, zone)
    if first >= last:
        yield from _pieces(start, end, finer, zone)
        return
    if start < first:
        yield from _pieces(start, first, finer, zone)
    yield coarsest, first, last
    if last < end:
        yield from _pieces(last, end, finer, zone)


def _ceiling(moment: datetime, bucket: Bucket, zone: ZoneInfo) -> datetime:
    start = floor(moment, bucket, zone)
    return start if start == moment else following(start, bucket, zone)


def _count_slots(
    session: Session, piece: Piece, bucket: Bucket, camera_ids: Sequence[int]
) -> Iterator[tuple[datetime, Counts]]:
    grain, start, end = piece
    row = ROWS[grain]
    is_fine = grain is Bucket.MINUTE and bucket is not Bucket.MINUTE
    slot = _quarter(row.start) if is_fine else row.start
    query = select(slot, *_sums(row)).group_by(slot).where(row.start >= start, row.start < end)
    for moment, *sums in session.execute(query.where(row.camera_id.in_(camera_ids))):
        yield moment, Counts(*sums)


def _quarter(start: InstrumentedAttribute[datetime]) -> ColumnElement[datetime]:
    """Cut a time column to quarters of an hour, the finest offset of any zone, to group by.

    The number is written out: PostgreSQL takes two bound numbers for two groupings.
    """
    microseconds = type_coerce(start, BigInteger)
    return type_coerce(microseconds - microseconds % literal_column("900000000"), Moment())


def _sums(row: RollupRow) -> list[ColumnElement[int]]:
    # SUM of integers is NUMERIC on PostgreSQL.
    return [cast(func.sum(getattr(row, name)), BigInteger) for name in COUNTS]


def _choose(session: Session, cameras: CameraFilter) -> Sequence[int]:
    """List the cameras that a filter lets through: with their ids, an index by camera is used."""
    query = select(CameraRow.id).outerjoin(SiteRow, CameraRow.site_id == SiteRow.id)
    query = query.outerjoin(ZoneRow, CameraRow.zone_id == ZoneRow.id)
    wanted = {
        CameraRow.id: cameras.camera_id,
        func.coalesce(SiteRow.name, ""): cameras.site,
        func.coalesce(ZoneRow.name, ""): cameras.zone,
    }
    for column, value in wanted.items():
        if value is not None:
            query = query.where(column == value)
    return session.scalars(query).all()
