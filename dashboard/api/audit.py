"""The audit: who changed what, when, from where, before and after."""

import json
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Response
from pydantic import Field

from core.names import Text
from core.storage.audit import (
    PAGE_MAX,
    ActorKind,
    AuditEntry,
    AuditFilter,
    list_changes,
    read_all_changes,
    record_change,
)
from core.storage.engine import utc_now
from core.storage.users import Role
from dashboard.access import needs
from dashboard.api.operations import api_blueprint
from dashboard.api.schemas import Answered, TimeRange, answer
from dashboard.audit import actor
from dashboard.exports import Fields, stream_csv
from dashboard.services import services

PAGE_DEFAULT = 50

blueprint = api_blueprint("audit", "Who changed what, when and from where.")


COLUMNS = ("id", "at", "actor", "actor_kind", "address", "action", "subject", "before", "after")


class AuditExportQuery(TimeRange):
    """Which changes are asked for."""

    actor: Text | None = Field(None, description="The name of a user, token or account.")
    action: Text | None = Field(
        None, description="Such as camera.change; camera. for all that was done to cameras."
    )
    subject: Text | None = Field(None, description="A part of what it was done to.")

    def wanted(self) -> AuditFilter:
        return AuditFilter(*self.bounds(utc_now()), self.actor, self.action, self.subject)


class AuditQuery(AuditExportQuery):
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


_CSV: dict[str | int | HTTPStatus, Any] = {
    200: {"description": "A file.", "content": {"text/csv": {"schema": {"type": "string"}}}}
}


@blueprint.get("/audit", responses={200: AuditPage})
@needs(Role.ADMIN)
def list_newest(query: AuditQuery) -> Response:
    """List changes, newest first."""
    with services().database.read() as session:
        found, cursor = list_changes(session, query.wanted(), query.cursor, query.limit)
    return answer(AuditPage(items=[_write(one) for one in found], next_cursor=cursor))


@blueprint.get("/audit.csv", responses=_CSV)
@needs(Role.ADMIN)
def export_audit(query: AuditExportQuery) -> Response:
    """Export changes as CSV, newest first; before and after are JSON."""
    wanted, database = query.wanted(), services().database
    with database.write() as session:
        told = query.model_dump(mode="json", exclude_none=True, by_alias=True)
        record_change(session, actor(), "export.audit", "audit", after=told)
    pages = read_all_changes(database, wanted)
    return stream_csv("audit.csv", COLUMNS, ([_row(one) for one in page] for page in pages))


def _row(entry: AuditEntry) -> Fields:
    values = _write(entry).model_dump(mode="json")
    told = {name: json.dumps(values[name], ensure_ascii=False) for name in ("before", "after")}
    return values | {name: text if values[name] else "" for name, text in told.items()}


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
