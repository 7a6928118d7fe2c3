"""Sightings: one person passing one camera, each, with the picture that is kept of it."""

import logging
from datetime import datetime
from typing import Any

from flask import Response
from pydantic import Field

from core.errors import BadEntry
from core.names import Text
from core.storage.engine import utc_now
from core.storage.pictures import PictureFacts, find_picture
from core.storage.reviews import Review, ReviewLabel
from core.storage.sightings import (
    PAGE_MAX,
    Order,
    Sighting,
    SightingDetail,
    SightingFilter,
    get_sighting,
    list_sightings,
)
from core.storage.users import Role
from core.timelines import VOTE, Timeline, decode_timeline, find_changes
from core.types import Label, Verdict
from dashboard.access import identity, needs
from dashboard.api.operations import api_blueprint
from dashboard.api.schemas import Answered, Asked, Id, TimeRange, answer
from dashboard.services import services

logger = logging.getLogger(__name__)

PAGE_DEFAULT = 50

blueprint = api_blueprint("sightings", "Who passed: one person, one camera, one verdict.")


class SightingPath(Asked):
    sighting_id: int = Field(ge=1, le=2**63 - 1)


class SightingsQuery(TimeRange):
    verdict: Verdict | None = None
    camera_id: Id | None = None
    site: Text | None = None
    zone: Text | None = None
    is_required: bool | None = Field(None, description="Whether a mask had to be worn then.")
    has_picture: bool | None = None
    reviewed: bool | None = Field(None, description="Whether somebody said what is right.")
    order: Order = Field(Order.NEWEST, description="Which come first.")
    cursor: str | None = Field(
        None,
        pattern=r"^\d{1,16}-\d{1,18}$",
        description="next_cursor of the page before, or the cursor of a sighting.",
    )
    limit: int = Field(PAGE_DEFAULT, ge=1, le=PAGE_MAX)


class ProbabilitiesAnswer(Answered):
    mask: float
    incorrect_mask: float
    no_mask: float


class ReviewAnswer(Answered):
    """What a person says that the verdict should have been; it changes no count."""

    label: ReviewLabel = Field(description="not_a_face: something else was taken for one.")
    reviewed_by: str
    reviewed_at: datetime


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
    is_required: bool = Field(
        description="Whether a mask had to be worn then; where not, the sighting is not counted."
    )
    changes: int = Field(description="How often a mask was put on, taken off or put right.")
    model_version: str
    has_picture: bool
    review: ReviewAnswer | None = Field(description="The last word of a person; null without.")


class VotesAnswer(Answered):
    """Votes of the faces seen in one stretch of time; a clear face casts about one."""

    at: datetime
    mask: float
    incorrect_mask: float
    no_mask: float
    weight: float = Field(description="Sum of the three.")
    faces: int


class ChangeAnswer(Answered):
    at: datetime
    before: Label
    after: Label


class PictureAnswer(Answered):
    taken_at: datetime
    is_sharp: bool = Field(description="Kept sharp and sealed; else it was blurred for good.")
    is_shown_sharp: bool = Field(description="It is shown to you as it is; else blurred.")


class SightingDetailAnswer(SightingAnswer):
    """A sighting with its votes over time; these are null once they are pruned."""

    stretch_s: int | None = Field(description="Seconds that an entry of votes_over_time spans.")
    votes_over_time: list[VotesAnswer] | None
    changed: list[ChangeAnswer] | None
    picture: PictureAnswer | None = Field(description="Null where none is kept.")
    cursor: str = Field(description="Lists with it begin behind this sighting, in either order.")


class SightingPage(Answered):
    items: list[SightingAnswer]
    next_cursor: str | None


@blueprint.get("/sightings", responses={200: SightingPage})
@needs(Role.VIEWER)
def list_newest(query: SightingsQuery) -> Response:
    """List sightings, newest first, or oldest first."""
    wanted = _filter(query)
    with services().database.read() as session:
        found, cursor = list_sightings(session, wanted, query.cursor, query.limit, query.order)
    items = [SightingAnswer(**_fields(one)) for one in found]
    return answer(SightingPage(items=items, next_cursor=cursor))


@blueprint.get("/sightings/<int:sighting_id>", responses={200: SightingDetailAnswer})
@needs(Role.VIEWER)
def read(path: SightingPath) -> Response:
    """Read one sighting, with its votes over time."""
    with services().database.read() as session:
        sighting = get_sighting(session, path.sighting_id, identity().scope)
        picture = find_picture(session, sighting.id)
    return answer(
        SightingDetailAnswer(
            **_fields(sighting),
            **_timeline_fields(sighting),
            picture=_write_picture(picture) if picture else None,
            cursor=sighting.cursor,
        )
    )


def _filter(query: SightingsQuery) -> SightingFilter:
    start, end = query.bounds(utc_now())
    return SightingFilter(
        start,
        end,
        query.verdict,
        query.camera_id,
        query.site,
        query.zone,
        query.is_required,
        query.has_picture,
        query.reviewed,
        identity().scope,
    )


def _fields(sighting: Sighting) -> dict[str, Any]:
    """Spell a sighting out as the fields of a SightingAnswer."""
    return {
        "id": sighting.id,
        "camera_id": sighting.camera_id,
        "started_at": sighting.started_at,
        "ended_at": sighting.ended_at,
        "verdict": sighting.verdict,
        "probabilities": ProbabilitiesAnswer(
            mask=sighting.mask,
            incorrect_mask=sighting.incorrect_mask,
            no_mask=sighting.no_mask,
        ),
        "faces": sighting.faces,
        "is_continuation": sighting.is_continuation,
        "is_required": sighting.is_required,
        "changes": sighting.changes,
        "model_version": sighting.model_version,
        "has_picture": sighting.has_picture,
        "review": write_review(sighting.review) if sighting.review else None,
    }


def write_review(review: Review) -> ReviewAnswer:
    return ReviewAnswer(
        label=review.label, reviewed_by=review.reviewed_by, reviewed_at=review.reviewed_at
    )


def _timeline_fields(sighting: SightingDetail) -> dict[str, Any]:
    timeline = _read_timeline(sighting)
    if timeline is None:
        return {"stretch_s": None, "votes_over_time": None, "changed": None}
    return {
        "stretch_s": timeline.stretch_s,
        "votes_over_time": _write_votes(timeline),
        "changed": [
            ChangeAnswer(at=one.at, before=one.before, after=one.after)
            for one in find_changes(timeline)
        ],
    }


def _read_timeline(sighting: SightingDetail) -> Timeline | None:
    """Decode the votes over time; None where they were pruned, or cannot be read."""
    if sighting.timeline is None:
        return None
    try:
        return decode_timeline(sighting.timeline)
    except BadEntry as error:
        logger.warning("sighting %d: %s", sighting.id, error)
        return None


def _write_votes(timeline: Timeline) -> list[VotesAnswer]:
    return [
        VotesAnswer(
            at=timeline.starts_at(stretch),
            mask=stretch.mask / VOTE,
            incorrect_mask=stretch.incorrect_mask / VOTE,
            no_mask=stretch.no_mask / VOTE,
            weight=stretch.weight,
            faces=stretch.faces,
        )
        for stretch in timeline.stretches
    ]


def _write_picture(facts: PictureFacts) -> PictureAnswer:
    return PictureAnswer(
        taken_at=facts.taken_at,
        is_sharp=facts.is_sharp,
        is_shown_sharp=facts.is_sharp and identity().may_see_faces,
    )
