"""The audit: who changed what, when, from where, and what stood there before and after."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from core.storage.engine import utc_now
from core.storage.tables import AuditRow

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
