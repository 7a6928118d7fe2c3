"""Erasures: take the history of a camera, or of a time, away for good."""

from http import HTTPStatus

from flask import Response
from pydantic import Field

from core.erasure import Erased, ErasureParameters
from core.job_queue import hand_over
from core.jobs import JobKind
from core.storage.audit import record_change
from core.storage.engine import utc_now
from core.storage.erasure import check_erasure, count_erasure
from core.storage.jobs import NewJob, add_job
from core.storage.users import Role
from dashboard.access import identity, needs
from dashboard.api.jobs import JobAnswer, answer_accepted
from dashboard.api.operations import api_blueprint, problems
from dashboard.api.schemas import Asked, Id, Moment, answer
from dashboard.audit import actor
from dashboard.problems import unfit
from dashboard.services import services

blueprint = api_blueprint("erasures", "Take history away for good.")


class ErasureAsked(Asked):
    """Whose history goes, and of when. Give a camera, a time, or both; `all` for everything."""

    camera_id: Id | None = Field(None, description="Default: the cameras of all sites.")
    start: Moment | None = Field(None, alias="from", description="RFC 3339; default since ever.")
    end: Moment | None = Field(None, alias="to", description="RFC 3339; default until now.")
    all: bool = Field(False, description="Must be true where neither camera nor time is given.")


@blueprint.get("/erasures/preview", responses={200: Erased, **problems(HTTPStatus.NOT_FOUND)})
@needs(Role.ADMIN)
def preview(query: ErasureAsked) -> Response:
    """Count what an erasure would take away now; nothing is changed."""
    asked = _read(query)
    with services().database.read() as session:
        check_erasure(session, asked, identity().scope)
        return answer(count_erasure(session, asked, utc_now()))


@blueprint.post("/erasures", responses={202: JobAnswer, **problems(HTTPStatus.NOT_FOUND)})
@needs(Role.ADMIN)
def ask(body: ErasureAsked) -> Response:
    """Erase sightings, their pictures, frame accounts and counts, as a job.

    Whole minutes go, and who is in view as the range begins, with the minutes since they
    came. Where minutes are kept no more, times must be whole quarters of an hour.
    """
    asked = _read(body)
    with services().database.write() as session:
        check_erasure(session, asked, identity().scope)
        job_id = add_job(session, NewJob(JobKind.ERASURE, asked, actor(), body.camera_id))
        record_change(session, actor(), "history.erase", asked.describe(), after={"job": job_id})
    hand_over(services().redis, job_id)
    return answer_accepted(job_id)


def _read(asked: ErasureAsked) -> ErasureParameters:
    """Refuse what nobody can have meant."""
    if (asked.camera_id, asked.start, asked.end) == (None, None, None) and not asked.all:
        raise unfit("all", "true, where neither camera nor time is given", asked.all)
    if asked.start and asked.end and asked.start >= asked.end:
        raise unfit("from", f"a time before {asked.end.isoformat()}", asked.start.isoformat())
    return ErasureParameters(camera_id=asked.camera_id, start=asked.start, end=asked.end)
