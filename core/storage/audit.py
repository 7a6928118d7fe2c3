"""The audit: who changed what, when, from where, and what stood there before and after."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from core.storage.engine import Database, utc_now
from core.storage.tables import AuditRow

PAGE_MAX = 200
EXPORT_PAGE = 1_000
SECRET_FIELDS = frozenset({"password", "secret", "token", "hash", "password_hash"})
"""Fields that are never written down, whoever hands them over."""


class ActorKind(StrEnum):
    """What makes a change: a person, a program with a token, a command, or we ourselves."""

    USER = "user"
    TOKEN = "token"  # noqa: S105  # the kind's name, not a secret
    COMMAND = "command"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes a change. address: the network address it came from; empty where it has none."""

    name: str
    kind: ActorKind
    address: str = ""


SYSTEM = Actor("maskwatch", ActorKind.SYSTEM)
"""What we do by ourselves, such as the nightly retention."""


def record_change(
    session: Session,
    actor: Actor,
    action: str,
    subject: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write down a change, in the transaction that makes it.

    action: such as `camera.change`. subject: what it was done to, such as `camera 3 "door"`.
    Where both before and after are given, only the fields that differ are kept, and a
    change that changed nothing is not written. Addresses must come redacted.
    """
    if before is not None and after is not None:
        before, after = _differences(before, after)
        if not before and not after:
            return
    session.add(
        AuditRow(
            at=utc_now(),
            actor=actor.name,
            actor_kind=actor.kind.value,
            address=actor.address,
            action=action,
            subject=subject,
            before=_write(before),
            after=_write(after),
        )
    )


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change that was written down."""

    id: int
    at: datetime
    actor: Actor
    action: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which changes are asked for: made in [start, end), and so on.

    action: a whole one, or its beginning up to the dot. subject: a part of it.
    """

    start: datetime
    end: datetime
    actor: str | None = None
    action: str | None = None
    subject: str | None = None


def list_changes(
    session: Session, wanted: AuditFilter, cursor: str | None, limit: int
) -> tuple[list[AuditEntry], str | None]:
    """List changes, newest first, with the cursor of the next page (None at the end).

    cursor: the id of the last change of the page before.
    """
    row = AuditRow
    query = _choose(wanted).order_by(row.at.desc(), row.id.desc()).limit(limit + 1)
    if cursor is not None:
        query = query.where(_is_before(session, int(cursor)))
    found = [_read(one) for one in session.scalars(query)]
    page = found[:limit]
    return page, str(page[-1].id) if len(found) > limit else None


def read_all_changes(database: Database, wanted: AuditFilter) -> Iterator[list[AuditEntry]]:
    """Read all changes, newest first, page by page: none holds a transaction meanwhile."""
    cursor: str | None = ""
    while cursor is not None:
        with database.read() as session:
            page, cursor = list_changes(session, wanted, cursor or None, EXPORT_PAGE)
        yield page


def _is_before(session: Session, last_id: int) -> ColumnElement[bool]:
    """Say what comes after a change in a list; by its number alone where it is gone."""
    row = AuditRow
    at = session.scalar(select(row.at).where(row.id == last_id))
    if at is None:
        return row.id < last_id
    return and_(row.at <= at, or_(row.at < at, row.id < last_id))


def _choose(wanted: AuditFilter) -> Select[AuditRow]:
    row = AuditRow
    query = select(row).where(row.at >= wanted.start, row.at < wanted.end)
    if wanted.actor is not None:
        query = query.where(row.actor == wanted.actor)
    if wanted.action is not None:
        is_subject = wanted.action.endswith(".")
        is_wanted = row.action.startswith(wanted.action, autoescape=True)
        query = query.where(is_wanted if is_subject else row.action == wanted.action)
    if wanted.subject is not None:
        query = query.where(row.subject.icontains(wanted.subject, autoescape=True))
    return query


def _read(row: AuditRow) -> AuditEntry:
    return AuditEntry(
        id=row.id,
        at=row.at,
        actor=Actor(row.actor, ActorKind(row.actor_kind), row.address),
        action=row.action,
        subject=row.subject,
        before=None if row.before is None else json.loads(row.before),
        after=None if row.after is None else json.loads(row.after),
    )


def _differences(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    names = [
        name
        for name in {**before, **after}
        if name not in before or name not in after or before[name] != after[name]
    ]
    return (
        {name: before[name] for name in names if name in before},
        {name: after[name] for name in names if name in after},
    )


def _write(values: Mapping[str, Any] | None) -> str | None:
    if values is None:
        return None
    shown = {name: value for name, value in values.items() if name not in SECRET_FIELDS}
    return json.dumps(shown, default=_as_json, ensure_ascii=False)


def _as_json(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return sorted(value) if isinstance(value, (set, frozenset)) else str(value)
