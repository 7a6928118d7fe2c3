"""Questions about API tokens."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.access_scopes import EVERYWHERE, CameraScope, Subject, SubjectScope, parse_scope
from core.errors import BadRequest, NotFound
from core.names import check_name
from core.secrets import digest
from core.storage.engine import utc_now
from core.storage.limits import read_pairs, replace_pairs
from core.storage.tables import TokenRow, TokenSiteRow
from core.storage.taken_names import flush_named
from core.storage.users import Role


@dataclass(frozen=True, slots=True)
class TokenTerms:
    """What a token may do within its role, and until when.

    scopes: the subjects that it reaches; empty for all. expires_at: None for never.
    """

    scopes: frozenset[SubjectScope] = frozenset()
    cameras: CameraScope = EVERYWHERE
    expires_at: datetime | None = None

    def allow(self, subject: Subject | None, is_reading: bool) -> bool:
        """Say whether a subject is reached; None: what is no subject, such as a page."""
        if not self.scopes:
            return True
        return subject is not None and any(one.allows(subject, is_reading) for one in self.scopes)


@dataclass(frozen=True, slots=True)
class Token:
    id: int
    name: str
    role: Role
    terms: TokenTerms
    created_at: datetime
    created_by: str
    last_used_at: datetime | None
    digest: str
    """What is kept of its text; whoever has it has not the token."""

    def is_expired(self, now: datetime) -> bool:
        return self.terms.expires_at is not None and self.terms.expires_at <= now


def list_tokens(session: Session) -> list[Token]:
    """List the tokens by name; expired ones too, until they are revoked."""
    return _read(session, session.scalars(select(TokenRow).order_by(TokenRow.name)).all())


def get_token(session: Session, token_id: int) -> Token:
    """Read a token. Raises NotFound."""
    row = session.get(TokenRow, token_id)
    if row is None:
        raise NotFound(f"there is no token {token_id}")
    return _read(session, [row])[0]


def find_token(session: Session, name: str) -> Token:
    """Read the token of a name. Raises NotFound."""
    row = session.scalar(select(TokenRow).where(TokenRow.name == name))
    if row is None:
        raise NotFound(f'there is no token "{name}"')
    return _read(session, [row])[0]


def create_token(
    session: Session,
    name: str,
    role: Role,
    terms: TokenTerms = TokenTerms(),
    created_by: str = "",
) -> str:
    """Make an API token and return its text, which is kept nowhere.

    Raises BadRequest, NameTaken.
    """
    _check(name, role, terms)
    text = "mw_" + secrets.token_urlsafe(32)
    row = TokenRow(
        name=name.strip(),
        role=role.value,
        hash=digest(text),
        scopes=",".join(str(one) for one in sorted(terms.scopes)),
        is_limited=terms.cameras.is_limited,
        created_at=utc_now(),
        created_by=created_by,
        expires_at=terms.expires_at,
    )
    session.add(row)
    flush_named(session, row.name)
    sites = terms.cameras.site_ids or ()
    replace_pairs(session, TokenSiteRow.token_id, TokenSiteRow.site_id, row.id, sites)
    return text


def describe(token: Token) -> dict[str, Any]:
    """Spell out what a token may do, for the audit and for whoever asks."""
    return {
        "role": token.role.value,
        "scopes": [str(one) for one in sorted(token.terms.scopes)],
        "expires_at": token.terms.expires_at,
        "is_limited": token.terms.cameras.is_limited,
        "site_ids": sorted(token.terms.cameras.site_ids or ()),
    }


def find_token_by_text(session: Session, text: str) -> Token | None:
    """Find the token of that text, expired or not; None if unknown or revoked."""
    row = session.scalar(select(TokenRow).where(TokenRow.hash == digest(text)))
    return _read(session, [row])[0] if row else None


def find_token_by_digest(session: Session, digest: str) -> Token | None:
    """Find a token again by what is kept of its text; None if it was revoked."""
    row = session.scalar(select(TokenRow).where(TokenRow.hash == digest))
    return _read(session, [row])[0] if row else None


def list_open_tokens(session: Session, token_ids: Collection[int], now: datetime) -> list[Token]:
    """List those of these tokens that are neither revoked nor expired."""
    rows = session.scalars(select(TokenRow).where(TokenRow.id.in_(token_ids))).all()
    return [token for token in _read(session, rows) if not token.is_expired(now)]


def mark_tokens_used(session: Session, token_ids: Collection[int]) -> None:
    used = TokenRow.id.in_(token_ids)
    session.execute(update(TokenRow).where(used).values(last_used_at=utc_now()))


def revoke_token(session: Session, name: str) -> None:
    """Make a token worthless. Raises NotFound."""
    found = session.execute(delete(TokenRow).where(TokenRow.name == name).returning(TokenRow.id))
    if found.first() is None:
        raise NotFound(f'there is no token "{name}"')


def _check(name: str, role: Role, terms: TokenTerms) -> None:
    check_name("name", name.strip())
    if role is Role.ADMIN and terms.cameras.is_limited:
        raise BadRequest("site_ids", "an administrator's token reaches all sites; take operator")
    if terms.expires_at is not None and terms.expires_at <= utc_now():
        raise BadRequest("expires_at", "a token must run out in the future")


def _read(session: Session, rows: Sequence[TokenRow]) -> list[Token]:
    limited = [row.id for row in rows if row.is_limited]
    sites = read_pairs(session, TokenSiteRow.token_id, TokenSiteRow.site_id, limited)
    return [
        Token(
            id=row.id,
            name=row.name,
            role=Role(row.role),
            terms=TokenTerms(
                scopes=frozenset(parse_scope(one) for one in row.scopes.split(",") if one),
                cameras=CameraScope(sites.get(row.id, frozenset()))
                if row.is_limited
                else EVERYWHERE,
                expires_at=row.expires_at,
            ),
            created_at=row.created_at,
            created_by=row.created_by,
            last_used_at=row.last_used_at,
            digest=row.hash,
        )
        for row in rows
    ]
