"""Questions about sessions: the browsers that people are signed in with.

The cookie holds a secret, we its SHA-256. A session that was not used for as long as
the preferences say is over, whatever its cookie says.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from core.secrets import digest
from core.storage.preferences import read_preferences
from core.storage.tables import AuditRow, UserRow, UserSessionRow
from core.storage.users import User, get_user

SEEN_EVERY = timedelta(minutes=1)
"""A session's use is written down at most so often: a busy page must not write at each call."""


@dataclass(frozen=True, slots=True)
class UserSession:
    """A browser that is signed in. expires_at: if it is not used until then."""

    id: int
    user_id: int
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    browser: str

    def is_stale(self, now: datetime) -> bool:
        """Say whether its use is to be written down again."""
        return now - self.seen_at >= SEEN_EVERY


@dataclass(frozen=True, slots=True)
class Presence:
    """How a user is about. sessions: where they are signed in; seen_at: when one was used last.

    Where all are over, seen_at is when they signed in last, as far back as the audit goes.
    """

    sessions: int = 0
    seen_at: datetime | None = None


ABSENT = Presence()


def begin_session(
    session: Session, user_id: int, address: str, browser: str, now: datetime
) -> tuple[int, str]:
    """Begin a session; returns its id, and the secret for the cookie. Forgets those over."""
    session.execute(
        delete(UserSessionRow).where(UserSessionRow.seen_at <= now - _lifetime(session))
    )
    secret = secrets.token_urlsafe(32)
    row = UserSessionRow(
        hash=digest(secret),
        user_id=user_id,
        created_at=now,
        seen_at=now,
        address=address,
        browser=browser,
    )
    session.add(row)
    session.flush()
    return row.id, secret


def find_session(session: Session, secret: str, now: datetime) -> tuple[UserSession, User] | None:
    """Find the session of a cookie, and whose it is; None if it is unknown or over."""
    row = session.scalar(select(UserSessionRow).where(UserSessionRow.hash == digest(secret)))
    if row is None:
        return None
    found, user = _read(row, _lifetime(session)), get_user(session, row.user_id)
    return None if user is None or found.expires_at <= now else (found, user)


def list_sessions(session: Session, user_id: int, now: datetime) -> list[UserSession]:
    """List a user's sessions, those in use last first."""
    rows = session.scalars(
        select(UserSessionRow)
        .where(UserSessionRow.user_id == user_id)
        .order_by(UserSessionRow.seen_at.desc(), UserSessionRow.id.desc())
    )
    lifetime = _lifetime(session)
    found = [_read(row, lifetime) for row in rows]
    return [one for one in found if one.expires_at > now]


def read_presence(session: Session, now: datetime) -> Mapping[int, Presence]:
    """Read how each user is about, by their id; who never was is left out."""
    row = UserSessionRow
    alive = (
        select(row.user_id, func.count(), func.max(row.seen_at))
        .where(row.seen_at > now - _lifetime(session))
        .group_by(row.user_id)
    )
    here = {user_id: Presence(count, seen_at) for user_id, count, seen_at in session.execute(alive)}
    signed_in = (
        select(UserRow.id, func.max(AuditRow.at))
        .join(UserRow, UserRow.name == AuditRow.actor)
        .where(AuditRow.action == "session.sign_in", UserRow.id.not_in(here))
        .group_by(UserRow.id)
    )
    gone = {user_id: Presence(0, seen_at) for user_id, seen_at in session.execute(signed_in)}
    return {**gone, **here}


def find_presence(session: Session, user_id: int, now: datetime) -> Presence:
    """Read how one user is about."""
    return read_presence(session, now).get(user_id, ABSENT)


def list_session_users(
    session: Session, session_ids: Sequence[int], now: datetime
) -> dict[int, User]:
    """Find whose these sessions are; one that is over or ended is left out."""
    row = UserSessionRow
    alive = select(row.id, row.user_id).where(
        row.id.in_(session_ids), row.seen_at > now - _lifetime(session)
    )
    owners = dict(session.execute(alive).all())
    users = {one: get_user(session, one) for one in set(owners.values())}
    found = {session_id: users[user_id] for session_id, user_id in owners.items()}
    return {session_id: user for session_id, user in found.items() if user is not None}


def mark_seen(session: Session, session_ids: Sequence[int], now: datetime) -> None:
    """Write down that sessions are in use, where that was not done within the last minute."""
    row = UserSessionRow
    late = row.seen_at <= now - SEEN_EVERY
    session.execute(update(row).where(row.id.in_(session_ids), late).values(seen_at=now))


def end_session(session: Session, session_id: int | None) -> None:
    """End a session; fine if there is no such one."""
    session.execute(delete(UserSessionRow).where(UserSessionRow.id == session_id))


def end_other_sessions(session: Session, user_id: int, kept_id: int | None) -> int:
    """End a user's sessions but one; returns how many."""
    row = UserSessionRow
    ended = delete(row).where(row.user_id == user_id, row.id != (kept_id or 0)).returning(row.id)
    return len(session.execute(ended).all())


def _lifetime(session: Session) -> timedelta:
    return timedelta(hours=read_preferences(session).session_hours)


def _read(row: UserSessionRow, lifetime: timedelta) -> UserSession:
    return UserSession(
        id=row.id,
        user_id=row.user_id,
        created_at=row.created_at,
        seen_at=row.seen_at,
        expires_at=row.seen_at + lifetime,
        address=row.address,
        browser=row.browser,
    )
