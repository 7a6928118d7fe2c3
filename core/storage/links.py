"""Links that let people in: to sign in, to set up the first account, to choose a password.

Only the digest of a link's secret is kept.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.secrets import digest
from core.storage.engine import utc_now
from core.storage.tables import SignInLinkRow
from core.storage.users import (
    Role,
    User,
    UserChanges,
    add_user,
    change_user,
    get_user,
    require_user,
)

PASSWORD_LINK_LIFETIME = timedelta(days=3)
"""Long enough for a weekend in between."""

_PASSWORD = "password"  # noqa: S105  # a purpose, not a password
"""What these links are for; the others are for nothing in particular. Neither opens the
other's door."""


def create_sign_in_link(session: Session, user: User | None, lifetime: timedelta) -> str:
    """Make the secret of a link; without a user it sets up the first one, once.

    A user's link works until it runs out, or until a newer one is made for them.
    """
    return _add(session, user.id if user else None, utc_now() + lifetime)


def use_sign_in_link(session: Session, secret: str) -> User | None:
    """Find whom a link signs in; None if it is unknown or over."""
    return _whose(session, _unused(session, secret))


def is_set_up_link(session: Session, secret: str) -> bool:
    """Say whether a set-up link would work now; it is not used up by asking."""
    row = _unused(session, secret)
    return row is not None and row.user_id is None


def use_set_up_link(session: Session, secret: str, name: str, password: str) -> User | None:
    """Make the first administrator; None if the link is unknown, used or over.

    Raises BadRequest on a bad name or password, the link then works still.
    """
    row = _unused(session, secret)
    if row is None or row.user_id is not None:
        return None
    user = add_user(session, name, Role.ADMIN, password)
    row.used_at = utc_now()
    return user


def create_password_link(session: Session, user_id: int) -> tuple[str, datetime]:
    """Make the secret of a user's link, and tell until when it works; older ones are void.

    The password of before stays until the link is used. Raises NotFound.
    """
    until = utc_now() + PASSWORD_LINK_LIFETIME
    return _add(session, require_user(session, user_id).id, until, _PASSWORD), until


def find_password_link(session: Session, secret: str) -> User | None:
    """Find whose link it is; None if it is unknown, used or over. It is not used up by asking."""
    return _whose(session, _unused(session, secret, _PASSWORD))


def use_password_link(session: Session, secret: str, password: str) -> User | None:
    """Set the password of whose link it is, and end their sessions; None if it is no good.

    Raises BadRequest on a bad password, the link then works still.
    """
    row = _unused(session, secret, _PASSWORD)
    if row is None or row.user_id is None:
        return None
    user = change_user(session, row.user_id, UserChanges(password=password))
    row.used_at = utc_now()
    return user


def forget_expired_links(session: Session) -> int:
    """Remove links that have run out; returns how many."""
    gone = session.execute(
        delete(SignInLinkRow)
        .where(SignInLinkRow.expires_at < utc_now())
        .returning(SignInLinkRow.hash)
    )
    return len(gone.all())


def _add(session: Session, user_id: int | None, until: datetime, purpose: str = "") -> str:
    """Make a link in the place of those that the user had before; returns its secret."""
    if user_id is not None:
        session.execute(delete(SignInLinkRow).where(SignInLinkRow.user_id == user_id))
    secret = secrets.token_urlsafe(32)
    session.add(SignInLinkRow(hash=digest(secret, purpose), user_id=user_id, expires_at=until))
    return secret


def _unused(session: Session, secret: str, purpose: str = "") -> SignInLinkRow | None:
    row = session.get(SignInLinkRow, digest(secret, purpose))
    is_over = row is None or row.used_at is not None or row.expires_at < utc_now()
    return None if is_over else row


def _whose(session: Session, row: SignInLinkRow | None) -> User | None:
    return get_user(session, row.user_id) if row and row.user_id else None
