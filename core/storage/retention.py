"""Delete what is older than the preferences allow, in many small transactions.

A reader finds each of them done or not done: pictures go before their sightings,
and since when minutes are kept is written before the first of them goes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.orm import Session

from core.buckets import Bucket, floor
from core.jobs import JobState, Progress
from core.preferences import Retention
from core.retention import Pruned, Stored
from core.storage.audit import Actor, record_change
from core.storage.engine import Database
from core.storage.installation import read_minutes_from, read_time_zone, write_minutes_from
from core.storage.pictures import count_sharp_pictures, measure_pictures
from core.storage.space import breathing, give_space_back
from core.storage.tables import (
    AuditRow,
    CameraRow,
    FrameAccountRow,
    HourRollupRow,
    JobRow,
    MinuteRollupRow,
    SightingPictureRow,
    SightingRow,
)

BATCH_ROWS = 1000
"""Deleted in one transaction: on SQLite the recorder waits for it."""

Step: TypeAlias = Callable[[Session], Pruned]
"""Deletes one batch; to be done again until it deletes nothing."""

PerMinute: TypeAlias = type[MinuteRollupRow] | type[FrameAccountRow]


@dataclass(frozen=True, slots=True)
class Limits:
    """What is older than these moments goes.

    pictures: by their age or, so that they fit into the megabytes, later.
    minutes: the start of a day of the installation's zone.
    """

    pictures: datetime
    sightings: datetime
    minutes: datetime
    audit: datetime
    jobs: datetime


def find_limits(session: Session, retention: Retention, now: datetime) -> Limits:
    """Work out the limits of now."""

    def ago(days: int) -> datetime:
        return now - timedelta(days=days)

    by_size = _find_overflow(session, retention.pictures_megabytes * 1_000_000)
    by_age = ago(retention.pictures_days)
    return Limits(
        pictures=max(by_age, by_size) if by_size else by_age,
        sightings=ago(retention.sightings_days),
        minutes=floor(ago(retention.minutes_days), Bucket.DAY, read_time_zone(session)),
        audit=ago(retention.audit_days),
        jobs=ago(retention.jobs_days),
    )


def count_outdated(session: Session, limits: Limits) -> Pruned:
    """Count what the limits let go, and delete nothing."""
    picture, sighting = SightingPictureRow, SightingRow
    old = select(sighting.id).where(sighting.started_at < limits.sightings)
    # Asked picture by picture: there may be a year of sightings, but weeks of pictures.
    goes_with_it = old.where(sighting.id == picture.sighting_id).exists()
    with_pictures = select(func.count(), func.coalesce(func.sum(picture.content_bytes), 0)).where(
        (picture.taken_at < limits.pictures) | goes_with_it
    )
    pictures, picture_bytes = session.execute(with_pictures).one()
    return Pruned(
        pictures=pictures,
        picture_bytes=picture_bytes,
        sightings=_count(session, select(func.count()).select_from(old.subquery())),
        minutes=_count_minutes(session, limits.minutes),
        frame_accounts=_count_older(session, FrameAccountRow, limits.minutes),
        audit=_count(session, select(func.count()).where(AuditRow.at < limits.audit)),
        jobs=_count(session, select(func.count()).where(*_outdated_jobs(limits.jobs))),
    )


def count_stored(session: Session) -> Stored:
    """Count what is kept now."""
    pictures = measure_pictures(session)
    return Stored(
        pictures=pictures.count,
        picture_bytes=pictures.content_bytes,
        sharp_pictures=count_sharp_pictures(session),
        sightings=_count(session, select(func.count()).select_from(SightingRow)),
        audit=_count(session, select(func.count()).select_from(AuditRow)),
        jobs=_count(session, select(func.count()).select_from(JobRow)),
    )


def prune(
    database: Database, retention: Retention, now: datetime, actor: Actor, progress: Progress
) -> Pruned:
    """Delete what is outdated, and give its space back. Returns what went.

    Interrupted, it has deleted some of it; done again it goes on. The audit tells
    what went either way.
    """
    with database.read() as session:
        limits = find_limits(session, retention, now)
        planned = count_outdated(session, limits)
        steps = list(_steps(session, limits))
    done = Pruned()
    try:
        for what, step in steps:
            while (gone := _do(database, step)).rows:
                done += gone
                progress.report(min(1.0, done.rows / max(1, planned.rows)), what)
    finally:
        if done.rows:
            with database.write() as session:
                record_change(session, actor, "history.prune", "history", after=dict(done))
    give_space_back(database, progress)
    return done


def _do(database: Database, step: Step) -> Pruned:
    with breathing(database), database.write() as session:
        return step(session)


def _steps(session: Session, limits: Limits) -> Iterator[tuple[str, Step]]:
    """List what is to be done, in words too."""
    yield "pictures", partial(_delete_pictures, before=limits.pictures)
    yield "sightings", partial(_delete_sightings, before=limits.sightings)
    yield "minutes", partial(_announce_minutes, before=limits.minutes)
    for camera_id in session.scalars(select(CameraRow.id).order_by(CameraRow.id)):
        for row, name in ((MinuteRollupRow, "minutes"), (FrameAccountRow, "frame_accounts")):
            words = f"{name.replace('_', ' ')} of camera {camera_id}"
            yield words, partial(_delete_older, name, row, camera_id, limits.minutes)
    yield "audit", partial(_delete_audit, before=limits.audit)
    yield "jobs", partial(_delete_jobs, before=limits.jobs)


def _find_overflow(session: Session, bytes_max: int) -> datetime | None:
    """Find the moment after which the pictures fit; None where all of them do."""
    picture = SightingPictureRow
    total = session.scalar(select(func.coalesce(func.sum(picture.content_bytes), 0))) or 0
    if total <= bytes_max:
        return None
    newest_first = (picture.taken_at.desc(), picture.sighting_id.desc())
    sums = select(
        picture.taken_at, func.sum(picture.content_bytes).over(order_by=newest_first).label("kept")
    ).subquery()
    newest_out: datetime | None = session.scalar(
        select(func.max(sums.c.taken_at)).where(sums.c.kept > bytes_max)
    )
    return newest_out and newest_out + timedelta(microseconds=1)


def _delete_pictures(session: Session, before: datetime) -> Pruned:
    row = SightingPictureRow
    old = select(row.sighting_id).where(row.taken_at < before).order_by(row.taken_at)
    gone = session.execute(
        delete(row)
        .where(row.sighting_id.in_(old.limit(BATCH_ROWS).scalar_subquery()))
        .returning(row.content_bytes)
    ).all()
    return Pruned(pictures=len(gone), picture_bytes=sum(size for (size,) in gone))


def _delete_sightings(session: Session, before: datetime) -> Pruned:
    """Delete sightings, and pictures of theirs first: both count, both in one batch."""
    picture, row = SightingPictureRow, SightingRow
    old = select(row.id).where(row.started_at < before).order_by(row.started_at, row.id)
    ids = session.scalars(old.limit(BATCH_ROWS // 2)).all()
    pictures = session.execute(
        delete(picture).where(picture.sighting_id.in_(ids)).returning(picture.content_bytes)
    ).all()
    session.execute(delete(row).where(row.id.in_(ids)))
    return Pruned(
        sightings=len(ids), pictures=len(pictures), picture_bytes=sum(size for (size,) in pictures)
    )


def _announce_minutes(session: Session, before: datetime) -> Pruned:
    """Let readers count by hours from now on, if there are minutes to go."""
    if _count_older(session, MinuteRollupRow, before):
        write_minutes_from(session, before)
    return Pruned()


def _delete_older(
    name: str, row: PerMinute, camera_id: int, before: datetime, session: Session
) -> Pruned:
    """Delete a camera's oldest rows: the primary key finds them at once."""
    old = select(row.start).where(row.camera_id == camera_id, row.start < before)
    starts = session.scalars(old.order_by(row.start).limit(BATCH_ROWS)).all()
    if starts:
        session.execute(delete(row).where(row.camera_id == camera_id, row.start <= starts[-1]))
    return Pruned(**{name: len(starts)})


def _delete_audit(session: Session, before: datetime) -> Pruned:
    row = AuditRow
    old = select(row.id).where(row.at < before).order_by(row.at, row.id).limit(BATCH_ROWS)
    ids = session.scalars(old).all()
    session.execute(delete(row).where(row.id.in_(ids)))
    return Pruned(audit=len(ids))


def _delete_jobs(session: Session, before: datetime) -> Pruned:
    row = JobRow
    ids = session.scalars(select(row.id).where(*_outdated_jobs(before)).limit(BATCH_ROWS)).all()
    session.execute(delete(row).where(row.id.in_(ids)))
    return Pruned(jobs=len(ids))


def _outdated_jobs(before: datetime) -> tuple[ColumnElement[bool], ...]:
    ended = [state.value for state in JobState if state.is_ended]
    return JobRow.created_at < before, JobRow.state.in_(ended)


def _count(session: Session, query: Select[Any]) -> int:
    return int(session.scalar(query) or 0)


def _count_minutes(session: Session, before: datetime) -> int:
    """Count the minutes kept from before a day by the hours that they add up to: 60 times fewer."""
    hour, kept_from = HourRollupRow, read_minutes_from(session)
    counted = select(func.coalesce(func.sum(hour.seen_minutes), 0)).where(hour.start < before)
    if kept_from is not None:
        counted = counted.where(hour.start >= kept_from)
    return _count(session, counted)


def _count_older(session: Session, row: PerMinute, before: datetime) -> int:
    # Camera by camera, for so the primary key can be used.
    of_cameras = row.camera_id.in_(select(CameraRow.id))
    return _count(session, select(func.count()).where(of_cameras, row.start < before))
