"""The door for screens that only show the wall: a token, entered once."""

from http import HTTPStatus

from flask import Blueprint, make_response, redirect, render_template, request, session, url_for
from flask_limiter import Limiter
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import InputRequired, Length

from core.access_scopes import Subject
from core.storage.audit import record_change
from core.storage.engine import utc_now
from core.storage.tokens import Token, find_token_by_text
from core.storage.users import Role
from dashboard.access import open_to_all
from dashboard.audit import visitor
from dashboard.browser_sessions import begin_kiosk
from dashboard.identities import signed_in
from dashboard.pages import render_wall
from dashboard.security import own_path
from dashboard.services import services

blueprint = Blueprint("kiosk", __name__)

TRIES = "10 per minute; 60 per hour"
"""Per address. A token has 256 random bits; this keeps the log short."""

_UNKNOWN = "There is no such token; it may have been revoked. Have an administrator make a new one."
_EXPIRED = "This token has run out; have an administrator make a new one."
_TOO_MUCH = (
    "This token may do more than show the wall, and a screen can be taken away: have an "
    "administrator make one of the role viewer with the scope wall alone."
)


class KioskForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    token = PasswordField(validators=[InputRequired("Paste the token."), Length(max=200)])


def limit_tries(limiter: Limiter) -> None:
    limiter.limit(TRIES, methods=["POST"])(blueprint)


@blueprint.get("/kiosk")
@open_to_all
def show() -> Response:
    """Show the wall without the way to anything else; a stranger is asked for a token."""
    who = signed_in()
    if who is None:
        return _ask_for_token(None)
    session.modified = session.permanent  # the cookie is kept from the last visit on
    return make_response(render_wall(who, is_kiosk=True))


@blueprint.post("/kiosk")
@open_to_all
def begin() -> Response:
    form = KioskForm()
    if not form.validate_on_submit():
        errors = form.errors.get("token") or ["Try again: this page was open for too long."]
        return _ask_for_token(errors[0], HTTPStatus.UNPROCESSABLE_ENTITY)
    with services().database.read() as reading:
        token = find_token_by_text(reading, form.token.data.strip())
    if token is None:
        _note_refusal()
        return _ask_for_token(_UNKNOWN, HTTPStatus.UNAUTHORIZED)
    if (refusal := why_unfit(token)) is not None:
        return _ask_for_token(refusal, HTTPStatus.FORBIDDEN)
    begin_kiosk(token)
    return redirect(_wall_address(request.form.get("next")))


def why_unfit(token: Token) -> str | None:
    """Say why a screen must not have this token; None if it may."""
    if token.is_expired(utc_now()):
        return _EXPIRED
    is_of_the_wall = {one.subject for one in token.terms.scopes} == {Subject.WALL}
    return None if is_of_the_wall and token.role is Role.VIEWER else _TOO_MUCH


def _wall_address(wanted: str | None) -> str:
    """Keep the arrangement that a screen was sent to, and no other page."""
    path, kiosk = own_path(wanted) or "", url_for("kiosk.show")
    return path if path.partition("?")[0] == kiosk else kiosk


def _note_refusal() -> None:
    with services().database.write() as writing:
        record_change(writing, visitor("a stranger"), "kiosk.refuse", "an unknown token")


def _ask_for_token(error: str | None, status: HTTPStatus = HTTPStatus.OK) -> Response:
    wanted = request.form.get("next") or request.full_path.rstrip("?")
    page = render_template("kiosk_sign_in.html", error=error, next=wanted)
    return make_response(page, status)
