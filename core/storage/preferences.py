"""Questions about the administrator's choices."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from core.preferences import Preferences
from core.storage.audit import Actor, record_change
from core.storage.tables import SettingRow

_NAME = "preferences"


def read_preferences(session: Session) -> Preferences:
    """Read the choices; what was never chosen has its default."""
    row = session.get(SettingRow, _NAME)
    return Preferences.model_validate_json(row.value) if row else Preferences()


def is_anything_chosen(session: Session) -> bool:
    """Say whether somebody has chosen something yet."""
    return session.get(SettingRow, _NAME) is not None


def write_preferences(session: Session, preferences: Preferences) -> None:
    """Keep the choices; processes read them anew within seconds."""
    content = preferences.model_dump_json(exclude_defaults=True).encode()
    session.merge(SettingRow(name=_NAME, value=content))


def change_preferences(session: Session, preferences: Preferences, actor: Actor) -> None:
    """Keep the choices, and write into the audit which of them are new."""
    before = read_preferences(session)
    write_preferences(session, preferences)
    changes = (_flatten(one.model_dump(mode="json")) for one in (before, preferences))
    record_change(session, actor, "preferences.change", "preferences", *changes)


def _flatten(values: Mapping[str, Any]) -> dict[str, Any]:
    """Name what lies within a group `group.name`, so that the audit shows just what changed."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        inner = value if isinstance(value, dict) else None
        flat |= {f"{name}.{key}": one for key, one in inner.items()} if inner else {name: value}
    return flat
