"""Questions about the administrator's choices."""

from sqlalchemy.orm import Session

from core.preferences import Preferences
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
