"""Who makes a request: the person that its cookie tells of, or the program of its token."""

from dataclasses import dataclass, replace

from flask import g, request, session
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from core.access_scopes import EVERYWHERE, CameraScope, Subject, SubjectScope
from core.appearance import AS_THE_BROWSER_SAYS, Appearance
from core.errors import DatabaseAway
from core.storage.engine import utc_now
from core.storage.sessions import find_session, mark_seen
from core.storage.tokens import (
    Token,
    TokenTerms,
    find_token_by_digest,
    find_token_by_text,
    mark_tokens_used,
)
from core.storage.users import Role, User
from dashboard.admissions import Admission, AdmissionKind
from dashboard.services import services

SECRET = "secret"  # noqa: S105  # the name that the cookie keeps it under
KIOSK = "kiosk"
"""The name that a screen's cookie keeps its token's digest under; cookies are signed."""
CHALLENGE = WWWAuthenticate("bearer", {"realm": "maskwatch"})

_USED_PREFIX = "mw:house:token-used:"


@dataclass(frozen=True)
class Identity:
    """A person who signed in, or a program with a token.

    scope: the cameras that they may see. may_see_faces: are shown faces as they are,
    where pictures are kept sharp. user_id, session_id: of a person; terms: of a token.
    kiosk_id: the token of a screen that shows the wall, and can do nothing else.
    """

    name: str
    role: Role
    user_id: int | None = None
    scope: CameraScope = EVERYWHERE
    may_see_faces: bool = False
    session_id: int | None = None
    terms: TokenTerms | None = None
    kiosk_id: int | None = None
    appearance: Appearance = AS_THE_BROWSER_SAYS

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN

    @property
    def is_operator(self) -> bool:
        return self.role.may_act_as(Role.OPERATOR)

    @property
    def is_kiosk(self) -> bool:
        return self.kiosk_id is not None

    @property
    def admission(self) -> Admission | None:
        """What lets this one's live pages in; None for a program, which has none."""
        if self.kiosk_id is not None:
            return Admission(AdmissionKind.KIOSK, self.kiosk_id)
        if self.session_id is not None:
            return Admission(AdmissionKind.SESSION, self.session_id)
        return None


def person_of(user: User, session_id: int) -> Identity:
    return Identity(
        name=user.name,
        role=user.role,
        user_id=user.id,
        scope=user.scope,
        may_see_faces=user.may_see_faces,
        session_id=session_id,
        appearance=user.appearance,
    )


def kiosk_of(token: Token) -> Identity:
    """Make the identity of a screen: it reads what a wall asks for, whatever its token may."""
    terms = replace(token.terms, scopes=frozenset({SubjectScope(Subject.WALL, True)}))
    return Identity(token.name, Role.VIEWER, scope=terms.cameras, terms=terms, kiosk_id=token.id)


def signed_in() -> Identity | None:
    """Say who is signed in by cookie, for pages and sockets; None for a stranger.

    Read from SQL once a request: a changed role or an ended session counts at the next.
    """
    if "person" not in g:
        g.person = _find_person() or _find_kiosk()
    found: Identity | None = g.person
    return found


def signed_in_if_known() -> Identity | None:
    """Say who is signed in, for the frame of a page; None also while the database is away."""
    try:
        return signed_in()
    except DatabaseAway:
        return None


def find_program() -> Identity | None:
    """Find whose token the request carries; None if it is worth nothing.

    Raises Unauthorized for a token that has run out: who holds it should know why.
    """
    scheme, _, text = request.headers["Authorization"].partition(" ")
    if scheme.lower() != "bearer":
        return None
    with services().database.read() as reading:
        token = find_token_by_text(reading, text.strip())
    if token is None:
        return None
    _check_expiry(token)
    _note_use(token)
    return Identity(token.name, token.role, scope=token.terms.cameras, terms=token.terms)


def _find_person() -> Identity | None:
    secret = session.get(SECRET)
    if not isinstance(secret, str):
        return None
    database, now = services().database, utc_now()
    with database.read() as reading:
        found = find_session(reading, secret, now)
    if found is None:
        return None
    one, user = found
    if one.is_stale(now):
        with database.write() as writing:
            mark_seen(writing, [one.id], now)
    return person_of(user, one.id)


def _find_kiosk() -> Identity | None:
    digest = session.get(KIOSK)
    if not isinstance(digest, str):
        return None
    with services().database.read() as reading:
        token = find_token_by_digest(reading, digest)
    if token is None or token.is_expired(utc_now()):
        return None
    _note_use(token)
    return kiosk_of(token)


def _check_expiry(token: Token) -> None:
    until = token.terms.expires_at
    if until is not None and token.is_expired(utc_now()):
        raise Unauthorized(
            f'The token "{token.name}" ran out at {until.isoformat(timespec="seconds")}; '
            "have an administrator make a new one.",
            www_authenticate=CHALLENGE,
        )


def _note_use(token: Token) -> None:
    """Remember the use, at most once a minute: a busy program must not write at each call."""
    is_due = services().redis.set(f"{_USED_PREFIX}{token.id}", 1, nx=True, ex=60)
    # SQLite gives the id of a token that was revoked a minute ago to the next one.
    if is_due or token.last_used_at is None:
        with services().database.write() as writing:
            mark_tokens_used(writing, [token.id])
