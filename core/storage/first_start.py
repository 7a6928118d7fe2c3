"""Questions about the first start: how far the first administrator has come with setting up.

It is left and taken up again at any time, and done once. An installation that has had
a camera before anybody began, as a demo or one that was set up by commands, needs none.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.storage.tables import CameraRow, SettingRow

_NAME = "first_start"
_BEGUN, _DONE = b"begun", b"done"


def begin_first_start(session: Session) -> None:
    """Remember that somebody has begun: a camera alone does not end it then."""
    if session.get(SettingRow, _NAME) is None:
        session.add(SettingRow(name=_NAME, value=_BEGUN))


def end_first_start(session: Session) -> None:
    """It never comes again."""
    session.merge(SettingRow(name=_NAME, value=_DONE))


def is_first_start(session: Session) -> bool:
    """Say whether setting up is not done yet."""
    row = session.get(SettingRow, _NAME)
    return not _had_camera(session) if row is None else row.value != _DONE


def _had_camera(session: Session) -> bool:
    """Say whether a camera was ever registered; removed ones are kept."""
    return bool(session.scalar(select(func.count()).select_from(CameraRow)))
