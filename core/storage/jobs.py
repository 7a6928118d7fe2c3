"""Questions of those who ask for jobs and look at them; job_runs.py has those of who runs them.

The rows are the truth: RQ only tells that one waits.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import ColumnElement, insert, literal, or_, select, tuple_
from sqlalchemy.orm import Session, undefer

from core.access_scopes import EVERYWHERE, CameraScope
from core.errors import Conflict, NotFound
from core.jobs import JobKind, JobState
from core.storage.audit import Actor, ActorKind
from core.storage.cursors import read_cursor, write_cursor
from core.storage.engine import Moment, utc_now
from core.storage.rollups import upsert
from core.storage.scopes import camera_ids_in
from core.storage.tables import JobRow

PAGE_MAX = 200


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to add. camera_id: whose history it works on, if it is one camera's."""

    kind: JobKind
    parameters: BaseModel
    actor: Actor
    camera_id: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A job as people see it. parameters, result: JSON. progress: 0 to 1, None if unknown."""

    id: str
    kind: JobKind
    state: JobState
    camera_id: int | None
    parameters: str
    actor: Actor
    runs: int
    holder: str
    progress: float | None
    message: str
    log: str
    result: str | None
    is_cancel_asked: bool
    created_at: datetime
    started_at: datetime | None
    heard_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs are asked for.

    scope: a limited asker sees the jobs of their cameras, and those that `asker` asked for.
    """

    kind: JobKind | None = None
    state: JobState | None = None
    scope: CameraScope = EVERYWHERE
    asker: Actor | None = None


def add_job(session: Session, new: NewJob) -> str:
    """Add a waiting job; returns its id. Ring for it after the commit (`core/job_queue.py`)."""
    job_id = secrets.token_hex(8)
    session.execute(insert(JobRow).values(_first_values(new, job_id, utc_now())))
    return job_id


def add_job_once(session: Session, new: NewJob, job_id: str, now: datetime) -> bool:
    """Add a waiting job of a certain id, such as one of a timetable; False if it is there."""
    statement = upsert(session, JobRow).values(_first_values(new, job_id, now))
    made = session.execute(statement.on_conflict_do_nothing().returning(JobRow.id))
    return made.first() is not None


def get_job(
    session: Session, job_id: str, scope: CameraScope = EVERYWHERE, asker: Actor | None = None
) -> Job:
    """Read a job, with its log. Raises NotFound, also where the asker may not see it."""
    query = select(JobRow).where(JobRow.id == job_id, _is_visible(scope, asker))
    row = session.scalar(query.options(undefer(JobRow.log)))
    if row is None:
        raise NotFound(f"there is no job {job_id}")
    return _job(row, row.log)


def list_jobs(
    session: Session, wanted: JobFilter, cursor: str | None, limit: int
) -> tuple[list[Job], str | None]:
    """List jobs without their logs, newest first, with the cursor of the next page.

    Raises BadRequest on a cursor that is not one of ours.
    """
    row = JobRow
    query = select(row).where(_is_visible(wanted.scope, wanted.asker))
    if wanted.kind is not None:
        query = query.where(row.kind == wanted.kind.value)
    if wanted.state is not None:
        query = query.where(row.state == wanted.state.value)
    if cursor is not None:
        moment, job_id = read_cursor(cursor, str)
        last = tuple_(literal(moment, Moment()), literal(job_id))
        query = query.where(tuple_(row.created_at, row.id) < last)
    query = query.order_by(row.created_at.desc(), row.id.desc()).limit(limit + 1)
    found = [_job(one) for one in session.scalars(query)]
    page = found[:limit]
    return page, write_cursor(page[-1].created_at, page[-1].id) if len(found) > limit else None


def ask_cancel(session: Session, job_id: str, now: datetime) -> JobState:
    """Cancel a job that waits; ask one that runs to stop. Returns its state after that.

    Raises NotFound, and Conflict where it has ended.
    """
    row = session.scalar(select(JobRow).where(JobRow.id == job_id).with_for_update())
    if row is None:
        raise NotFound(f"there is no job {job_id}")
    state = JobState(row.state)
    if state.is_ended:
        raise Conflict(f"job {job_id} has ended: it is {state.value}")
    row.is_cancel_asked = True
    if state is JobState.WAITING:
        row.state, row.ended_at, row.message = JobState.CANCELLED.value, now, "cancelled"
    return JobState(row.state)


def list_waiting(session: Session, created_before: datetime) -> Sequence[str]:
    """List the jobs that wait and were asked for before a moment, oldest first."""
    query = select(JobRow.id).where(JobRow.state == JobState.WAITING.value)
    query = query.where(JobRow.created_at < created_before)
    return session.scalars(query.order_by(JobRow.created_at, JobRow.id)).all()


def was_asked_by(job: Job, actor: Actor) -> bool:
    """Say whether a job is someone's own."""
    return (job.actor.name, job.actor.kind) == (actor.name, actor.kind)


def _first_values(new: NewJob, job_id: str, now: datetime) -> dict[str, Any]:
    return {
        "id": job_id,
        "kind": new.kind.value,
        "state": JobState.WAITING.value,
        "camera_id": new.camera_id,
        "parameters": new.parameters.model_dump_json(),
        "asked_by": new.actor.name,
        "asked_by_kind": new.actor.kind.value,
        "asked_from": new.actor.address,
        "created_at": now,
    }


def _is_visible(scope: CameraScope, asker: Actor | None) -> ColumnElement[bool]:
    if not scope.is_limited:
        return literal(True)
    is_theirs = JobRow.camera_id.in_(camera_ids_in(scope))
    if asker is None:
        return is_theirs
    is_own = (JobRow.asked_by == asker.name) & (JobRow.asked_by_kind == asker.kind.value)
    return or_(is_theirs, is_own)


def _job(row: JobRow, log: str = "") -> Job:
    return Job(
        id=row.id,
        kind=JobKind(row.kind),
        state=JobState(row.state),
        camera_id=row.camera_id,
        parameters=row.parameters,
        actor=Actor(row.asked_by, ActorKind(row.asked_by_kind), row.asked_from),
        runs=row.runs,
        holder=row.holder,
        progress=row.progress,
        message=row.message,
        log=log,
        result=row.result,
        is_cancel_asked=row.is_cancel_asked,
        created_at=row.created_at,
        started_at=row.started_at,
        heard_at=row.heard_at,
        ended_at=row.ended_at,
    )
