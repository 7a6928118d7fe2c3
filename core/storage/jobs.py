"""Questions about jobs. Their rows are the truth: RQ only tells that one waits."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Update, insert, literal, or_, select, tuple_, update
from sqlalchemy.orm import Session, undefer

from core.access_scopes import EVERYWHERE, CameraScope
from core.errors import BadRequest, Conflict, JobLost, NotFound
from core.jobs import RUNS_MAX, JobKind, JobState
from core.storage.audit import Actor, ActorKind
from core.storage.engine import Moment, utc_now
from core.storage.rollups import upsert
from core.storage.scopes import camera_ids_in
from core.storage.tables import JobRow
from core.types import from_microseconds, to_microseconds

PAGE_MAX = 200


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to add. camera_id: whose history it works on, if it is one camera's."""

    kind: JobKind
    parameters: BaseModel
    actor: Actor
    camera_id: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run a job: its id, and the run that it was given to.

    As text, JOB/HOLDER, it is handed to the processes of the run.
    """

    job_id: str
    holder: str

    def __str__(self) -> str:
        return f"{self.job_id}/{self.holder}"

    @classmethod
    def parse(cls, text: str) -> "Claim":
        job_id, _, holder = text.partition("/")
        return cls(job_id, holder)


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
        query = query.where(tuple_(row.created_at, row.id) < tuple_(*_read_cursor(cursor)))
    query = query.order_by(row.created_at.desc(), row.id.desc()).limit(limit + 1)
    found = [_job(one) for one in session.scalars(query)]
    page = found[:limit]
    return page, _write_cursor(page[-1]) if len(found) > limit else None


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


def take_job(session: Session, job_id: str, now: datetime) -> Claim | None:
    """Begin a run of a waiting job; None where it does not wait (any more)."""
    claim = Claim(job_id, secrets.token_hex(8))
    row = JobRow
    statement = update(row).where(row.id == job_id, row.state == JobState.WAITING.value)
    values = {
        "state": JobState.RUNNING.value,
        "holder": claim.holder,
        "runs": row.runs + 1,
        "heard_at": now,
        "started_at": now,
        "progress": None,
    }
    return claim if _changed(session, statement.values(values)) else None


def note_progress(
    session: Session, claim: Claim, progress: float | None, message: str, log: str, now: datetime
) -> bool:
    """Write how far a run has come; True where it was asked to stop. Raises JobLost."""
    row = JobRow
    asked: bool | None = session.scalar(
        _held(claim)
        .values(progress=progress, message=message, log=log, heard_at=now)
        .returning(row.is_cancel_asked)
    )
    if asked is None:
        raise JobLost(f"job {claim.job_id} was given to another process")
    return asked


def is_cancel_asked(session: Session, claim: Claim) -> bool:
    """Read whether a run was asked to stop."""
    asked = select(JobRow.is_cancel_asked).where(*_is_held(claim))
    return bool(session.scalar(asked))


def beat(session: Session, claim: Claim, now: datetime) -> bool:
    """Say that a run is alive; False where it is not its job any more."""
    return _changed(session, _held(claim).values(heard_at=now))


def end_job(
    session: Session,
    claim: Claim,
    state: JobState,
    message: str,
    now: datetime,
    result: BaseModel | None = None,
    log: str | None = None,
) -> bool:
    """End a run's job; False where it is not the run's any more: then undo what it did.

    A kind that writes all in one transaction ends its job there, as its last step.
    """
    values: dict[str, Any] = {"state": state.value, "message": message, "ended_at": now}
    if state is JobState.DONE:
        values["progress"] = 1.0
    if log is not None:
        values["log"] = log
    if result is not None:
        values["result"] = result.model_dump_json()
    return _changed(session, _held(claim).values(values))


def give_back(session: Session, claim: Claim, message: str, log: str) -> bool:
    """Let a run's job wait again, as if the run had not been; False where it is not the run's."""
    values = {"state": JobState.WAITING.value, "holder": "", "message": message, "log": log}
    return _changed(session, _held(claim).values(**values, runs=JobRow.runs - 1))


def give_up_run(session: Session, claim: Claim, reason: str, now: datetime) -> JobState | None:
    """Note that a run died: its job waits for the next, or has failed after RUNS_MAX.

    None where the job was not the run's any more.
    """
    row = session.scalar(select(JobRow).where(*_is_held(claim)).with_for_update())
    if row is None:
        return None
    _end_run(row, reason, now)
    return JobState(row.state)


def give_up_silent_runs(session: Session, heard_before: datetime, now: datetime) -> list[str]:
    """Give up the runs that were last heard before a moment; returns the ids of their jobs."""
    query = select(JobRow).where(
        JobRow.state == JobState.RUNNING.value, JobRow.heard_at < heard_before
    )
    rows = session.scalars(query.with_for_update()).all()
    for row in rows:
        _end_run(row, "its process died", now)
    return [row.id for row in rows]


def list_waiting(session: Session, created_before: datetime) -> Sequence[str]:
    """List the jobs that wait and were asked for before a moment, oldest first."""
    query = select(JobRow.id).where(JobRow.state == JobState.WAITING.value)
    query = query.where(JobRow.created_at < created_before)
    return session.scalars(query.order_by(JobRow.created_at, JobRow.id)).all()


def was_asked_by(job: Job, actor: Actor) -> bool:
    """Say whether a job is someone's own."""
    return (job.actor.name, job.actor.kind) == (actor.name, actor.kind)


def _end_run(row: JobRow, reason: str, now: datetime) -> None:
    row.holder = ""
    if row.is_cancel_asked:
        row.state, row.message, row.ended_at = JobState.CANCELLED.value, "cancelled", now
    elif row.runs < RUNS_MAX:
        row.state, row.message = JobState.WAITING.value, f"{reason}; it is run again"
    else:
        row.state, row.ended_at = JobState.FAILED.value, now
        row.message = f"{reason} {row.runs} times; it is given up"


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


def _is_held(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    row = JobRow
    return row.id == claim.job_id, row.holder == claim.holder, row.state == JobState.RUNNING.value


def _held(claim: Claim) -> Update:
    return update(JobRow).where(*_is_held(claim))


def _changed(session: Session, statement: Update) -> bool:
    return session.scalar(statement.returning(JobRow.id)) is not None


def _write_cursor(last: Job) -> str:
    return f"{to_microseconds(last.created_at)}-{last.id}"


def _read_cursor(cursor: str) -> tuple[object, object]:
    microseconds, _, job_id = cursor.partition("-")
    try:
        return literal(from_microseconds(int(microseconds)), Moment()), literal(job_id)
    except (ValueError, OverflowError) as error:
        raise BadRequest("cursor", "this cursor was not made by this list") from error


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
