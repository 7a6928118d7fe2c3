"""Preferences: what an administrator chooses while everything runs."""

from flask import Response
from pydantic import Field

from core.preferences import CountedPhase, Days, EvidenceMode, Preferences
from core.retention import Pruned, Stored
from core.storage.engine import utc_now
from core.storage.preferences import change_preferences, read_preferences
from core.storage.retention import count_outdated, count_stored, find_limits
from core.storage.users import Role
from dashboard.access import needs
from dashboard.api.operations import api_blueprint
from dashboard.api.schemas import Answered, Asked, answer
from dashboard.audit import actor
from dashboard.services import services

blueprint = api_blueprint("preferences", "What is chosen while everything runs.")


class RetentionChanges(Asked):
    """What is left out or null stays."""

    pictures_days: Days | None = None
    pictures_megabytes: int | None = Field(
        None, ge=1, le=10_000_000, description="Oldest go first."
    )
    sightings_days: Days | None = None
    minutes_days: Days | None = None
    audit_days: Days | None = None
    jobs_days: Days | None = None


class VerdictRuleChanges(Asked):
    """What is left out or null stays; docs/verdicts.md says what each of them does."""

    faces_min: int | None = Field(None, ge=1, le=100)
    weight_min: float | None = Field(None, ge=0, le=100)
    agreement_min: float | None = Field(None, ge=0, le=1)
    face_px_min: int | None = Field(None, ge=1, le=1_000)
    changed: CountedPhase | None = None


class RetentionEffect(Answered):
    """What there is, and what of it would go."""

    stored: Stored
    outdated: Pruned


class PreferencesChanges(Asked):
    """What to change; what is left out or null stays.

    No field has a default of its own: a client that fills those in would set back
    what others have chosen.
    """

    evidence: EvidenceMode | None = None
    retention: RetentionChanges | None = None
    verdict_rule: VerdictRuleChanges | None = None
    session_hours: int | None = Field(None, ge=1, le=8_760)


@blueprint.get("/preferences", responses={200: Preferences})
@needs(Role.ADMIN)
def read() -> Response:
    """Read the choices; what was never chosen has its default."""
    with services().database.read() as session:
        return answer(read_preferences(session))


@blueprint.get("/preferences/retention", responses={200: RetentionEffect})
@needs(Role.ADMIN)
def preview_retention(query: RetentionChanges) -> Response:
    """Say what is kept, and what would go if retention were as given; nothing is changed.

    What is left out is as it is chosen now: without any, it is what goes next night.
    """
    with services().database.read() as session:
        chosen = read_preferences(session).retention
        retention = chosen.model_copy(update=query.model_dump(exclude_none=True))
        effect = RetentionEffect(
            stored=count_stored(session),
            outdated=count_outdated(session, find_limits(session, retention, utc_now())),
        )
    return answer(effect)


@blueprint.patch("/preferences", responses={200: Preferences})
@needs(Role.ADMIN)
def change(body: PreferencesChanges) -> Response:
    """Change choices. They take effect within seconds, retention at its next run."""
    with services().database.write() as session:
        after = _merge(read_preferences(session), body)
        change_preferences(session, after, actor())
    return answer(after)


def _merge(before: Preferences, changes: PreferencesChanges) -> Preferences:
    """Take over what was sent, and leave the rest."""
    merged = before.model_dump()
    for name, value in changes.model_dump(exclude_none=True).items():
        merged[name] = merged[name] | value if isinstance(value, dict) else value
    return Preferences.model_validate(merged)
