"""The audit: who changed what, when, from where, before and after."""

from datetime import datetime
from typing import Any

from flask import Response
from pydantic import Field

from core.names import Text
from core.storage.audit import PAGE_MAX, ActorKind, AuditEntry, AuditFilter, list_changes
from core.storage.engine import utc_now
from core.storage.users import Role
from dashboard.access import needs
from dashboard.api.operations import api_blueprint
from dashboard.api.schemas import Answered, TimeRange, answer
from dashboard.services import services

PAGE_DEFAULT = 50

blueprint = api_blueprint("audit", "Who changed what, when and from where.")


class AuditQuery(TimeRange):
    actor: Text | None = Field(None, description="The name of a user, token or account.")
    action: Text | None = Field(
        None, description="Such as camera.change; camera. for all that was done to cameras."
    )
    subject: Text | None = Field(None, description="A part of what it was done to.")
    cursor: str | None = Field(
        None, pattern=r"^\d{1,18}$", description="next_cursor of the page before."
    )
    limit: int = Field(PAGE_DEFAULT, ge=1, le=PAGE_MAX)


class AuditAnswer(Answered):
    """One change. Of what was changed, before and after hold the fields that differ."""

    id: int
    at: datetime
    actor: str
    actor_kind: ActorKind
    address: str = Field(description="The network address; empty for commands and for us.")
    action: str
    subject: str
    before: dict[str, Any] | None = Field(description="Null where nothing stood before.")
    after: dict[str, Any] | None = Field(description="Null where nothing is left.")


class AuditPage(Answered):
    items: list[AuditAnswer]
    next_cursor: str | None


@blueprint.get("/audit", responses={200: AuditPage})
@needs(Role.ADMIN)
def list_newest(query: AuditQuery) -> Response:
    """List changes, newest first."""
    start, end = query.bounds(utc_now())
    wanted = AuditFilter(start, end, query.actor, query.action, query.subject)
    with services().database.read() as session:
        found, cursor = list_changes(session, wanted, query.cursor, query.limit)
    return answer(AuditPage(items=[_write(one) for one in found], next_cursor=cursor))


def _write(entry: AuditEntry) -> AuditAnswer:
    return AuditAnswer(
        id=entry.id,
        at=entry.at,
        actor=entry.actor.name,
        actor_kind=entry.actor.kind,
        address=entry.actor.address,
        action=entry.action,
        subject=entry.subject,
        before=entry.before,
        after=entry.after,
    )
