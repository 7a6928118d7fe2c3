"""Erase the history of cameras and times: rows, pictures, counts; nothing is left behind.

Counts are kept per person, and a person is counted when they came: whoever was in view
as the range begins is erased as well, with the minutes since they came.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias, cast

from sqlalchemy import ColumnElement, CursorResult, delete, func, select
from sqlalchemy.orm import Session

from core.access_scopes import EVERYWHERE, CameraScope
from core.erasure import Erased, ErasureParameters
from core.errors import BadRequest
from core.jobs import Progress
from core.storage.audit import Actor, record_change
from core.storage.engine import Database, utc_now
from core.storage.installation import read_minutes_from
from core.storage.recording import supersede
from core.storage.rollups import erase_counts
from core.storage.scopes import check_camera
from core.storage.space import breathing, give_space_back
from core.storage.tables import (
    CameraRow,
    FrameAccountRow,
    MinuteRollupRow,
    OpenPictureRow,
    OpenTracksRow,
    QuarterRollupRow,
    SightingPictureRow,
    SightingRow,
    Table,
)

STRETCH = timedelta(hours=6)
"""Erased in one transaction: 360 minutes, as many frame accounts, the people of that time."""
STRETCH_SIGHTINGS = 500
"""Where there are more, the stretch is cut in halves, down to STRETCH_MIN."""
STRETCH_MIN = timedelta(minutes=45)
OPEN_REACH = timedelta(hours=1)
"""A track that is open now began within it: longer ones are cut into sightings."""
QUARTER = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
_MOMENTS = (
    (SightingRow.camera_id, SightingRow.started_at),
    (MinuteRollupRow.camera_id, MinuteRollupRow.start),
    (FrameAccountRow.camera_id, FrameAccountRow.start),
    (QuarterRollupRow.camera_id, QuarterRollupRow.start),
)
"""Where history is kept: whose, and of when."""

Conditions: TypeAlias = tuple[ColumnElement[bool], ...]
Stretch: TypeAlias = tuple[datetime, datetime]
"""[start, end), whole minutes."""


def check_erasure(
    session: Session, asked: ErasureParameters, scope: CameraScope = EVERYWHERE
) -> None:
    """Refuse an erasure that cannot be done. Raises NotFound and BadRequest.

    Where minutes were pruned, the history is known by quarters of an hour alone.
    """
    if asked.camera_id is not None:
        check_camera(session, asked.camera_id, scope)
    elif scope.is_limited:
        raise BadRequest("camera_id", "camera_id: name one of the cameras that you are limited to")
    minutes_from = read_minutes_from(session)
    for field, moment in (("from", asked.start), ("to", asked.end)):
        if minutes_from and moment and moment < minutes_from and _floor(moment, QUARTER) != moment:
            raise BadRequest(
                field,
                f"{field}: minutes are kept since {minutes_from.isoformat()} only; before that "
                "give a whole quarter of an hour, such as 08:15",
            )


def count_erasure(session: Session, asked: ErasureParameters, now: datetime) -> Erased:
    """Count what an erasure would take."""
    total = Erased()
    for camera_id in _cameras(session, asked):
        start, end = _settle(session, camera_id, asked, now)
        is_open = end > now - OPEN_REACH
        total += Erased(
            sightings=_count(session, *_sightings_in(camera_id, start, end)),
            pictures=_count(session, *_pictures_in(camera_id, start, end)),
            minutes=_count(session, *_minutes_in(camera_id, start, end)),
            frame_accounts=_count(session, *_accounts_in(camera_id, start, end)),
            open_tracks=_count(session, OpenTracksRow.camera_id == camera_id) if is_open else 0,
            open_pictures=_count(session, OpenPictureRow.camera_id == camera_id) if is_open else 0,
        )
    return total


def erase(database: Database, asked: ErasureParameters, actor: Actor, progress: Progress) -> Erased:
    """Erase in many small transactions, each of which leaves rows and counts in agreement.

    Interrupted, it has erased some of it; done again it goes on. The audit tells what
    went either way. Raises as `check_erasure`.
    """
    now = utc_now()
    with database.read() as session:
        check_erasure(session, asked)
        ranges = {one: _settle(session, one, asked, now) for one in _cameras(session, asked)}
    done = Erased()
    try:
        for number, (camera_id, (start, end)) in enumerate(ranges.items()):
            for part, step in _erase_camera(database, camera_id, start, end, now):
                done += step
                progress.report((number + part) / len(ranges), f"camera {camera_id}")
    finally:
        with database.write() as session:
            record_change(session, actor, "history.erase", asked.describe(), after=dict(done))
    # What was deleted is overwritten; now it also leaves the write-ahead log.
    database.checkpoint()
    give_space_back(database, progress)
    return done


def erase_range(session: Session, camera_id: int, start: datetime, end: datetime) -> Erased:
    """Erase a camera's history of [start, end), whole minutes, in the caller's transaction.

    Sightings that began then, their pictures and votes, frame accounts, counts. Not the
    tracks that are open: `forget_open_tracks`.
    """
    pictures = _delete(session, SightingPictureRow, _pictures_in(camera_id, start, end))
    sightings = _delete(session, SightingRow, _sightings_in(camera_id, start, end))
    accounts = _delete(session, FrameAccountRow, _accounts_in(camera_id, start, end))
    minutes = erase_counts(session, start, end, camera_id)
    if end > utc_now() - OPEN_REACH:
        # The recorder remembers which minutes it has written, and must forget these.
        supersede(session, [camera_id])
    return Erased(sightings=sightings, pictures=pictures, minutes=minutes, frame_accounts=accounts)


def forget_open_tracks(session: Session, camera_id: int) -> Erased:
    """Erase a camera's open tracks and their pictures; the recorder forgets them too.

    Who is in view is followed anew, as somebody who came just now.
    """
    supersede(session, [camera_id])
    return Erased(
        open_tracks=_delete(session, OpenTracksRow, (OpenTracksRow.camera_id == camera_id,)),
        open_pictures=_delete(session, OpenPictureRow, (OpenPictureRow.camera_id == camera_id,)),
    )


def _erase_camera(
    database: Database, camera_id: int, start: datetime, end: datetime, now: datetime
) -> Iterator[tuple[float, Erased]]:
    """Erase one camera's range; yields which share of it is done, and what went.

    Open tracks first: else they might become sightings of a stretch that was erased.
    """
    if end > now - OPEN_REACH:
        with database.write() as session:
            step = forget_open_tracks(session, camera_id)
        yield 0.0, step
    with database.read() as session:
        stretches = list(_cut(session, camera_id, start, end))
    for number, (since, until) in enumerate(stretches):
        with breathing(database), database.write() as session:
            step = erase_range(session, camera_id, since, until)
        yield (number + 1) / len(stretches), step


def _cameras(session: Session, asked: ErasureParameters) -> list[int]:
    """List the cameras whose history goes, removed ones too."""
    if asked.camera_id is not None:
        return [asked.camera_id]
    return list(session.scalars(select(CameraRow.id).order_by(CameraRow.id)))


def _settle(session: Session, camera_id: int, asked: ErasureParameters, now: datetime) -> Stretch:
    """Find the whole minutes of a camera that hold all that is to go.

    The start moves back to when those came who are in view then.
    """
    end = _ceiling(min(asked.end or now, now), MINUTE)
    if asked.start is None:
        return _BEGINNING, end
    row = SightingRow
    in_view = (row.camera_id == camera_id, row.started_at < asked.start)
    reach = row.started_at >= asked.start - STRETCH
    query = select(func.min(row.started_at)).where(*in_view, reach, row.ended_at >= asked.start)
    came_at = session.scalar(query) or asked.start
    minutes_from = read_minutes_from(session)
    is_pruned = minutes_from is not None and came_at < minutes_from
    return _floor(came_at, QUARTER if is_pruned else MINUTE), end


def _cut(session: Session, camera_id: int, start: datetime, end: datetime) -> Iterator[Stretch]:
    """Cut what there is of a range into stretches of few rows, at quarters of an hour."""
    extent = _extent(session, camera_id, start, end)
    if extent is None:
        return
    since, last = max(start, _floor(extent[0], QUARTER)), min(end, _ceiling(extent[1], QUARTER))
    while since < last:
        until = min(last, _floor(since, STRETCH) + STRETCH)
        while until - since > STRETCH_MIN and _is_crowded(session, camera_id, since, until):
            until = _floor(since + (until - since) / 2, QUARTER)
        yield since, until
        since = until


def _extent(session: Session, camera_id: int, start: datetime, end: datetime) -> Stretch | None:
    """Find the first and just behind the last moment of a range of which anything is known."""
    extents = [
        session.execute(
            select(func.min(at), func.max(at)).where(of == camera_id, at >= start, at < end)
        ).one()
        for of, at in _MOMENTS
    ]
    known = [(first, last) for first, last in extents if first is not None]
    if not known:
        return None
    return min(first for first, _ in known), max(last for _, last in known) + MINUTE


def _is_crowded(session: Session, camera_id: int, start: datetime, end: datetime) -> bool:
    return _count(session, *_sightings_in(camera_id, start, end)) > STRETCH_SIGHTINGS


def _sightings_in(camera_id: int, start: datetime, end: datetime) -> Conditions:
    row = SightingRow
    return row.camera_id == camera_id, row.started_at >= start, row.started_at < end


def _pictures_in(camera_id: int, start: datetime, end: datetime) -> Conditions:
    sightings = select(SightingRow.id).where(*_sightings_in(camera_id, start, end))
    return (SightingPictureRow.sighting_id.in_(sightings),)


def _accounts_in(camera_id: int, start: datetime, end: datetime) -> Conditions:
    row = FrameAccountRow
    return row.camera_id == camera_id, row.start >= start, row.start < end


def _minutes_in(camera_id: int, start: datetime, end: datetime) -> Conditions:
    row = MinuteRollupRow
    return row.camera_id == camera_id, row.start >= start, row.start < end


def _delete(session: Session, row: type[Table], conditions: Conditions) -> int:
    return cast("CursorResult[Any]", session.execute(delete(row).where(*conditions))).rowcount


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(*conditions)) or 0


def _floor(moment: datetime, step: timedelta) -> datetime:
    return moment - (moment - _EPOCH) % step


def _ceiling(moment: datetime, step: timedelta) -> datetime:
    return moment + (_EPOCH - moment) % step
