"""Who may do what: sign-in sessions, API tokens, and the role that each endpoint needs.

Every endpoint declares the role it needs, or that it is open to anybody;
`check_declarations` refuses to start an application that forgot one. The gate
runs before anything else is looked at: a stranger learns nothing, not even
whether his request was well formed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from core.access_scopes import EVERYWHERE, CameraScope
from core.storage.users import Role, Token, User, find_token, get_user, mark_token_used
from dashboard.problems import Refused, is_api_request
from dashboard.services import services

View = TypeVar("View", bound=Callable[..., Any])

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_OPEN = "open to anybody"
_DECLARATION = "maskwatch_access"
_BODY_BYTES = "maskwatch_body_bytes"
_OPEN_ENDPOINTS = frozenset({"static"})


@dataclass(frozen=True)
class Identity(UserMixin):  # type: ignore[misc]  # flask-login has no types
    """Who makes a request: a person who signed in, or a program with a token.

    scope: the cameras that they may see. may_see_faces: shown as they are, where
    pictures are kept sharp.
    """

    name: str
    role: Role
    user_id: int | None = None
    scope: CameraScope = EVERYWHERE
    may_see_faces: bool = False

    def get_id(self) -> str:
        return str(self.user_id)

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN

    @property
    def is_operator(self) -> bool:
        return self.role.may_act_as(Role.OPERATOR)


def needs(role: Role) -> Callable[[View], View]:
    """Declare the role that an endpoint needs at least."""
    return lambda view: _declare(view, role)


def takes_bodies_of(bytes_max: int) -> Callable[[View], View]:
    """Let an endpoint take larger bodies than all others, from those who may call it."""

    def declare(view: View) -> View:
        setattr(view, _BODY_BYTES, bytes_max)
        return view

    return declare


def open_to_all(view: View) -> View:
    """Declare that an endpoint answers strangers."""
    return _declare(view, _OPEN)


def register_access(app: Flask) -> None:
    """Set up sessions, CSRF protection and the gate."""
    manager = LoginManager(app)
    manager.user_loader(_load_person)
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # the gate asks, tokens need none
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # a wall stays open for days
    app.extensions["maskwatch_csrf"] = CSRFProtect(app)
    app.before_request(_admit)


def check_declarations(app: Flask) -> None:
    """Raise RuntimeError naming the endpoints that declare no access."""
    silent = [name for name in app.view_functions if _declared(app, name) is None]
    if silent:
        raise RuntimeError(f"these endpoints declare no access: {', '.join(sorted(silent))}")


def identity() -> Identity:
    """Say who makes this request; the gate has found out."""
    found: Identity = g.identity
    return found


def sign_in(user: User) -> None:
    """Begin a session. What the stranger's session held is let go."""
    session.clear()
    session.permanent = True
    login_user(_person(user))


def sign_out() -> None:
    logout_user()
    session.clear()


def signed_in() -> Identity | None:
    """Say who is signed in by session, for pages and sockets; None for a stranger."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def _declare(view: View, access: object) -> View:
    setattr(view, _DECLARATION, access)
    return view


def _declared(app: Flask, endpoint: str | None) -> object:
    if endpoint in _OPEN_ENDPOINTS:
        return _OPEN
    return getattr(app.view_functions.get(endpoint or ""), _DECLARATION, None)


def _admit() -> Response | None:
    """Let the request through, or answer in its place.

    1. open endpoints, and pages that do not exist, ask nobody
    2. a stranger is turned away
    3. the role is checked; then a large body may be read, where the endpoint takes one
    4. a session that changes something shows its CSRF token
    """
    access = _declared(current_app, request.endpoint)
    if access is not _OPEN and (access is not None or is_api_request()):
        g.identity = _program() if "Authorization" in request.headers else signed_in()
        if g.identity is None:
            return _turn_away()
        _check_role(g.identity, access)
        _admit_body()
    _check_csrf()
    return None


def _turn_away() -> Response | None:
    if not is_api_request():
        wanted = request.full_path.rstrip("?") if request.method in _SAFE_METHODS else "/"
        return redirect(url_for("sign_in.sign_in_page") + "?" + urlencode({"next": wanted}))
    raise Unauthorized(
        "Sign in, or send the header 'Authorization: Bearer TOKEN'.",
        www_authenticate=WWWAuthenticate("bearer", {"realm": "maskwatch"}),
    )


def _check_role(who: Identity, access: object) -> None:
    if isinstance(access, Role) and not who.role.may_act_as(access):
        raise Refused(
            HTTPStatus.FORBIDDEN, f"This needs the role {access.value}; yours is {who.role.value}."
        )


def _admit_body() -> None:
    """Raise the bound of this request's body, if its endpoint declares one."""
    view = current_app.view_functions.get(request.endpoint or "")
    if bytes_max := getattr(view, _BODY_BYTES, None):
        request.max_content_length = bytes_max


def _check_csrf() -> None:
    """Ask for the CSRF token, unless an API token makes the request: no browser adds that."""
    if request.method in _SAFE_METHODS or request.endpoint is None:
        return
    who: Identity | None = g.get("identity")
    if who is None or who.user_id is not None:
        current_app.extensions["maskwatch_csrf"].protect()


def _program() -> Identity | None:
    """Find the token that the request carries; None if it is worth nothing."""
    scheme, _, text = request.headers["Authorization"].partition(" ")
    if scheme.lower() != "bearer":
        return None
    database = services().database
    with database.read() as reading:
        token = find_token(reading, text.strip())
    if token is None:
        return None
    _note_use(token)
    return Identity(name=token.name, role=token.role)


def _note_use(token: Token) -> None:
    """Remember the use, at most once a minute: a busy program must not write at each call."""
    redis = services().redis
    if redis.set(f"{_USED_PREFIX}{token.id}", 1, nx=True, ex=60):
        with services().database.write() as writing:
            mark_token_used(writing, token.id)


_USED_PREFIX = "mw:house:token-used:"


def _load_person(user_id: str) -> Identity | None:
    with services().database.read() as reading:
        user = get_user(reading, int(user_id))
    return None if user is None else _person(user)


def _person(user: User) -> Identity:
    return Identity(name=user.name, role=user.role, user_id=user.id)
