"""What people say that the verdicts of sightings should have been; no count is changed by it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from core.access_scopes import EVERYWHERE, CameraScope
from core.errors import NotFound
from core.storage.audit import Actor, record_change
from core.storage.engine import utc_now
from core.storage.scopes import camera_ids_in
from core.storage.tables import ReviewRow, SightingRow


class ReviewLabel(StrEnum):
    """What a person sees: a label, or that the detector took something else for a face."""

    MASK = "mask"
    INCORRECT_MASK = "incorrect_mask"
    NO_MASK = "no_mask"
    NOT_A_FACE = "not_a_face"


@dataclass(frozen=True, slots=True)
class Review:
    """The last word of a person on one sighting."""

    label: ReviewLabel
    reviewed_by: str
    reviewed_at: datetime


def review_sighting(
    session: Session,
    sighting_id: int,
    label: ReviewLabel,
    actor: Actor,
    scope: CameraScope = EVERYWHERE,
) -> Review:
    """Write what a person sees, over what was said before. Raises NotFound out of scope."""
    started_at, row = _find(session, sighting_id, scope)
    before = {"label": row.label} if row else None
    if row is None:
        row = ReviewRow(sighting_id=sighting_id, started_at=started_at)
        session.add(row)
    row.label, row.reviewed_by, row.reviewed_at = label.value, actor.name, utc_now()
    _record(session, actor, sighting_id, before, {"label": label.value})
    return Review(label, row.reviewed_by, row.reviewed_at)


def withdraw_review(
    session: Session, sighting_id: int, actor: Actor, scope: CameraScope = EVERYWHERE
) -> None:
    """Take back what was said. Raises NotFound where nothing was, and out of scope."""
    _, row = _find(session, sighting_id, scope)
    if row is None:
        raise NotFound(f"sighting {sighting_id} is not reviewed")
    _record(session, actor, sighting_id, {"label": row.label}, None)
    session.delete(row)


def is_reviewed() -> ColumnElement[bool]:
    """Make the condition on SightingRow that somebody has reviewed it."""
    return exists().where(ReviewRow.sighting_id == SightingRow.id)


def _find(
    session: Session, sighting_id: int, scope: CameraScope
) -> tuple[datetime, ReviewRow | None]:
    """Find when a sighting began and its review, held against others who review it meanwhile."""
    sighting = select(SightingRow.started_at).where(SightingRow.id == sighting_id)
    sighting = sighting.where(SightingRow.camera_id.in_(camera_ids_in(scope)))
    started_at = session.scalar(sighting.with_for_update())
    if started_at is None:
        raise NotFound(f"there is no sighting {sighting_id}")
    return started_at, session.get(ReviewRow, sighting_id)


def _record(
    session: Session,
    actor: Actor,
    sighting_id: int,
    before: dict[str, str] | None,
    after: dict[str, str] | None,
) -> None:
    record_change(session, actor, "sighting.review", f"sighting {sighting_id}", before, after)
