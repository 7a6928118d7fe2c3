"""The door for whom an administrator let in: a link by which they choose their password, once."""

from http import HTTPStatus

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import InputRequired, Length

from core.errors import BadRequest
from core.storage.audit import record_change
from core.storage.links import find_password_link, use_password_link
from core.storage.users import User
from dashboard.access import open_to_all
from dashboard.audit import visitor
from dashboard.browser_sessions import sign_in
from dashboard.problems import Refused
from dashboard.services import services

blueprint = Blueprint("password_links", __name__)

TEXT_MAX = 200


class PasswordForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    password = PasswordField(validators=[InputRequired("Choose a password."), Length(max=TEXT_MAX)])
    password_again = PasswordField(validators=[InputRequired("Write the password once more.")])


@blueprint.get("/choose-password/<secret>")
@open_to_all
def choose_page(secret: str) -> Response:
    return _page(_whose(secret))


@blueprint.post("/choose-password/<secret>")
@open_to_all
def choose(secret: str) -> Response:
    """Set the password of whose link it is, who is signed in at once."""
    user, form = _whose(secret), PasswordForm()
    if not form.validate_on_submit():
        field = next(iter(form.errors), "password")
        return _page(user, form.errors[field][0] if form.errors else "", field)
    if form.password.data != form.password_again.data:
        return _page(user, "The two passwords are not the same.", "password_again")
    try:
        sign_in(_set_password(secret, form.password.data), "password link")
    except BadRequest as error:
        return _page(user, str(error), "password")
    return redirect(url_for("pages.wall"))


def _whose(secret: str) -> User:
    with services().database.read() as session:
        user = find_password_link(session, secret)
    if user is None:
        raise _link_over()
    return user


def _set_password(secret: str, password: str) -> User:
    with services().database.write() as session:
        user = use_password_link(session, secret, password)
        if user is None:
            raise _link_over()
        noted = {"has_new_password": True}
        subject = f'user "{user.name}"'
        record_change(session, visitor(user.name), "user.password", subject, None, noted)
    return user


def _link_over() -> Refused:
    return Refused(
        HTTPStatus.GONE,
        "This link was used before, or is too old. Ask an administrator for a new one, or sign in.",
    )


def _page(user: User, error: str = "", field: str = "") -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    page = render_template(
        "choose_password.html",
        user=user,
        error=error,
        field=field,
    )
    return make_response(page, status)
