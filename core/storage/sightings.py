"""Questions about sightings: one person passing one camera, each."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import literal, select, tuple_
from sqlalchemy.orm import Session

from core.errors import BadRequest, NotFound
from core.storage.engine import Moment
from core.storage.tables import SightingRow
from core.types import Verdict, from_microseconds, to_microseconds

PAGE_MAX = 200


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


@dataclass(frozen=True, slots=True)
class SightingFilter:
    """Which sightings are asked for: begun in [start, end), and so on."""

    start: datetime
    end: datetime
    verdict: Verdict | None = None
    camera_id: int | None = None


def list_sightings(
    session: Session, wanted: SightingFilter, cursor: str | None, limit: int
) -> tuple[list[Sighting], str | None]:
    """List sightings, newest first, with the cursor of the next page (None at the end).

    Raises BadRequest on a cursor that is not one of ours.
    """
    row = SightingRow
    query = select(row).where(row.started_at >= wanted.start, row.started_at < wanted.end)
    if wanted.verdict is not None:
        query = query.where(row.verdict == wanted.verdict.value)
    if wanted.camera_id is not None:
        query = query.where(row.camera_id == wanted.camera_id)
    if cursor is not None:
        query = query.where(tuple_(row.started_at, row.id) < tuple_(*_read_cursor(cursor)))
    query = query.order_by(row.started_at.desc(), row.id.desc()).limit(limit + 1)
    found = [_sighting(one) for one in session.scalars(query)]
    page = found[:limit]
    return page, _write_cursor(page[-1]) if len(found) > limit else None


def get_sighting(session: Session, sighting_id: int) -> Sighting:
    """Read one sighting. Raises NotFound."""
    row = session.get(SightingRow, sighting_id)
    if row is None:
        raise NotFound(f"there is no sighting {sighting_id}")
    return _sighting(row)


def _write_cursor(last: Sighting) -> str:
    return f"{to_microseconds(last.started_at)}-{last.id}"


def _read_cursor(cursor: str) -> tuple[object, object]:
    microseconds, _, sighting_id = cursor.partition("-")
    try:
        moment = from_microseconds(int(microseconds))
        return literal(moment, Moment()), literal(int(sighting_id))
    except (ValueError, OverflowError) as error:
        raise BadRequest("cursor", "this cursor was not made by this list") from error


def _sighting(row: SightingRow) -> Sighting:
    return Sighting(
        row.id,
        row.camera_id,
        row.started_at,
        row.ended_at,
        Verdict(row.verdict),
        row.mask,
        row.incorrect_mask,
        row.no_mask,
        row.faces,
        row.is_continuation,
        row.model_version,
    )
