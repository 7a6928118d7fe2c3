"""Count sightings by minute, hour and day, in the transaction that writes them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, cast, delete, func, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.buckets import Bucket, floor, following, hours_agree, starts_between
from core.errors import BadSettings
from core.storage.engine import Moment
from core.storage.installation import read_time_zone, write_time_zone
from core.storage.tables import DayRollupRow, HourRollupRow, MinuteRollupRow
from core.types import Verdict

Slot: TypeAlias = tuple[int, datetime]
"""A camera and the start of a stretch of time."""

RollupRow: TypeAlias = type[MinuteRollupRow] | type[HourRollupRow] | type[DayRollupRow]

ROWS: Mapping[Bucket, RollupRow] = {
    Bucket.MINUTE: MinuteRollupRow,
    Bucket.HOUR: HourRollupRow,
    Bucket.DAY: DayRollupRow,
}
COUNTS = tuple(verdict.value for verdict in Verdict)
_SEEN = "seen_minutes"


def add_to_rollups(
    session: Session,
    people: Mapping[Slot, Counter[str]],
    seen: Iterable[Slot],
    zone: ZoneInfo,
) -> None:
    """Count people by verdict into their minute, hour and day.

    people: by camera and minute. seen: minutes in which a camera delivered; each
    is counted once, however often it is told. zone: what hours and days are cut by.
    """
    minutes = {*seen, *people}
    if not minutes:
        return
    new = _open_minutes(session, minutes)
    _add(session, Bucket.MINUTE, people)
    for bucket in (Bucket.HOUR, Bucket.DAY):
        sums: dict[Slot, Counter[str]] = {}
        for camera_id, minute in minutes:
            slot = camera_id, floor(minute, bucket, zone)
            sums.setdefault(slot, Counter()).update(people.get((camera_id, minute), {}))
            sums[slot][_SEEN] += (camera_id, minute) in new
        _add(session, bucket, {slot: counts for slot, counts in sums.items() if counts.total()})


def rebuild(session: Session, source: Bucket, target: Bucket, zone: ZoneInfo) -> None:
    """Make all rollups of `target` anew from those of `source`, cut by a zone."""
    coarse, fine = ROWS[target], ROWS[source]
    session.execute(delete(coarse))
    first, last = _extent(session, source)
    for start in starts_between(first, last, target, zone) if first and last else ():
        session.execute(_sum_up(coarse, fine, start, following(start, target, zone)))


def settle_time_zone(session: Session, zone: ZoneInfo) -> None:
    """Cut hours and days by a zone from now on; what is counted is cut anew.

    Raises BadSettings where hours begin at other minutes in that zone and the
    minutes to count them from are gone.
    """
    counted_by = read_time_zone(session)
    first, last = _extent(session, Bucket.HOUR)
    if first and last and not hours_agree(counted_by, zone, first, last):
        oldest_minute, _ = _extent(session, Bucket.MINUTE)
        if oldest_minute is None or floor(oldest_minute, Bucket.HOUR, counted_by) > first:
            raise BadSettings(
                f"MASKWATCH_TIME_ZONE is {zone.key}, whose hours begin at other minutes than those "
                f"of {counted_by.key}; history of {counted_by.key} is kept by the hour only and "
                f"cannot be cut anew: leave it {counted_by.key}"
            )
        rebuild(session, Bucket.MINUTE, Bucket.HOUR, zone)
    if counted_by.key != zone.key:
        rebuild(session, Bucket.HOUR, Bucket.DAY, zone)
    write_time_zone(session, zone)


def _extent(session: Session, bucket: Bucket) -> tuple[datetime | None, datetime | None]:
    """Find the first start and just behind the last one; None where nothing is counted."""
    row = ROWS[bucket]
    first, last = session.execute(select(func.min(row.start), func.max(row.start))).one()
    return first, last and last + timedelta(microseconds=1)


def _sum_up(coarse: Any, fine: Any, start: datetime, end: datetime) -> Any:
    seen = getattr(fine, _SEEN, literal(1))
    columns = (*(getattr(fine, name) for name in COUNTS), seen)
    # SUM of integers is NUMERIC on PostgreSQL.
    sums = [cast(func.sum(column), BigInteger) for column in columns]
    query = select(fine.camera_id, literal(start, Moment), *sums).group_by(fine.camera_id)
    query = query.where(fine.start >= start, fine.start < end)
    return insert(coarse).from_select(["camera_id", "start", *COUNTS, _SEEN], query)


def _open_minutes(session: Session, minutes: set[Slot]) -> set[Slot]:
    """Make a row for each minute that has none; returns those."""
    row = MinuteRollupRow
    zeros = dict.fromkeys(COUNTS, 0)
    values = [{"camera_id": camera, "start": start, **zeros} for camera, start in sorted(minutes)]
    statement = upsert(session, row).values(values).on_conflict_do_nothing()
    made = session.execute(statement.returning(row.camera_id, row.start))
    return {(camera_id, start) for camera_id, start in made}


def _add(session: Session, bucket: Bucket, increments: Mapping[Slot, Counter[str]]) -> None:
    """Add to the rows of one grain; those that are missing are made."""
    if not increments:
        return
    row = ROWS[bucket]
    names = COUNTS if bucket is Bucket.MINUTE else (*COUNTS, _SEEN)
    values = [
        {"camera_id": camera_id, "start": start, **{name: counts[name] for name in names}}
        for (camera_id, start), counts in sorted(increments.items())
    ]
    statement = upsert(session, row).values(values)
    grown = {name: getattr(row, name) + getattr(statement.excluded, name) for name in names}
    session.execute(
        statement.on_conflict_do_update(index_elements=[row.camera_id, row.start], set_=grown)
    )


def upsert(session: Session, table: type[Any]) -> Any:
    """INSERT that can meet a conflict; the two servers spell it alike, SQLAlchemy apart."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return (sqlite if is_sqlite else postgresql).insert(table)
