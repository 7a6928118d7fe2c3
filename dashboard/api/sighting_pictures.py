"""Pictures of sightings: the best face of each, explanations, and what becomes of sharp ones."""

from http import HTTPStatus
from typing import Any

from flask import Response

from core.desharpening import DesharpeningParameters, SharpPictures
from core.job_queue import hand_over
from core.jobs import JobKind
from core.preferences import EvidenceMode
from core.storage.audit import record_change
from core.storage.jobs import NewJob, add_job
from core.storage.preferences import read_preferences
from core.storage.users import Role
from dashboard.access import needs
from dashboard.api.jobs import JobAnswer, answer_accepted
from dashboard.api.operations import problems
from dashboard.api.schemas import Asked
from dashboard.api.sightings import SightingPath
from dashboard.api.sightings import blueprint as blueprint
from dashboard.audit import actor
from dashboard.evidence import explain_picture, show_picture
from dashboard.problems import conflict
from dashboard.services import services

_JPEG: dict[Any, Any] = {
    "description": "A picture of at most 128 px; sharp only for people who may see faces.",
    "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}},
}
_PNG: dict[Any, Any] = {
    "description": "The face beside the same face under its heat.",
    "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
}


class DesharpenAsked(Asked):
    sharp_pictures: SharpPictures


@blueprint.get(
    "/sightings/<int:sighting_id>/picture.jpg",
    responses={200: _JPEG, **problems(HTTPStatus.CONFLICT)},
)
@needs(Role.VIEWER)
def read_picture(path: SightingPath) -> Response:
    """Read the best face of a sighting.

    Where pictures are kept sharp, people who may see faces get it as it is, and that
    they looked is audited; everybody else gets it blurred. 404 where none is kept; 409
    where it was sealed with a key that is lost.
    """
    response = Response(show_picture(path.sighting_id), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get(
    "/sightings/<int:sighting_id>/explanation.png",
    responses={200: _PNG, **problems(HTTPStatus.CONFLICT, HTTPStatus.GATEWAY_TIMEOUT)},
)
@needs(Role.VIEWER)
def read_explanation(path: SightingPath) -> Response:
    """Show where on the kept face the classifier saw what it said.

    For people who may see faces, and only where pictures are kept sharp: 409 tells why
    there is none. A worker draws it within some seconds; that somebody looked is audited.
    """
    response = Response(explain_picture(path.sighting_id), mimetype="image/png")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/sightings/desharpen", responses={202: JobAnswer})
@needs(Role.ADMIN)
def desharpen(body: DesharpenAsked) -> Response:
    """Blur or remove all pictures that are kept sharp, as a job; it cannot be undone.

    For when the evidence mode was changed: what was kept before stays as it is else.
    """
    with services().database.write() as session:
        mode = read_preferences(session).evidence
        if mode is EvidenceMode.SHARP:
            raise conflict(
                "evidence", "Pictures are still kept sharp; change the preference first."
            )
        asked = DesharpeningParameters(sharp_pictures=body.sharp_pictures)
        job_id = add_job(session, NewJob(JobKind.DESHARPENING, asked, actor()))
        after = {"sharp_pictures": body.sharp_pictures.value, "job": job_id}
        record_change(session, actor(), "picture.desharpen", "all sharp pictures", after=after)
    hand_over(services().redis, job_id)
    return answer_accepted(job_id)
