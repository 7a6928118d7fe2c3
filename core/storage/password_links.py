"""Links by which a person chooses their password, once: new ones, and who forgot theirs."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.secrets import digest
from core.storage.engine import utc_now
from core.storage.tables import SignInLinkRow
from core.storage.users import User, UserChanges, change_user, get_user, require_user

PURPOSE = "password"
"""Links that sign in at once are of none: neither opens the other's door."""
LIFETIME = timedelta(days=3)
"""Long enough for a weekend in between."""


def create_password_link(session: Session, user_id: int) -> tuple[str, datetime]:
    """Make the secret of a user's link, and tell until when it works; older ones are void.

    The password of before stays until the link is used. Raises NotFound.
    """
    require_user(session, user_id)
    session.execute(delete(SignInLinkRow).where(SignInLinkRow.user_id == user_id))
    secret, until = secrets.token_urlsafe(32), utc_now() + LIFETIME
    session.add(SignInLinkRow(hash=digest(secret, PURPOSE), user_id=user_id, expires_at=until))
    return secret, until


def find_password_link(session: Session, secret: str) -> User | None:
    """Find whose link it is; None if it is unknown, used or over. It is not used up by asking."""
    row = _unused(session, secret)
    return get_user(session, row.user_id) if row and row.user_id else None


def use_password_link(session: Session, secret: str, password: str) -> User | None:
    """Set the password of whose link it is, and end their sessions; None if it is no good.

    Raises BadRequest on a bad password, the link then works still.
    """
    row = _unused(session, secret)
    if row is None or row.user_id is None:
        return None
    user = change_user(session, row.user_id, UserChanges(password=password))
    row.used_at = utc_now()
    return user


def _unused(session: Session, secret: str) -> SignInLinkRow | None:
    row = session.get(SignInLinkRow, digest(secret, PURPOSE))
    is_over = row is None or row.used_at is not None or row.expires_at < utc_now()
    return None if is_over else row
