"""Facts of the installation as a whole."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.errors import BadSettings, SecretUnreadable
from core.secrets import SecretBox
from core.storage.tables import SettingRow
from core.types import from_microseconds, to_microseconds

_KEY_CHECK = "key_check"
_MINUTES_FROM = "minutes_from"
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


def read_minutes_from(session: Session) -> datetime | None:
    """Read since when minutes of the history are kept; None: none was ever pruned."""
    row = session.get(SettingRow, _MINUTES_FROM)
    return from_microseconds(int(row.value)) if row else None


def write_minutes_from(session: Session, moment: datetime) -> None:
    """Say since when minutes are kept, an hour's start; it never moves back.

    Call it before minutes are deleted: from then on nobody reads older ones, so that
    nobody counts what is half deleted.
    """
    known = read_minutes_from(session)
    if known is None or moment > known:
        value = str(to_microseconds(moment)).encode()
        session.merge(SettingRow(name=_MINUTES_FROM, value=value))
