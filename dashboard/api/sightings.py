"""Sightings: one person passing one camera, each."""

from datetime import datetime

from flask import Response
from pydantic import Field

from core.storage.engine import utc_now
from core.storage.sightings import (
    PAGE_MAX,
    Sighting,
    SightingFilter,
    get_sighting,
    list_sightings,
)
from core.storage.users import Role
from core.types import Verdict
from dashboard.access import needs
from dashboard.api.operations import api_blueprint
from dashboard.api.schemas import Answered, Asked, Id, TimeRange, answer
from dashboard.services import services

PAGE_DEFAULT = 50

blueprint = api_blueprint("sightings", "Who passed: one person, one camera, one verdict.")


class SightingPath(Asked):
    sighting_id: int = Field(ge=1, le=2**63 - 1)


class SightingsQuery(TimeRange):
    verdict: Verdict | None = None
    camera_id: Id | None = None
    cursor: str | None = Field(
        None, pattern=r"^\d{1,16}-\d{1,18}$", description="next_cursor of the page before."
    )
    limit: int = Field(PAGE_DEFAULT, ge=1, le=PAGE_MAX)


class ProbabilitiesAnswer(Answered):
    mask: float
    incorrect_mask: float
    no_mask: float


class SightingAnswer(Answered):
    """One finished track. A continuation is a person counted before who stayed on."""

    id: int
    camera_id: int
    started_at: datetime
    ended_at: datetime
    verdict: Verdict
    probabilities: ProbabilitiesAnswer
    faces: int = Field(description="Faces that the verdict was made from.")
    is_continuation: bool
    model_version: str
    has_picture: bool


class SightingPage(Answered):
    items: list[SightingAnswer]
    next_cursor: str | None


@blueprint.get("/sightings", responses={200: SightingPage})
@needs(Role.VIEWER)
def list_newest(query: SightingsQuery) -> Response:
    """List sightings, newest first."""
    start, end = query.bounds(utc_now())
    wanted = SightingFilter(start, end, query.verdict, query.camera_id)
    with services().database.read() as session:
        found, cursor = list_sightings(session, wanted, query.cursor, query.limit)
    return answer(SightingPage(items=[_write(one) for one in found], next_cursor=cursor))


@blueprint.get("/sightings/<int:sighting_id>", responses={200: SightingAnswer})
@needs(Role.VIEWER)
def read(path: SightingPath) -> Response:
    """Read one sighting."""
    with services().database.read() as session:
        return answer(_write(get_sighting(session, path.sighting_id)))


def _write(sighting: Sighting) -> SightingAnswer:
    return SightingAnswer(
        id=sighting.id,
        camera_id=sighting.camera_id,
        started_at=sighting.started_at,
        ended_at=sighting.ended_at,
        verdict=sighting.verdict,
        probabilities=ProbabilitiesAnswer(
            mask=sighting.mask,
            incorrect_mask=sighting.incorrect_mask,
            no_mask=sighting.no_mask,
        ),
        faces=sighting.faces,
        is_continuation=sighting.is_continuation,
        model_version=sighting.model_version,
        has_picture=False,  # no pictures of sightings are kept yet
    )
