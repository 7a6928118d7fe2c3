"""Sessions as the API tells of them: to whose they are, and to administrators."""

from datetime import datetime

from pydantic import Field

from core.storage.sessions import UserSession
from dashboard.access import identity
from dashboard.api.schemas import Answered


class SessionAnswer(Answered):
    """A browser that is signed in. It is over at expires_at, if it is not used before."""

    id: int
    browser: str
    address: str
    created_at: datetime
    seen_at: datetime = Field(description="To the minute.")
    expires_at: datetime
    is_current: bool = Field(description="It is the one that asks.")


class SessionPage(Answered):
    items: list[SessionAnswer]
    next_cursor: str | None = None


def write_session(one: UserSession) -> SessionAnswer:
    return SessionAnswer(
        id=one.id,
        browser=one.browser,
        address=one.address,
        created_at=one.created_at,
        seen_at=one.seen_at,
        expires_at=one.expires_at,
        is_current=one.id == identity().session_id,
    )
