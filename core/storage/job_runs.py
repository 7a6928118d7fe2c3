"""Questions of the processes that run jobs: who may run one, how far it is, how it ended."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Update, select, update
from sqlalchemy.orm import Session

from core.errors import JobLost
from core.jobs import RUNS_MAX, JobState
from core.storage.tables import JobRow


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


def _end_run(row: JobRow, reason: str, now: datetime) -> None:
    row.holder = ""
    if row.is_cancel_asked:
        row.state, row.message, row.ended_at = JobState.CANCELLED.value, "cancelled", now
    elif row.runs < RUNS_MAX:
        row.state, row.message = JobState.WAITING.value, f"{reason}; it is run again"
    else:
        row.state, row.ended_at = JobState.FAILED.value, now
        row.message = f"{reason} {row.runs} times; it is given up"


def _is_held(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    row = JobRow
    return row.id == claim.job_id, row.holder == claim.holder, row.state == JobState.RUNNING.value


def _held(claim: Claim) -> Update:
    return update(JobRow).where(*_is_held(claim))


def _changed(session: Session, statement: Update) -> bool:
    return session.scalar(statement.returning(JobRow.id)) is not None
