"""Jobs: what takes long, how far it is, and how it ended."""

import json
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from flask import Response
from pydantic import Field, StringConstraints

from core.jobs import JobKind, JobState
from core.storage.audit import ActorKind, record_change
from core.storage.engine import utc_now
from core.storage.jobs import (
    PAGE_MAX,
    Job,
    JobFilter,
    ask_cancel,
    get_job,
    list_jobs,
    was_asked_by,
)
from core.storage.users import Role
from dashboard.access import identity, needs
from dashboard.api.operations import api_blueprint
from dashboard.api.schemas import Answered, Asked, answer
from dashboard.audit import actor
from dashboard.problems import API_PREFIX, Refused
from dashboard.services import services

PAGE_DEFAULT = 50

blueprint = api_blueprint("jobs", "What takes long: how far it is, and how it ended.")

JobId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]


class JobPath(Asked):
    job_id: JobId


class JobsQuery(Asked):
    kind: JobKind | None = None
    state: JobState | None = None
    cursor: str | None = Field(
        None,
        pattern=r"^\d{1,16}-[A-Za-z0-9-]{1,64}$",
        description="next_cursor of the page before.",
    )
    limit: int = Field(PAGE_DEFAULT, ge=1, le=PAGE_MAX)


class JobAnswer(Answered):
    """A job. Its end is told by `state`; what it found stands in `result`."""

    id: str
    kind: JobKind
    state: JobState
    progress: float | None = Field(description="0 to 1; null where it cannot be told.")
    message: str = Field(description="What it does now, or how it ended.")
    camera_id: int | None = Field(description="Whose history it works on, if one camera's.")
    parameters: dict[str, Any] = Field(description="What was asked for; it depends on the kind.")
    result: dict[str, Any] | None = Field(description="What came of it; depends on the kind.")
    asked_by: str
    asked_by_kind: ActorKind
    is_cancel_asked: bool
    may_cancel: bool = Field(description="Whether you may stop it now.")
    runs: int = Field(description="How often it was begun; above 1 where a process died.")
    created_at: datetime
    started_at: datetime | None = Field(description="When its last run began.")
    ended_at: datetime | None


class JobDetailAnswer(JobAnswer):
    """A job with what it has told, the last 500 lines of it."""

    log: list[str]


class JobPage(Answered):
    items: list[JobAnswer]
    next_cursor: str | None


@blueprint.get("/jobs", responses={200: JobPage})
@needs(Role.OPERATOR)
def list_newest(query: JobsQuery) -> Response:
    """List jobs, newest first: those of the cameras that you see, and your own."""
    wanted = JobFilter(query.kind, query.state, identity().scope, actor())
    with services().database.read() as session:
        found, cursor = list_jobs(session, wanted, query.cursor, query.limit)
    return answer(JobPage(items=[write_job(one) for one in found], next_cursor=cursor))


@blueprint.get("/jobs/<job_id>", responses={200: JobDetailAnswer})
@needs(Role.OPERATOR)
def read(path: JobPath) -> Response:
    """Read one job, with what it has told."""
    with services().database.read() as session:
        return answer(_write_detail(get_job(session, path.job_id, identity().scope, actor())))


@blueprint.post("/jobs/<job_id>/cancel", responses={202: JobDetailAnswer})
@needs(Role.OPERATOR)
def cancel(path: JobPath) -> Response:
    """Ask a job to stop: your own, or, as an administrator, any that you see.

    One that waits is cancelled at once, one that runs soon; what it has done stays done.
    """
    with services().database.write() as session:
        job = get_job(session, path.job_id, identity().scope, actor())
        if not _is_theirs_to_stop(job):
            raise Refused(HTTPStatus.FORBIDDEN, "Only an administrator stops another one's job.")
        ask_cancel(session, job.id, utc_now())
        before = {"state": job.state, "is_cancel_asked": job.is_cancel_asked}
        changed = get_job(session, job.id)
        after = {"state": changed.state, "is_cancel_asked": changed.is_cancel_asked}
        record_change(session, actor(), "job.cancel", f"{job.kind} {job.id}", before, after)
    return answer(_write_detail(changed), HTTPStatus.ACCEPTED)


def answer_accepted(job_id: str) -> Response:
    """Answer with a job that was just added, and where to ask how far it is."""
    with services().database.read() as session:
        job = get_job(session, job_id)
    response = answer(write_job(job), HTTPStatus.ACCEPTED)
    response.headers["Location"] = f"{API_PREFIX}/jobs/{job_id}"
    return response


def write_job(job: Job) -> JobAnswer:
    return JobAnswer(**_fields(job))


def _write_detail(job: Job) -> JobDetailAnswer:
    return JobDetailAnswer(**_fields(job), log=job.log.splitlines())


def _is_theirs_to_stop(job: Job) -> bool:
    """Say whether who asks may stop it: their own, or, as an administrator, any."""
    return identity().is_admin or was_asked_by(job, actor())


_WORKED_OUT = {"parameters", "result", "asked_by", "asked_by_kind", "may_cancel"}


def _fields(job: Job) -> dict[str, Any]:
    may_cancel = not job.state.is_ended and not job.is_cancel_asked and _is_theirs_to_stop(job)
    return {
        **{name: getattr(job, name) for name in set(JobAnswer.model_fields) - _WORKED_OUT},
        "may_cancel": may_cancel,
        "parameters": json.loads(job.parameters),
        "result": None if job.result is None else json.loads(job.result),
        "asked_by": job.actor.name,
        "asked_by_kind": job.actor.kind,
    }
