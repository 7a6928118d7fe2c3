"""Facts of the installation as a whole."""

from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.errors import BadSettings, SecretUnreadable
from core.secrets import SecretBox
from core.storage.tables import SettingRow

_KEY_CHECK = "key_check"
_TIME_ZONE = "time_zone"


def check_key(session: Session, box: SecretBox) -> None:
    """Prove that the secret key is the one this database was sealed with.

    The first start writes the proof. Raises BadSettings on another key.
    """
    row = session.get(SettingRow, _KEY_CHECK)
    if row is None:
        session.add(SettingRow(name=_KEY_CHECK, value=box.seal(_KEY_CHECK)))
        return
    try:
        box.unseal(row.value)
    except SecretUnreadable as error:
        raise BadSettings(
            "the secret key is not the one that this database was sealed with; "
            "set MASKWATCH_SECRET_KEY_FILE to the right file, or restore it from your backup"
        ) from error


def find_time_zone(session: Session) -> ZoneInfo | None:
    """Find the zone that hours and days of the history are cut by; None before the first start."""
    row = session.get(SettingRow, _TIME_ZONE)
    return ZoneInfo(row.value.decode()) if row else None


def read_time_zone(session: Session) -> ZoneInfo:
    """Read the zone that hours and days of the history are cut by; UTC where none is set."""
    return find_time_zone(session) or ZoneInfo("UTC")


def write_time_zone(session: Session, zone: ZoneInfo) -> None:
    """Remember the zone; the rollups must be cut by it already."""
    session.merge(SettingRow(name=_TIME_ZONE, value=zone.key.encode()))
