"""Count sightings by minute, hour and day, in the transaction that writes them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, case, cast, delete, func, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.buckets import Bucket, floor, following, hours_agree, starts_between
from core.errors import BadSettings
from core.storage.engine import Moment
from core.storage.installation import read_time_zone, write_time_zone
from core.storage.tables import (
    SEVERAL_VERSIONS,
    DayRollupRow,
    HourRollupRow,
    MinuteRollupRow,
)
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
NO_VERSIONS: Mapping[Slot, str] = MappingProxyType({})
_SEEN = "seen_minutes"
_VERSION = "model_version"
_ROWS_AT_ONCE = 1_000
"""SQLite takes 32,766 values in a statement, PostgreSQL 65,535."""


def add_to_rollups(
    session: Session,
    people: Mapping[Slot, Counter[str]],
    seen: Iterable[Slot],
    zone: ZoneInfo,
    versions: Mapping[Slot, str] = NO_VERSIONS,
) -> None:
    """Count people by verdict into their minute, hour and day.

    people: by camera and minute. seen: minutes in which a camera delivered; each
    is counted once, however often it is told. zone: what hours and days are cut by.
    versions: the model version that judged the people of a minute.
    """
    minutes = {*seen, *people}
    new = _open_minutes(session, minutes)
    _add(session, Bucket.MINUTE, people, versions)
    for bucket in (Bucket.HOUR, Bucket.DAY):
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
    version = _joined_version(fine.model_version)
    query = select(fine.camera_id, literal(start, Moment), *sums, version)
    query = query.where(fine.start >= start, fine.start < end).group_by(fine.camera_id)
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
    row = MinuteRollupRow
    empty = {**dict.fromkeys(COUNTS, 0), _VERSION: ""}
    made: set[Slot] = set()
    for some in _in_batches(sorted(minutes)):
        values = [{"camera_id": camera, "start": start, **empty} for camera, start in some]
        statement = upsert(session, row).values(values).on_conflict_do_nothing()
        found = session.execute(statement.returning(row.camera_id, row.start))
        made |= {(camera_id, start) for camera_id, start in found}
    return made


def _add(
    session: Session,
    bucket: Bucket,
    increments: Mapping[Slot, Counter[str]],
    versions: Mapping[Slot, str],
) -> None:
    """Add to the rows of one grain; those that are missing are made."""
    row = ROWS[bucket]
    names = COUNTS if bucket is Bucket.MINUTE else (*COUNTS, _SEEN)
    for slots in _in_batches(sorted(increments)):
        values = [
            {
                "camera_id": slot[0],
                "start": slot[1],
                _VERSION: versions.get(slot, ""),
                **{name: increments[slot][name] for name in names},
            }
            for slot in slots
        ]
        statement = upsert(session, row).values(values)
        new = statement.excluded
        grown = {name: getattr(row, name) + getattr(new, name) for name in names}
        version = case(
            (new.model_version.in_(("", row.model_version)), row.model_version),
            (row.model_version == "", new.model_version),
            else_=SEVERAL_VERSIONS,
        )
        key = [row.camera_id, row.start]
        session.execute(
            statement.on_conflict_do_update(index_elements=key, set_={**grown, _VERSION: version})
        )


def _in_batches(slots: Sequence[Slot]) -> Iterator[Sequence[Slot]]:
    for first in range(0, len(slots), _ROWS_AT_ONCE):
        yield slots[first : first + _ROWS_AT_ONCE]


def upsert(session: Session, table: type[Any]) -> Any:
    """INSERT that can meet a conflict; the two servers spell it alike, SQLAlchemy apart."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return (sqlite if is_sqlite else postgresql).insert(table)
