"""Questions of the backfill of recorded videos."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import ValidationError
from sqlalchemy import delete, false, select
from sqlalchemy.orm import Session

from core.backfills import BackfillParameters
from core.buckets import Bucket, floor
from core.errors import Conflict, NotFound
from core.jobs import JobKind, JobState
from core.storage.erasure import erase_range
from core.storage.installation import read_minutes_from, read_time_zone
from core.storage.rollups import Slot, add_to_rollups
from core.storage.tables import (
    CameraRow,
    JobRow,
    MinuteRollupRow,
    QuarterRollupRow,
    SightingRow,
)

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class FilmedCamera:
    """Of a camera, what the backfill needs: its address is not opened."""

    id: int
    name: str
    site_id: int | None
    frames_per_second: float
    long_side: int


def read_camera(session: Session, camera_id: int) -> FilmedCamera:
    """Read a registered camera. Raises NotFound."""
    row = session.get(CameraRow, camera_id)
    if row is None or row.removed_at is not None:
        raise NotFound(f"there is no camera {camera_id}")
    return FilmedCamera(row.id, row.name, row.site_id, row.frames_per_second, row.long_side)


def find_camera(session: Session, number_or_name: str) -> FilmedCamera:
    """Find a registered camera by its number or name; the number wins. Raises NotFound."""
    is_number = number_or_name.isascii() and number_or_name.isdigit()
    query = select(CameraRow.id).where(CameraRow.removed_at.is_(None))
    numbered = CameraRow.id == int(number_or_name) if is_number else false()
    for condition in (numbered, CameraRow.name == number_or_name):
        camera_id = session.scalar(query.where(condition))
        if camera_id is not None:
            return read_camera(session, camera_id)
    raise NotFound(f'there is no camera "{number_or_name}"; see `maskwatch camera list`')


def check_free(session: Session, camera_id: int, start: datetime, end: datetime) -> None:
    """Raise Conflict where a camera has history from start on and before end.

    Of a minute that lies only partly within, people count: the minute itself may have
    been seen by the video before or after.
    """
    if _has_sightings(session, camera_id, start, end) or _was_seen(session, camera_id, start, end):
        raise Conflict(
            f"camera {camera_id} has history between {start:%Y-%m-%d %H:%M:%S} and "
            f"{end:%Y-%m-%d %H:%M:%S} UTC; set `replace` to erase it, or give another time"
        )


def make_room(
    session: Session, camera_id: int, start: datetime, end: datetime, replace: bool
) -> int:
    """Erase what stands there, or raise Conflict; returns how many sightings went."""
    if replace:
        return clear(session, camera_id, start, end)
    check_free(session, camera_id, start, end)
    return 0


def clear(session: Session, camera_id: int, start: datetime, end: datetime) -> int:
    """Erase a camera's history from start on and before end; returns how many sightings went.

    Of a minute that lies only partly within, the people go, and the minute stays seen.
    Raises Conflict where minutes were pruned: what they held cannot be taken out.
    """
    minutes_from = read_minutes_from(session)
    if minutes_from is not None and start < minutes_from:
        raise Conflict(
            f"minutes are kept since {minutes_from:%Y-%m-%d %H:%M} UTC only: erase what is there "
            "before that by whole quarters of an hour, then send the video without `replace`"
        )
    first, last = _ceiling(start), end.replace(second=0, microsecond=0)
    if first >= last:
        return _take_out(session, camera_id, start, end)
    edges = _take_out(session, camera_id, start, first) + _take_out(session, camera_id, last, end)
    return edges + erase_range(session, camera_id, first, last).sightings


def list_uploads_in_use(session: Session) -> frozenset[str]:
    """Name the uploaded files that jobs have still to read."""
    ended = [state.value for state in JobState if state.is_ended]
    query = select(JobRow.parameters).where(JobRow.kind == JobKind.BACKFILL.value)
    texts = session.scalars(query.where(JobRow.state.not_in(ended)))
    return frozenset(name for text in texts if (name := _upload_of(text)))


def _has_sightings(session: Session, camera_id: int, start: datetime, end: datetime) -> bool:
    row = SightingRow
    query = select(row.id).where(row.camera_id == camera_id)
    query = query.where(row.started_at >= start, row.started_at < end)
    return session.scalar(query.limit(1)) is not None


def _was_seen(session: Session, camera_id: int, start: datetime, end: datetime) -> bool:
    """Look for minutes that lie wholly within; for quarters, where minutes are pruned."""
    row = MinuteRollupRow
    query = select(row.start).where(row.camera_id == camera_id)
    query = query.where(row.start >= start, row.start <= end - _MINUTE)
    if session.scalar(query.limit(1)) is not None:
        return True
    minutes_from = read_minutes_from(session)
    if minutes_from is None or start >= minutes_from:
        return False
    quarter = QuarterRollupRow
    first = floor(start, Bucket.QUARTER, read_time_zone(session))
    quarters = select(quarter.start).where(quarter.camera_id == camera_id, quarter.start >= first)
    quarters = quarters.where(quarter.start < min(end, minutes_from))
    return session.scalar(quarters.limit(1)) is not None


def _take_out(session: Session, camera_id: int, start: datetime, end: datetime) -> int:
    """Delete the sightings of a part of a minute, and count them out of the rollups."""
    row = SightingRow
    condition = (row.camera_id == camera_id, row.started_at >= start, row.started_at < end)
    gone = session.execute(
        delete(row)
        .where(*condition)
        .returning(row.started_at, row.verdict, row.is_required, row.is_continuation)
    ).all()
    people: dict[Slot, Counter[str]] = defaultdict(Counter)
    for one in gone:
        if one.is_required and not one.is_continuation:
            minute = one.started_at.replace(second=0, microsecond=0)
            people[camera_id, minute][one.verdict] -= 1
    add_to_rollups(session, people, (), read_time_zone(session))
    return len(gone)


def _ceiling(moment: datetime) -> datetime:
    whole = moment.replace(second=0, microsecond=0)
    return whole if whole == moment else whole + _MINUTE


def _upload_of(text: str) -> str | None:
    try:
        return BackfillParameters.model_validate_json(text).upload
    except ValidationError:
        return None
