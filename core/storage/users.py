"""Questions about users."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.access_scopes import EVERYWHERE, CameraScope, scope_of
from core.appearance import AS_THE_BROWSER_SAYS, Appearance, Theme
from core.errors import BadRequest, Conflict, NotFound
from core.names import check_name
from core.storage.engine import utc_now
from core.storage.limits import read_pairs, replace_pairs, sites_of_users
from core.storage.tables import GroupMemberRow, SignInLinkRow, UserRow, UserSessionRow, UserSiteRow
from core.storage.taken_names import flush_named

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
    """A person. scope: the cameras that they may see: of their own sites, and their groups'.

    may_see_faces: is shown them as they are, where pictures are kept sharp.
    has_password: False while only a link lets them in.
    """

    id: int
    name: str
    role: Role
    created_at: datetime
    scope: CameraScope = EVERYWHERE
    may_see_faces: bool = False
    has_password: bool = True
    appearance: Appearance = AS_THE_BROWSER_SAYS


@dataclass(frozen=True, slots=True)
class UserChanges:
    """What to change of a user; None stays as it is. password: a new one."""

    role: Role | None = None
    password: str | None = None
    is_limited: bool | None = None
    may_see_faces: bool | None = None
    site_ids: frozenset[int] | None = None
    group_ids: frozenset[int] | None = None


def has_users(session: Session) -> bool:
    """Say whether someone can sign in with a password."""
    return bool(
        session.scalar(
            select(func.count()).select_from(UserRow).where(UserRow.password_hash.is_not(None))
        )
    )


def is_user(session: Session, name: str) -> bool:
    """Say whether there is a user of that name."""
    return session.scalar(select(UserRow.id).where(UserRow.name == name)) is not None


def list_users(session: Session) -> list[User]:
    return _users(session, session.scalars(select(UserRow).order_by(UserRow.name)).all())


def get_user(session: Session, user_id: int) -> User | None:
    """Read a user; None if removed."""
    row = session.get(UserRow, user_id)
    return _user(session, row) if row else None


def require_user(session: Session, user_id: int) -> User:
    """Read a user. Raises NotFound."""
    return _user(session, _row(session, user_id))


def find_user(session: Session, name: str) -> User:
    """Read the user of a name. Raises NotFound."""
    return _user(session, _row_named(session, name))


def describe(session: Session, user: User) -> dict[str, Any]:
    """Spell out what a user may do, for the audit and for administrators."""
    return describe_all(session, [user])[0]


def describe_all(session: Session, users: Sequence[User]) -> list[dict[str, Any]]:
    """Spell out what each user may do, in their order."""
    ids, member = [one.id for one in users], GroupMemberRow
    sites = read_pairs(session, UserSiteRow.user_id, UserSiteRow.site_id, ids)
    groups = read_pairs(session, member.user_id, member.group_id, ids)
    return [
        {
            "role": user.role.value,
            "is_limited": user.scope.is_limited,
            "site_ids": sorted(sites.get(user.id, ())),
            "group_ids": sorted(groups.get(user.id, ())),
            "may_see_faces": user.may_see_faces,
        }
        for user in users
    ]


def add_user(session: Session, name: str, role: Role, password: str | None) -> User:
    """Add a user; without a password only a sign-in link lets them in.

    Raises BadRequest, and NameTaken.
    """
    check_name("name", name.strip())
    row = UserRow(
        name=name.strip(),
        role=role.value,
        password_hash=None if password is None else _hash_password(password),
        created_at=utc_now(),
    )
    session.add(row)
    flush_named(session, row.name)
    return _user(session, row)


def change_user(session: Session, user_id: int, changes: UserChanges) -> User:
    """Change a user; a new password ends their sessions.

    Raises NotFound, BadRequest, and Conflict where no administrator would be left.
    """
    row = _row(session, user_id)
    if changes.role not in (None, Role.ADMIN):
        _keep_an_admin(session, row)
    _change(session, row, changes)
    if row.role == Role.ADMIN and row.is_limited:
        raise BadRequest("is_limited", "an administrator sees all cameras; take another role")
    session.flush()
    return _user(session, row)


def change_password(session: Session, user_id: int, old: str, new: str) -> bool:
    """Replace a password by who knows it; False if the old one is wrong. Raises BadRequest."""
    row = session.get(UserRow, user_id)
    if row is None or not row.password_hash or not _is_password(row.password_hash, old):
        return False
    row.password_hash = _hash_password(new)
    return True


def set_appearance(session: Session, user_id: int, appearance: Appearance) -> Appearance:
    """Keep how a person wants pages; returns how they wanted them before. Raises NotFound."""
    row = _row(session, user_id)
    before = _appearance(row)
    row.language, row.theme = appearance.language, appearance.theme
    return before


def find_or_add_user(session: Session, name: str, role: Role) -> User:
    """Read a user by name, or add one who signs in by link only."""
    row = session.scalar(select(UserRow).where(UserRow.name == name))
    return _user(session, row) if row else add_user(session, name, role, None)


def remove_user(session: Session, name: str) -> None:
    """Remove a user. Raises NotFound, and Conflict where no administrator would be left."""
    row = _row_named(session, name)
    _keep_an_admin(session, row)
    session.execute(delete(SignInLinkRow).where(SignInLinkRow.user_id == row.id))
    session.delete(row)
    session.flush()


def check_password(session: Session, name: str, password: str) -> User | None:
    """Find the user of that name and password; None if either is wrong.

    An unknown name costs as much time as a wrong password.
    """
    row = session.scalar(select(UserRow).where(UserRow.name == name.strip()))
    stored = row.password_hash if row and row.password_hash else _unknown_hash()
    is_right = _is_password(stored, password)
    return _user(session, row) if is_right and row and row.password_hash else None


def _row(session: Session, user_id: int) -> UserRow:
    row = session.get(UserRow, user_id)
    if row is None:
        raise NotFound(f"there is no user {user_id}")
    return row


def _row_named(session: Session, name: str) -> UserRow:
    row = session.scalar(select(UserRow).where(UserRow.name == name))
    if row is None:
        raise NotFound(f'there is no user "{name}"')
    return row


@cache
def _unknown_hash() -> str:
    return PasswordHasher().hash(secrets.token_urlsafe(16))


def _change(session: Session, row: UserRow, changes: UserChanges) -> None:
    if changes.role is not None:
        row.role = changes.role.value
    if changes.is_limited is not None:
        row.is_limited = changes.is_limited
    if changes.may_see_faces is not None:
        row.may_see_faces = changes.may_see_faces
    if changes.site_ids is not None:
        replace_pairs(session, UserSiteRow.user_id, UserSiteRow.site_id, row.id, changes.site_ids)
    if changes.group_ids is not None:
        member = GroupMemberRow
        replace_pairs(session, member.user_id, member.group_id, row.id, changes.group_ids)
    if changes.password is not None:
        row.password_hash = _hash_password(changes.password)
        session.execute(delete(UserSessionRow).where(UserSessionRow.user_id == row.id))


def _keep_an_admin(session: Session, leaving: UserRow) -> None:
    """Refuse to do without an administrator."""
    admins = session.scalars(select(UserRow.id).where(UserRow.role == Role.ADMIN.value)).all()
    if admins == [leaving.id]:
        raise Conflict(f'"{leaving.name}" is the last administrator; add another first')


def _is_password(stored: str, password: str) -> bool:
    try:
        return PasswordHasher().verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _hash_password(password: str) -> str:
    if len(password) < PASSWORD_LENGTH_MIN:
        raise BadRequest("password", f"a password needs at least {PASSWORD_LENGTH_MIN} characters")
    return PasswordHasher().hash(password)


def _user(session: Session, row: UserRow) -> User:
    return _users(session, [row])[0]


def _users(session: Session, rows: Sequence[UserRow]) -> list[User]:
    sites = sites_of_users(session, [row.id for row in rows if row.is_limited])
    return [
        User(
            id=row.id,
            name=row.name,
            role=Role(row.role),
            created_at=row.created_at,
            scope=scope_of(row.is_limited, sites.get(row.id)),
            may_see_faces=row.may_see_faces,
            has_password=row.password_hash is not None,
            appearance=_appearance(row),
        )
        for row in rows
    ]


def _appearance(row: UserRow) -> Appearance:
    return Appearance(row.language, Theme(row.theme) if row.theme else None)
