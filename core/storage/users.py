"""Questions about users, API tokens, and links that sign in or set up."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.errors import BadRequest, NotFound
from core.storage.engine import utc_now
from core.storage.tables import SignInLinkRow, TokenRow, UserRow

PASSWORD_LENGTH_MIN = 10


class Role(StrEnum):
    """What someone may do; each may what the one before may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    def may_act_as(self, needed: "Role") -> bool:
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)


@dataclass(frozen=True, slots=True)
class User:
    id: int
    name: str
    role: Role
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Token:
    id: int
    name: str
    role: Role
    created_at: datetime
    last_used_at: datetime | None


def has_users(session: Session) -> bool:
    """Say whether someone can sign in with a password."""
    return bool(
        session.scalar(
            select(func.count()).select_from(UserRow).where(UserRow.password_hash.is_not(None))
        )
    )


def list_users(session: Session) -> list[User]:
    return [_user(row) for row in session.scalars(select(UserRow).order_by(UserRow.name))]


def get_user(session: Session, user_id: int) -> User | None:
    """Read a user; None if removed."""
    row = session.get(UserRow, user_id)
    return _user(row) if row else None


def add_user(session: Session, name: str, role: Role, password: str | None) -> User:
    """Add a user; without a password only a sign-in link lets them in. Raises BadRequest."""
    if not 1 <= len(name.strip()) <= 100:
        raise BadRequest("name", "a user needs a name of 1 to 100 characters")
    row = UserRow(
        name=name.strip(),
        role=role.value,
        password_hash=None if password is None else _hash_password(password),
        created_at=utc_now(),
    )
    session.add(row)
    _flush_named(session, f'a user named "{name}" is there already')
    return _user(row)


def find_or_add_user(session: Session, name: str, role: Role) -> User:
    """Read a user by name, or add one who signs in by link only."""
    row = session.scalar(select(UserRow).where(UserRow.name == name))
    return _user(row) if row else add_user(session, name, role, None)


def remove_user(session: Session, name: str) -> None:
    """Remove a user. Raises NotFound."""
    user_id = session.scalar(select(UserRow.id).where(UserRow.name == name))
    if user_id is None:
        raise NotFound(f'there is no user "{name}"')
    session.execute(delete(SignInLinkRow).where(SignInLinkRow.user_id == user_id))
    session.execute(delete(UserRow).where(UserRow.id == user_id))


def check_password(session: Session, name: str, password: str) -> User | None:
    """Find the user of that name and password; None if either is wrong.

    An unknown name costs as much time as a wrong password.
    """
    row = session.scalar(select(UserRow).where(UserRow.name == name.strip()))
    stored = row.password_hash if row and row.password_hash else _unknown_hash()
    try:
        PasswordHasher().verify(stored, password)
    except (VerificationError, InvalidHashError):
        return None
    return _user(row) if row and row.password_hash else None


def list_tokens(session: Session) -> list[Token]:
    return [_token(row) for row in session.scalars(select(TokenRow).order_by(TokenRow.name))]


def create_token(session: Session, name: str, role: Role) -> str:
    """Make an API token and return its text, which is kept nowhere. Raises BadRequest."""
    if not 1 <= len(name.strip()) <= 100:
        raise BadRequest("name", "a token needs a name of 1 to 100 characters")
    text = "mw_" + secrets.token_urlsafe(32)
    session.add(
        TokenRow(name=name.strip(), role=role.value, hash=_digest(text), created_at=utc_now())
    )
    _flush_named(session, f'a token named "{name}" is there already; revoke it first')
    return text


def find_token(session: Session, text: str) -> Token | None:
    """Find the token of that text; None if unknown or revoked."""
    row = session.scalar(select(TokenRow).where(TokenRow.hash == _digest(text)))
    return _token(row) if row else None


def mark_token_used(session: Session, token_id: int) -> None:
    session.execute(update(TokenRow).where(TokenRow.id == token_id).values(last_used_at=utc_now()))


def revoke_token(session: Session, name: str) -> None:
    """Make a token worthless. Raises NotFound."""
    found = session.execute(delete(TokenRow).where(TokenRow.name == name).returning(TokenRow.id))
    if found.first() is None:
        raise NotFound(f'there is no token "{name}"')


def create_sign_in_link(session: Session, user: User | None, lifetime: timedelta) -> str:
    """Make the secret of a link; without a user it sets up the first one, once.

    A user's link works until it runs out, or until a newer one is made for them.
    """
    if user is not None:
        session.execute(delete(SignInLinkRow).where(SignInLinkRow.user_id == user.id))
    secret = secrets.token_urlsafe(32)
    session.add(
        SignInLinkRow(
            hash=_digest(secret),
            user_id=user.id if user else None,
            expires_at=utc_now() + lifetime,
        )
    )
    return secret


def forget_expired_links(session: Session) -> int:
    """Remove links that have run out; returns how many."""
    gone = session.execute(
        delete(SignInLinkRow)
        .where(SignInLinkRow.expires_at < utc_now())
        .returning(SignInLinkRow.hash)
    )
    return len(gone.all())


def is_set_up_link(session: Session, secret: str) -> bool:
    """Say whether a set-up link would work now; it is not used up by asking."""
    row = _unused_link(session, secret)
    return row is not None and row.user_id is None


def use_set_up_link(session: Session, secret: str, name: str, password: str) -> User | None:
    """Make the first administrator; None if the link is unknown, used or over.

    Raises BadRequest on a bad name or password, the link then works still.
    """
    row = _unused_link(session, secret)
    if row is None or row.user_id is not None:
        return None
    user = add_user(session, name, Role.ADMIN, password)
    row.used_at = utc_now()
    return user


def use_sign_in_link(session: Session, secret: str) -> User | None:
    """Find whom a link signs in; None if it is unknown or over."""
    row = _unused_link(session, secret)
    return None if row is None or row.user_id is None else get_user(session, row.user_id)


@cache
def _unknown_hash() -> str:
    return PasswordHasher().hash(secrets.token_urlsafe(16))


def _unused_link(session: Session, secret: str) -> SignInLinkRow | None:
    row = session.get(SignInLinkRow, _digest(secret))
    if row is None or row.used_at is not None or row.expires_at < utc_now():
        return None
    return row


def _hash_password(password: str) -> str:
    if len(password) < PASSWORD_LENGTH_MIN:
        raise BadRequest("password", f"a password needs at least {PASSWORD_LENGTH_MIN} characters")
    return PasswordHasher().hash(password)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _flush_named(session: Session, message: str) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        session.rollback()
        raise BadRequest("name", message) from error


def _user(row: UserRow) -> User:
    return User(row.id, row.name, Role(row.role), row.created_at)


def _token(row: TokenRow) -> Token:
    return Token(row.id, row.name, Role(row.role), row.created_at, row.last_used_at)
