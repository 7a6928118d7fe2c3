"""The doors: sign in by password or one-time link, set up the first account."""

import hashlib
from http import HTTPStatus

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_limiter import Limiter
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from core.errors import BadRequest, NameTaken
from core.storage.audit import record_change
from core.storage.first_start import begin_first_start
from core.storage.links import is_set_up_link, use_set_up_link, use_sign_in_link
from core.storage.users import User, check_password, has_users, is_user
from dashboard.access import open_to_all
from dashboard.audit import visitor
from dashboard.browser_sessions import sign_in
from dashboard.identities import signed_in
from dashboard.problems import Refused
from dashboard.security import own_path
from dashboard.services import services

blueprint = Blueprint("sign_in", __name__)

TRIES = "10 per minute; 60 per hour"
"""Per address. A password of 10 characters is not guessed at this pace."""
TRIES_FOR_A_NAME = "20 per minute; 120 per hour"
"""Failed ones from all addresses together, so that guesses spread over many are slow too."""
TEXT_MAX = 200

_NOT_SET_UP = (
    "Nobody has a password yet: open the sign-in or set-up link that was printed on the terminal."
)


class SignInForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    name = StringField(validators=[InputRequired("Write your name."), Length(max=TEXT_MAX)])
    password = PasswordField(
        validators=[InputRequired("Write your password."), Length(max=TEXT_MAX)]
    )
    next = HiddenField()


class SetUpForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    name = StringField(validators=[InputRequired("Choose a name."), Length(max=100)])
    password = PasswordField(validators=[InputRequired("Choose a password."), Length(max=TEXT_MAX)])
    password_again = PasswordField(validators=[InputRequired("Write the password once more.")])


def limit_tries(limiter: Limiter) -> None:
    """Limit how often a stranger may try a password; secrets of links are too long to guess."""
    limiter.limit(TRIES, methods=["POST"])(blueprint)
    limiter.limit(
        TRIES_FOR_A_NAME,
        methods=["POST"],
        key_func=_tried_name,
        deduct_when=lambda response: response.status_code == HTTPStatus.UNAUTHORIZED,
    )(blueprint)


@blueprint.get("/sign-in")
@open_to_all
def sign_in_page() -> Response:
    who = signed_in()
    if who is not None and not who.is_kiosk:
        return _go_on(request.args.get("next"))
    return _sign_in_page(None if _is_set_up() else _NOT_SET_UP)


@blueprint.post("/sign-in")
@open_to_all
def sign_in_by_password() -> Response:
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(_first_error(form), HTTPStatus.UNPROCESSABLE_ENTITY)
    with services().database.read() as session:
        user = check_password(session, form.name.data, form.password.data)
    if user is None:
        _note_refusal(form.name.data.strip())
        error = "This name and password do not go together." if _is_set_up() else _NOT_SET_UP
        return _sign_in_page(error, HTTPStatus.UNAUTHORIZED)
    sign_in(user, "password")
    return _go_on(form.next.data)


@blueprint.get("/sign-in/<secret>")
@open_to_all
def sign_in_by_link(secret: str) -> Response:
    """Sign in by a link, as often as it is opened until it runs out."""
    with services().database.read() as session:
        user = use_sign_in_link(session, secret)
    if user is not None:
        sign_in(user, "link")
    elif signed_in() is None:
        return _sign_in_page("This link is too old, or was never made.", HTTPStatus.GONE)
    return redirect(url_for("pages.wall"))


@blueprint.get("/set-up/<secret>")
@open_to_all
def set_up_page(secret: str) -> Response:
    _check_set_up_link(secret)
    return _set_up_page(secret)


@blueprint.post("/set-up/<secret>")
@open_to_all
def set_up(secret: str) -> Response:
    """Make the first administrator, who is signed in at once."""
    _check_set_up_link(secret)
    form = SetUpForm()
    if not form.validate_on_submit():
        field = next(iter(form.errors), "name")
        return _set_up_page(secret, _first_error(form), field)
    if form.password.data != form.password_again.data:
        return _set_up_page(secret, "The two passwords are not the same.", "password_again")
    try:
        sign_in(_make_first_user(secret, form.name.data, form.password.data), "set-up link")
    except BadRequest as error:
        return _set_up_page(secret, str(error), error.field)
    except NameTaken as error:
        return _set_up_page(secret, str(error), "name")
    return redirect(url_for("pages.first_start"))


def _tried_name() -> str:
    """Name the counter of a name's failed tries; the name itself may be a slip of the pen."""
    return "name:" + hashlib.sha256(request.form.get("name", "").strip().encode()).hexdigest()


def _note_refusal(name: str) -> None:
    """Write a failed try down. An unknown name is not kept: people type passwords there."""
    with services().database.write() as session:
        subject = f'user "{name}"' if is_user(session, name) else "an unknown user"
        record_change(session, visitor("a stranger"), "session.refuse", subject)


def _make_first_user(secret: str, name: str, password: str) -> User:
    with services().database.write() as session:
        user = use_set_up_link(session, secret, name, password)
        if user is None:
            raise _link_over()
        made = {"role": user.role}
        record_change(session, visitor(user.name), "user.add", f'user "{user.name}"', None, made)
        begin_first_start(session)
    return user


def _check_set_up_link(secret: str) -> None:
    with services().database.read() as session:
        if not is_set_up_link(session, secret):
            raise _link_over()


def _link_over() -> Refused:
    return Refused(
        HTTPStatus.GONE,
        "This set-up link was used before, or is too old. Start Maskwatch again "
        "for a new one, or sign in.",
    )


def _is_set_up() -> bool:
    with services().database.read() as session:
        return has_users(session)


def _go_on(wanted: str | None) -> Response:
    return redirect(own_path(wanted) or url_for("pages.wall"))


def _sign_in_page(error: str | None, status: HTTPStatus = HTTPStatus.OK) -> Response:
    page = render_template(
        "sign_in.html",
        error=error,
        name=request.form.get("name", ""),
        next=request.values.get("next", ""),
    )
    return make_response(page, status)


def _set_up_page(secret: str, error: str | None = None, field: str | None = None) -> Response:
    status = HTTPStatus.OK if error is None else HTTPStatus.UNPROCESSABLE_ENTITY
    page = render_template(
        "set_up.html",
        secret=secret,
        error=error,
        field=field,
        name=request.form.get("name", ""),
    )
    return make_response(page, status)


def _first_error(form: FlaskForm) -> str:
    return next((errors[0] for errors in form.errors.values() if errors), "")
