"""Questions about sightings: one person passing one camera, each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal, select, tuple_
from sqlalchemy.orm import Session

from core.access_scopes import EVERYWHERE, CameraScope
from core.errors import BadRequest, NotFound
from core.storage.camera_filters import CameraFilter, choose_cameras
from core.storage.engine import Database, Moment
from core.storage.scopes import camera_ids_in
from core.storage.tables import CameraRow, SightingPictureRow, SightingRow
from core.types import Verdict, from_microseconds, to_microseconds

PAGE_MAX = 200
_EXPORT_PAGE = 2_000
_SIGHTING_MAX = timedelta(hours=1)
"""Longer than any sighting lasts; its picture was taken within it."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A finished track. mask, incorrect_mask, no_mask: weighed mean probabilities."""

    id: int
    camera_id: int
    started_at: datetime
    ended_at: datetime
    verdict: Verdict
    mask: float
    incorrect_mask: float
    no_mask: float
    faces: int
    is_continuation: bool
    model_version: str
    is_required: bool = True
    changes: int = 0
    has_picture: bool = False


@dataclass(frozen=True, slots=True)
class SightingDetail(Sighting):
    """A sighting with its votes over time (`core/timelines.py`); None once they are pruned."""

    timeline: bytes | None = None


@dataclass(frozen=True, slots=True)
class SightingFilter:
    """Which sightings are asked for: begun in [start, end), and so on; None: whichever.

    scope: of the cameras that the asker may see.
    """

    start: datetime
    end: datetime
    verdict: Verdict | None = None
    camera_id: int | None = None
    site: str | None = None
    zone: str | None = None
    is_required: bool | None = None
    has_picture: bool | None = None
    scope: CameraScope = EVERYWHERE

    @property
    def cameras(self) -> CameraFilter:
        return CameraFilter(self.camera_id, self.site, self.zone, self.scope)


def list_sightings(
    session: Session, wanted: SightingFilter, cursor: str | None, limit: int
) -> tuple[list[Sighting], str | None]:
    """List sightings, newest first, with the cursor of the next page (None at the end).

    Raises BadRequest on a cursor that is not one of ours.
    """
    row = SightingRow
    conditions = list(_conditions(wanted, cursor))
    start = _first_moment(session, wanted)
    if wanted.cameras.is_open and wanted.verdict is None:
        ids = select(row.id, row.started_at).where(row.started_at >= start, *conditions)
    elif chosen := choose_cameras(session, wanted.cameras):
        ids = _narrow(session, chosen, start, conditions, limit)
    else:
        return [], None
    newest = ids.subquery()
    order = newest.c.started_at.desc(), newest.c.id.desc()
    page_ids = select(newest.c.id).order_by(*order).limit(limit + 1)
    query = select(*_COLUMNS, _has_picture()).where(row.id.in_(page_ids))
    query = query.order_by(row.started_at.desc(), row.id.desc())
    found = [_sighting(*one) for one in session.execute(query)]
    page = found[:limit]
    return page, _write_cursor(page[-1]) if len(found) > limit else None


def read_all_sightings(
    database: Database, wanted: SightingFilter, page_rows: int = _EXPORT_PAGE
) -> Iterator[list[Sighting]]:
    """Read all sightings page by page, newest first.

    Each page is a transaction of its own: one that stayed open for minutes would keep
    SQLite from cutting its log, and PostgreSQL from cleaning up.
    """
    cursor = None
    while True:
        with database.read() as session:
            page, cursor = list_sightings(session, wanted, cursor, page_rows)
        yield page
        if cursor is None:
            return


def get_sighting(
    session: Session, sighting_id: int, scope: CameraScope = EVERYWHERE
) -> SightingDetail:
    """Read one sighting. Raises NotFound, also where its camera is out of scope."""
    row = SightingRow
    query = select(*_COLUMNS, _has_picture(), row.timeline).where(row.id == sighting_id)
    found = session.execute(query.where(row.camera_id.in_(camera_ids_in(scope)))).first()
    if found is None:
        raise NotFound(f"there is no sighting {sighting_id}")
    *values, timeline = found
    sighting = _sighting(*values)
    return SightingDetail(**{one: getattr(sighting, one) for one in _FIELDS}, timeline=timeline)


def _conditions(wanted: SightingFilter, cursor: str | None) -> Iterator[ColumnElement[bool]]:
    """List what each sighting of the page must be; its camera and the first moment apart."""
    row = SightingRow
    until = wanted.end
    if cursor is not None:
        moment, sighting_id = _read_cursor(cursor)
        # Without it, PostgreSQL begins at the range's end, and walks to the cursor.
        until = min(until, moment + timedelta(microseconds=1))
        yield tuple_(row.started_at, row.id) < tuple_(
            literal(moment, Moment()), literal(sighting_id)
        )
    yield row.started_at < until
    if wanted.verdict is not None:
        yield row.verdict == wanted.verdict.value
    if wanted.is_required is not None:
        yield row.is_required == wanted.is_required
    if wanted.has_picture is not None:
        yield _has_picture() == wanted.has_picture


def _first_moment(session: Session, wanted: SightingFilter) -> datetime:
    """Find where to stop looking: no sighting long before the oldest picture has one."""
    if wanted.has_picture is not True:
        return wanted.start
    oldest = session.scalar(select(func.min(SightingPictureRow.taken_at)))
    return wanted.end if oldest is None else max(wanted.start, oldest - _SIGHTING_MAX)


def _narrow(
    session: Session,
    chosen: Sequence[int],
    start: datetime,
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
) -> Select[int, datetime]:
    """Narrow a question about some cameras to the moments that its page can come from.

    Newest first over all cameras would pass by every other camera's sightings: a
    long way where the chosen ones have been silent. So each chosen camera is asked
    when its last sighting of a full page began; the latest of those moments is
    where the page ends at the earliest. Each step reads one short run of an index.
    """
    row = SightingRow
    last = select(row.started_at).where(row.camera_id == CameraRow.id, *conditions)
    last = last.where(row.started_at >= start)
    last = last.order_by(row.started_at.desc(), row.id.desc()).offset(limit).limit(1)
    since = session.scalar(select(func.max(last.scalar_subquery())).where(CameraRow.id.in_(chosen)))
    # One bound: of two, SQLite begins at whichever comes first.
    first = start if since is None else since
    ids = select(row.id, row.started_at).where(row.camera_id.in_(chosen), *conditions)
    ids = ids.where(row.started_at >= first)
    # Materialized: else PostgreSQL, which believes in even spreads, takes the index by time.
    few = ids.cte("few").prefix_with("MATERIALIZED")
    return select(few.c.id, few.c.started_at)


def _has_picture() -> ColumnElement[bool]:
    return exists().where(SightingPictureRow.sighting_id == SightingRow.id)


def _write_cursor(last: Sighting) -> str:
    return f"{to_microseconds(last.started_at)}-{last.id}"


def _read_cursor(cursor: str) -> tuple[datetime, int]:
    microseconds, _, sighting_id = cursor.partition("-")
    try:
        return from_microseconds(int(microseconds)), int(sighting_id)
    except (ValueError, OverflowError) as error:
        raise BadRequest("cursor", "this cursor was not made by this list") from error


_FIELDS = tuple(field.name for field in fields(Sighting))
_COLUMNS = tuple(getattr(SightingRow, name) for name in _FIELDS if name != "has_picture")


def _sighting(*values: Any) -> Sighting:
    """Make a sighting of the columns and whether there is a picture."""
    return Sighting(*(*values[:4], Verdict(values[4]), *values[5:]))
