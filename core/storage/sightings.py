"""Questions about sightings: one person passing one camera, each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_
from sqlalchemy.orm import Session

from core.access_scopes import EVERYWHERE, CameraScope
from core.errors import NotFound
from core.storage.camera_filters import CameraFilter, choose_cameras
from core.storage.cursors import read_cursor, write_cursor
from core.storage.engine import Database, Moment
from core.storage.reviews import Review, ReviewLabel, is_reviewed
from core.storage.scopes import camera_ids_in
from core.storage.tables import CameraRow, ReviewRow, SightingPictureRow, SightingRow
from core.types import Verdict

PAGE_MAX = 200
_EXPORT_PAGE = 2_000
_SIGHTING_MAX = timedelta(hours=1)
"""Longer than any sighting lasts; its picture was taken within it."""
_MICROSECOND = timedelta(microseconds=1)
"""What moments are told apart by."""


class Order(StrEnum):
    """Which sightings come first; those of one moment by their ids."""

    NEWEST = "newest"
    OLDEST = "oldest"


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
    review: Review | None = None

    @property
    def cursor(self) -> str:
        """Say where it stands in lists: what comes after it is the page of this cursor."""
        return write_cursor(self.started_at, self.id)


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
    is_reviewed: bool | None = None
    scope: CameraScope = EVERYWHERE

    @property
    def cameras(self) -> CameraFilter:
        return CameraFilter(self.camera_id, self.site, self.zone, self.scope)


def list_sightings(
    session: Session,
    wanted: SightingFilter,
    cursor: str | None,
    limit: int,
    order: Order = Order.NEWEST,
) -> tuple[list[Sighting], str | None]:
    """List sightings in an order, with the cursor of the next page (None at the end).

    Raises BadRequest on a cursor that is not one of ours.
    """
    question = _choose_ids(session, wanted, cursor, limit, order)
    if question is None:
        return [], None
    chosen = question.subquery()
    page_ids = select(chosen.c.id).order_by(*_sort(chosen.c, order)).limit(limit + 1)
    # Two questions: where PostgreSQL misjudges the first one, it would read all for the second.
    ids = session.scalars(page_ids).all()
    query = _select().where(SightingRow.id.in_(ids)).order_by(*_sort(SightingRow, order))
    found = [_sighting(*one) for one in session.execute(query)]
    page = found[:limit]
    return page, page[-1].cursor if len(found) > limit else None


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
    query = _select(row.timeline).where(row.id == sighting_id)
    found = session.execute(query.where(row.camera_id.in_(camera_ids_in(scope)))).first()
    if found is None:
        raise NotFound(f"there is no sighting {sighting_id}")
    timeline, *values = found
    sighting = _sighting(*values)
    return SightingDetail(**{one: getattr(sighting, one) for one in _FIELDS}, timeline=timeline)


def _choose_ids(
    session: Session, wanted: SightingFilter, cursor: str | None, limit: int, order: Order
) -> Select[int, datetime] | None:
    """Ask for the ids that a page comes from, with their moments; None where there are none."""
    row, stretch = SightingRow, _reach(session, wanted, cursor, order)
    conditions = list(_conditions(wanted))
    if wanted.is_reviewed:
        return _choose_reviewed(session, wanted, stretch, conditions)
    if wanted.cameras.is_open and wanted.verdict is None:
        return select(row.id, row.started_at).where(*_within(row, stretch), *conditions)
    if chosen := choose_cameras(session, wanted.cameras):
        return _narrow(session, chosen, stretch, conditions, limit)
    return None


def _conditions(wanted: SightingFilter) -> Iterator[ColumnElement[bool]]:
    """List what each sighting must be; its camera and its time apart."""
    row = SightingRow
    if wanted.verdict is not None:
        yield row.verdict == wanted.verdict.value
    if wanted.is_required is not None:
        yield row.is_required == wanted.is_required
    if wanted.has_picture is not None:
        yield _has_picture() == wanted.has_picture
    if wanted.is_reviewed is False:
        yield ~is_reviewed()


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Where a page is looked for: begun in [start, end), behind the last one, in an order."""

    start: datetime
    end: datetime
    last: tuple[datetime, int] | None
    order: Order


class _Columns(NamedTuple):
    """When a sighting began, and its id, where another table tells them."""

    started_at: Any
    id: Any


def _reach(session: Session, wanted: SightingFilter, cursor: str | None, order: Order) -> _Stretch:
    """Find where to look: from the cursor on, and where there are pictures.

    Without the cursor's moment, PostgreSQL begins at the range's end, and walks there.
    """
    start, end = _first_moment(session, wanted), wanted.end
    if cursor is None:
        return _Stretch(start, end, None, order)
    last = read_cursor(cursor, int)
    if order is Order.NEWEST:
        return _Stretch(start, min(end, last[0] + _MICROSECOND), last, order)
    return _Stretch(max(start, last[0]), end, last, order)


def _within(row: Any, stretch: _Stretch) -> Iterator[ColumnElement[bool]]:
    """List the conditions of a stretch. row: as of `_sort`."""
    yield row.started_at >= stretch.start
    yield row.started_at < stretch.end
    if stretch.last is not None:
        moment, sighting_id = stretch.last
        here = tuple_(row.started_at, row.id)
        last = tuple_(literal(moment, Moment()), literal(sighting_id))
        yield here < last if stretch.order is Order.NEWEST else here > last


def _first_moment(session: Session, wanted: SightingFilter) -> datetime:
    """Find where to stop looking: no sighting long before the oldest picture has one."""
    if wanted.has_picture is not True:
        return wanted.start
    oldest = session.scalar(select(func.min(SightingPictureRow.taken_at)))
    return wanted.end if oldest is None else max(wanted.start, oldest - _SIGHTING_MAX)


def _choose_reviewed(
    session: Session,
    wanted: SightingFilter,
    stretch: _Stretch,
    conditions: Sequence[ColumnElement[bool]],
) -> Select[int, datetime]:
    """Go along the reviews, which are few: people made each of them by hand.

    Each sighting is looked up alone: joined, servers may go along a camera's sightings instead.
    """
    row, review = SightingRow, ReviewRow
    sighting = select(row.id).where(row.id == review.sighting_id, *conditions)
    if not wanted.cameras.is_open:
        sighting = sighting.where(row.camera_id.in_(choose_cameras(session, wanted.cameras)))
    ids = select(review.sighting_id.label("id"), review.started_at)
    columns = _Columns(review.started_at, review.sighting_id)
    return ids.where(*_within(columns, stretch), sighting.scalar_subquery().is_not(None))


def _narrow(
    session: Session,
    chosen: Sequence[int],
    stretch: _Stretch,
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
) -> Select[int, datetime]:
    """Narrow a question about some cameras to the moments that its page can come from.

    Newest first over all cameras would pass by every other camera's sightings: a
    long way where the chosen ones have been silent. So each chosen camera is asked
    when its last sighting of a full page began; the latest of those moments is
    where the page ends at the earliest. Each step reads one short run of an index.
    Oldest first is the same the other way round.
    """
    row, is_newest = SightingRow, stretch.order is Order.NEWEST
    last = select(row.started_at).where(row.camera_id == CameraRow.id, *conditions)
    last = last.where(*_within(row, stretch)).order_by(*_sort(row, stretch.order))
    last_of_each = last.offset(limit).limit(1).scalar_subquery()
    farthest = func.max(last_of_each) if is_newest else func.min(last_of_each)
    bound = session.scalar(select(farthest).where(CameraRow.id.in_(chosen)))
    # In place of the one there is: of two bounds, SQLite begins at whichever comes first.
    if bound is not None and is_newest:
        stretch = replace(stretch, start=bound)
    elif bound is not None:
        stretch = replace(stretch, end=bound + _MICROSECOND)
    ids = select(row.id, row.started_at).where(row.camera_id.in_(chosen), *conditions)
    # Materialized: else PostgreSQL, which believes in even spreads, takes the index by time.
    few = ids.where(*_within(row, stretch)).cte("few").prefix_with("MATERIALIZED")
    return select(few.c.id, few.c.started_at)


def _sort(row: Any, order: Order) -> tuple[Any, Any]:
    """Order by moment and id. row: SightingRow, or the columns of a question for them."""
    if order is Order.NEWEST:
        return row.started_at.desc(), row.id.desc()
    return row.started_at.asc(), row.id.asc()


def _has_picture() -> ColumnElement[bool]:
    """Make the condition on SightingRow that a picture of it is kept.

    Not by EXISTS, for which PostgreSQL may gather the ids of all pictures first.
    """
    picture = select(SightingPictureRow.sighting_id)
    picture = picture.where(SightingPictureRow.sighting_id == SightingRow.id)
    return picture.scalar_subquery().is_not(None)


_FIELDS = tuple(field.name for field in fields(Sighting))
_COLUMNS = tuple(
    getattr(SightingRow, name) for name in _FIELDS if name not in ("has_picture", "review")
)
_REVIEW = (ReviewRow.label, ReviewRow.reviewed_by, ReviewRow.reviewed_at)


def _select(*more: Any) -> Select[Any]:
    """Ask for sightings: these columns, then those of `_sighting`."""
    query = select(*more, *_REVIEW, *_COLUMNS, _has_picture()).select_from(SightingRow)
    return query.outerjoin(ReviewRow, ReviewRow.sighting_id == SightingRow.id)


def _sighting(label: str | None, by: str, at: datetime, *values: Any) -> Sighting:
    """Make a sighting of its review, its columns, and whether there is a picture."""
    review = Review(ReviewLabel(label), by, at) if label is not None else None
    return Sighting(*(*values[:4], Verdict(values[4]), *values[5:], review))
