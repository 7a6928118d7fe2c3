"""Facts of the installation as a whole."""

from sqlalchemy.orm import Session

from core.errors import BadSettings, SecretUnreadable
from core.secrets import SecretBox
from core.storage.tables import SettingRow

_KEY_CHECK = "key_check"


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
