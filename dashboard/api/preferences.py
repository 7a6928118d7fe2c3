"""Preferences: what an administrator chooses while everything runs."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from core.preferences import Preferences
from core.storage.audit import record_change
from core.storage.preferences import read_preferences, write_preferences
from core.storage.users import Role
from dashboard.access import needs
from dashboard.api.operations import api_blueprint
from dashboard.api.schemas import answer
from dashboard.audit import actor
from dashboard.services import services

blueprint = api_blueprint("preferences", "What is chosen while everything runs.")


class PreferencesChanges(Preferences):
    """What to change; what is left out stays, within retention and verdict_rule too."""


@blueprint.get("/preferences", responses={200: Preferences})
@needs(Role.ADMIN)
def read() -> Response:
    """Read the choices; what was never chosen has its default."""
    with services().database.read() as session:
        return answer(read_preferences(session))


@blueprint.patch("/preferences", responses={200: Preferences})
@needs(Role.ADMIN)
def change(body: PreferencesChanges) -> Response:
    """Change choices. They take effect within seconds, retention at its next run."""
    with services().database.write() as session:
        before = read_preferences(session)
        after = _merge(before, body)
        write_preferences(session, after)
        changes = (_flatten(one.model_dump(mode="json")) for one in (before, after))
        record_change(session, actor(), "preferences.change", "preferences", *changes)
    return answer(after)


def _merge(before: Preferences, changes: Preferences) -> Preferences:
    """Take over what was sent, and leave the rest."""
    merged = before.model_dump()
    for name, value in changes.model_dump(exclude_unset=True).items():
        merged[name] = merged[name] | value if isinstance(value, dict) else value
    return Preferences.model_validate(merged)


def _flatten(values: Mapping[str, Any]) -> dict[str, Any]:
    """Name what lies within a group `group.name`, so that the audit shows just what changed."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        inner = value if isinstance(value, dict) else None
        flat |= {f"{name}.{key}": one for key, one in inner.items()} if inner else {name: value}
    return flat
