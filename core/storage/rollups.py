"""Count sightings by minute, quarter, hour and day, in the transaction that writes them."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any, TypeAlias, cast
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CursorResult,
    Select,
    case,
    delete,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.buckets import Bucket, floor, following, hours_agree, starts_between
from core.storage.engine import Moment
from core.storage.installation import read_minutes_from, read_time_zone, write_time_zone
from core.storage.tables import (
    SEVERAL_VERSIONS,
    CameraRow,
    DayRollupRow,
    HourRollupRow,
    MinuteRollupRow,
    QuarterRollupRow,
)
from core.types import Verdict

Slot: TypeAlias = tuple[int, datetime]
"""A camera and the start of a stretch of time."""

RollupRow: TypeAlias = (
    type[MinuteRollupRow] | type[QuarterRollupRow] | type[HourRollupRow] | type[DayRollupRow]
)

ROWS: Mapping[Bucket, RollupRow] = {
    Bucket.MINUTE: MinuteRollupRow,
    Bucket.QUARTER: QuarterRollupRow,
    Bucket.HOUR: HourRollupRow,
    Bucket.DAY: DayRollupRow,
}
COUNTS = tuple(verdict.value for verdict in Verdict)
NO_VERSIONS: Mapping[Slot, str] = MappingProxyType({})
_SEEN = "seen_minutes"
_VERSION = "model_version"
_INSTANT = timedelta(microseconds=1)
_COARSE = (Bucket.QUARTER, Bucket.HOUR, Bucket.DAY)


def add_to_rollups(
    session: Session,
    people: Mapping[Slot, Counter[str]],
    seen: Iterable[Slot],
    zone: ZoneInfo,
    versions: Mapping[Slot, str] = NO_VERSIONS,
) -> None:
    """Count people by verdict into their minute, quarter, hour and day.

    people: by camera and minute. seen: minutes in which a camera delivered; each
    is counted once, however often it is told. zone: what hours and days are cut by.
    versions: the model version that judged the people of a minute.
    """
    minutes = {*seen, *people}
    new = _open_minutes(session, minutes)
    _add(session, Bucket.MINUTE, people, versions)
    for bucket in _COARSE:
        sums: dict[Slot, Counter[str]] = defaultdict(Counter)
        judges: dict[Slot, str] = {}
        for camera_id, minute in minutes:
            slot = camera_id, floor(minute, bucket, zone)
            sums[slot].update(people.get((camera_id, minute), {}))
            sums[slot][_SEEN] += (camera_id, minute) in new
            version = versions.get((camera_id, minute), "")
            judges[slot] = join_versions(judges.get(slot, ""), version)
        grown = {slot: counts for slot, counts in sums.items() if counts.total()}
        _add(session, bucket, grown, judges)


def join_versions(one: str, other: str) -> str:
    """Say what judged the people of two slots together; empty where nobody was judged."""
    return one if other in ("", one) else other if one == "" else SEVERAL_VERSIONS


def rebuild(session: Session, source: Bucket, target: Bucket, zone: ZoneInfo) -> None:
    """Make all rollups of `target` anew from those of `source`, cut by a zone."""
    session.execute(delete(ROWS[target]))
    first, last = _extent(session, source)
    cameras = select(CameraRow.id)
    for start in starts_between(first, last, target, zone) if first and last else ():
        session.execute(_sum_up(source, target, start, zone, cameras))


def settle_time_zone(session: Session, zone: ZoneInfo) -> None:
    """Cut hours and days by a zone from now on; what is counted is cut anew."""
    counted_by = read_time_zone(session)
    first, last = _extent(session, Bucket.HOUR)
    if first and last and not hours_agree(counted_by, zone, first, last):
        rebuild(session, Bucket.QUARTER, Bucket.HOUR, zone)
    if counted_by.key != zone.key:
        rebuild(session, Bucket.HOUR, Bucket.DAY, zone)
    write_time_zone(session, zone)


def erase_counts(
    session: Session, start: datetime, end: datetime, camera_id: int | None = None
) -> int:
    """Take the minutes of [start, end) out of all counts; returns how many there were.

    camera_id: None for all cameras. Minutes that the range touches go whole; so do
    quarters of an hour whose minutes are kept no more.
    """
    zone, kept_from = read_time_zone(session), read_minutes_from(session)
    cameras = select(CameraRow.id)
    if camera_id is not None:
        cameras = cameras.where(CameraRow.id == camera_id)
    erased = _erase(session, Bucket.MINUTE, start, end, zone, cameras)
    for source, target in pairwise(ROWS):
        _erase(session, target, start, end, zone, cameras)
        edges = {floor(start, target, zone), floor(end - _INSTANT, target, zone)}
        for edge in sorted(edges):
            if target is not Bucket.QUARTER or kept_from is None or edge >= kept_from:
                session.execute(_sum_up(source, target, edge, zone, cameras))
    return erased


def _erase(
    session: Session,
    bucket: Bucket,
    start: datetime,
    end: datetime,
    zone: ZoneInfo,
    cameras: Select[int],
) -> int:
    """Delete the rows of one grain that share a moment with [start, end)."""
    row = ROWS[bucket]
    gone = delete(row).where(row.camera_id.in_(cameras), row.start < end)
    gone = gone.where(row.start >= floor(start, bucket, zone))
    return cast("CursorResult[Any]", session.execute(gone)).rowcount


def _extent(session: Session, bucket: Bucket) -> tuple[datetime | None, datetime | None]:
    """Find the first start and just behind the last one; None where nothing is counted."""
    row = ROWS[bucket]
    first, last = session.execute(select(func.min(row.start), func.max(row.start))).one()
    return first, last and last + _INSTANT


def _sum_up(
    source: Bucket, target: Bucket, start: datetime, zone: ZoneInfo, cameras: Select[int]
) -> Any:
    """Count one stretch of `target` out of the rows of `source` in it."""
    coarse, fine = ROWS[target], ROWS[source]
    seen = getattr(fine, _SEEN, literal(1))
    columns = (*(getattr(fine, name) for name in COUNTS), seen)
    # SUM of integers is NUMERIC on PostgreSQL.
    sums = [sql_cast(func.sum(column), BigInteger) for column in columns]
    version = _joined_version(fine.model_version)
    query = select(fine.camera_id, literal(start, Moment), *sums, version)
    # With the cameras named, the primary key finds the rows.
    query = query.where(fine.camera_id.in_(cameras), fine.start >= start)
    query = query.where(fine.start < following(start, target, zone)).group_by(fine.camera_id)
    return insert(coarse).from_select(["camera_id", "start", *COUNTS, _SEEN, _VERSION], query)


def _joined_version(versions: Any) -> ColumnElement[str]:
    """Join the versions of many rows as `join_versions` does."""
    named = func.nullif(versions, "")
    return case(
        (func.max(named).is_(None), ""),
        (func.min(named) == func.max(named), func.max(named)),
        else_=SEVERAL_VERSIONS,
    )


def _open_minutes(session: Session, minutes: set[Slot]) -> set[Slot]:
    """Make a row for each minute that has none; returns those."""
    if not minutes:
        return set()
    empty = {**dict.fromkeys(COUNTS, 0), _VERSION: ""}
    values = [{"camera_id": camera, "start": start, **empty} for camera, start in sorted(minutes)]
    made = session.execute(_opening(_dialect(session)), values)
    return {(camera_id, start) for camera_id, start in made}


def _add(
    session: Session,
    bucket: Bucket,
    increments: Mapping[Slot, Counter[str]],
    versions: Mapping[Slot, str],
) -> None:
    """Add to the rows of one grain; those that are missing are made."""
    names = _names(bucket)
    values = [
        {
            "camera_id": camera_id,
            "start": start,
            _VERSION: versions.get((camera_id, start), ""),
            **{name: counts[name] for name in names},
        }
        for (camera_id, start), counts in sorted(increments.items())
    ]
    if values:
        session.execute(_growing(_dialect(session), bucket), values)


def _names(bucket: Bucket) -> tuple[str, ...]:
    return COUNTS if bucket is Bucket.MINUTE else (*COUNTS, _SEEN)


@cache
def _opening(dialect: str) -> Any:
    """Make the statement of `_open_minutes`, once: to build it takes longer than to run it."""
    table = MinuteRollupRow.__table__
    statement = _INSERTS[dialect](table).on_conflict_do_nothing()
    return statement.returning(table.c.camera_id, table.c.start)


@cache
def _growing(dialect: str, bucket: Bucket) -> Any:
    """Make the statement of `_add`, once."""
    table = ROWS[bucket].__table__
    statement = _INSERTS[dialect](table)
    old, new = table.c, statement.excluded
    grown = {name: old[name] + new[name] for name in _names(bucket)}
    version = case(
        (new.model_version.in_(("", old.model_version)), old.model_version),
        (old.model_version == "", new.model_version),
        else_=SEVERAL_VERSIONS,
    )
    key = [old.camera_id, old.start]
    return statement.on_conflict_do_update(index_elements=key, set_={**grown, _VERSION: version})


def upsert(session: Session, table: type[Any]) -> Any:
    """INSERT that can meet a conflict; the two servers spell it alike, SQLAlchemy apart."""
    return _INSERTS[_dialect(session)](table)


_INSERTS: Mapping[str, Callable[[Any], Any]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name
