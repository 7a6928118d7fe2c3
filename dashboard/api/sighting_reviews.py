"""Reviews: what people say that the verdicts of sightings should have been."""

from flask import Response

from core.storage.reviews import ReviewLabel, review_sighting, withdraw_review
from core.storage.users import Role
from dashboard.access import identity, needs
from dashboard.api.schemas import Asked, answer, answer_nothing
from dashboard.api.sighting_pictures import blueprint as blueprint
from dashboard.api.sightings import ReviewAnswer, SightingPath, write_review
from dashboard.audit import actor
from dashboard.services import services


class ReviewAsked(Asked):
    label: ReviewLabel


@blueprint.post("/sightings/<int:sighting_id>/review", responses={200: ReviewAnswer})
@needs(Role.OPERATOR)
def review(path: SightingPath, body: ReviewAsked) -> Response:
    """Say what the verdict of a sighting should have been; the last word counts.

    No count of the history changes by it: that stays what the model said.
    """
    with services().database.write() as session:
        said = review_sighting(session, path.sighting_id, body.label, actor(), identity().scope)
    return answer(write_review(said))


@blueprint.delete("/sightings/<int:sighting_id>/review", responses={204: None})
@needs(Role.OPERATOR)
def withdraw(path: SightingPath) -> Response:
    """Take the review of a sighting back. 404 where there is none."""
    with services().database.write() as session:
        withdraw_review(session, path.sighting_id, actor(), identity().scope)
    return answer_nothing()
