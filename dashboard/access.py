"""Who may do what: the role that each endpoint needs, and the subjects of tokens.

Every endpoint declares the role it needs, or that it is open to anybody;
`check_declarations` refuses to start an application that forgot one. The gate
runs before anything else is looked at: a stranger learns nothing, not even
whether his request was well formed.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Flask, current_app, g, redirect, request, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import RequestEntityTooLarge, Unauthorized
from werkzeug.wrappers import Response

from core.access_scopes import Subject
from core.settings import Settings
from core.storage.users import Role
from dashboard.identities import (
    CHALLENGE,
    Identity,
    find_program,
    signed_in,
    signed_in_if_known,
)
from dashboard.problems import Refused, is_api_request
from dashboard.services import services

View = TypeVar("View", bound=Callable[..., Any])

FIELD_MAX = 500
"""Characters of a field beside uploaded files: it is read as JSON, however deep it is nested."""

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_OPEN = "open to anybody"
_DECLARATION = "maskwatch_access"
_BODY_BYTES = "maskwatch_body_bytes"
_OPEN_ENDPOINTS = frozenset({"static"})
_API = "api_"
"""Names of the API's blueprints begin so."""


def needs(role: Role) -> Callable[[View], View]:
    """Declare the role that an endpoint needs at least."""
    return lambda view: _declare(view, role)


def takes_bodies_of(bytes_max: int | Callable[[Settings], int]) -> Callable[[View], View]:
    """Let an endpoint take larger bodies than all others, from those who may call it.

    It takes files: their form's other fields are short.
    """

    def declare(view: View) -> View:
        setattr(view, _BODY_BYTES, bytes_max)
        return view

    return declare


def open_to_all(view: View) -> View:
    """Declare that an endpoint answers strangers."""
    return _declare(view, _OPEN)


def register_access(app: Flask) -> None:
    """Set up sessions, CSRF protection and the gate."""
    app.context_processor(lambda: {"current_user": signed_in_if_known()})
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # the gate asks, tokens need none
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # a wall stays open for days
    app.extensions["maskwatch_csrf"] = CSRFProtect(app)
    app.before_request(_admit)


def check_declarations(app: Flask) -> None:
    """Raise RuntimeError naming the endpoints that declare no access, or are of no subject."""
    silent = [name for name in app.view_functions if _declared(app, name) is None]
    if silent:
        raise RuntimeError(f"these endpoints declare no access: {', '.join(sorted(silent))}")
    strange = [
        name
        for name in app.view_functions
        if name.startswith(_API) and _declared(app, name) is not _OPEN and subject_of(name) is None
    ]
    if strange:
        raise RuntimeError(
            f"of no subject that tokens can be limited to: {', '.join(sorted(strange))}; "
            "name their blueprint in core.access_scopes.Subject"
        )


def subject_of(endpoint: str) -> Subject | None:
    """Tell what an endpoint answers for, by the name of its blueprint; None for pages."""
    name = endpoint.partition(".")[0].removeprefix(_API)
    return Subject(name) if name in set(Subject) else None


def declared_access(app: Flask, endpoint: str) -> Role | None:
    """Tell the role that an endpoint declares; None where it is open to anybody."""
    access = _declared(app, endpoint)
    return access if isinstance(access, Role) else None


def identity() -> Identity:
    """Say who makes this request; the gate has found out."""
    found: Identity = g.identity
    return found


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
    2. a stranger is turned away, and a kiosk back to its wall
    3. the role is checked, and what a token reaches
    4. a large body may be read, where the endpoint takes one
    5. a session that changes something shows its CSRF token
    """
    access = _declared(current_app, request.endpoint)
    if access is not _OPEN and (access is not None or is_api_request()):
        g.identity = find_program() if "Authorization" in request.headers else signed_in()
        if g.identity is None:
            return _turn_away()
        if g.identity.is_kiosk and not is_api_request():
            return redirect(url_for("kiosk.show"))
        _check_role(g.identity, access)
        _check_scopes(g.identity)
        _admit_body()
    _check_csrf()
    return None


def _turn_away() -> Response | None:
    if not is_api_request() and "Authorization" not in request.headers:
        wanted = request.full_path.rstrip("?") if request.method in _SAFE_METHODS else "/"
        return redirect(url_for("sign_in.sign_in_page") + "?" + urlencode({"next": wanted}))
    raise Unauthorized(
        "Sign in, or send the header 'Authorization: Bearer TOKEN'.",
        www_authenticate=CHALLENGE,
    )


def _check_role(who: Identity, access: object) -> None:
    if isinstance(access, Role) and not who.role.may_act_as(access):
        raise Refused(
            HTTPStatus.FORBIDDEN, f"This needs the role {access.value}; yours is {who.role.value}."
        )


def _check_scopes(who: Identity) -> None:
    """Refuse a token what its scopes do not name."""
    subject = subject_of(request.endpoint or "")
    is_reading = request.method in _SAFE_METHODS
    if who.terms is None or who.terms.allow(subject, is_reading):
        return
    needed = f"the scope {subject}{':read' if is_reading else ''}" if subject else "no scopes"
    has = ", ".join(str(one) for one in sorted(who.terms.scopes))
    raise Refused(HTTPStatus.FORBIDDEN, f"This needs a token with {needed}; yours has {has}.")


def _admit_body() -> None:
    """Raise the bound of this request's body, if its endpoint declares one."""
    view = current_app.view_functions.get(request.endpoint or "")
    if bytes_max := getattr(view, _BODY_BYTES, None):
        is_set = callable(bytes_max)
        request.max_content_length = bytes_max(services().settings) if is_set else bytes_max
        if any(len(value) > FIELD_MAX for _, value in request.form.items(multi=True)):
            raise RequestEntityTooLarge(f"A field has over {FIELD_MAX} characters.")


def _check_csrf() -> None:
    """Ask for the CSRF token, unless an API token makes the request: no browser adds that."""
    if request.method in _SAFE_METHODS or request.endpoint is None:
        return
    who: Identity | None = g.get("identity")
    if who is None or who.user_id is not None or who.is_kiosk:
        current_app.extensions["maskwatch_csrf"].protect()
