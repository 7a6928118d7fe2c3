"""The pages of administrators about people and programs: users, tokens, the audit."""

from flask import Blueprint, render_template

from core.access_scopes import Subject
from core.storage.users import Role, require_user
from dashboard.access import needs
from dashboard.pages import ID, renew_cookie
from dashboard.services import services

blueprint = Blueprint("people_pages", __name__)
blueprint.before_request(renew_cookie)


@blueprint.get("/users")
@needs(Role.ADMIN)
def users() -> str:
    return render_template("users.html")


@blueprint.get("/users/new")
@needs(Role.ADMIN)
def new_user() -> str:
    return render_template("user_form.html", user=None)


@blueprint.get(f"/users/<{ID}:user_id>")
@needs(Role.ADMIN)
def edit_user(user_id: int) -> str:
    with services().database.read() as session:
        user = require_user(session, user_id)
    return render_template("user_form.html", user=user)


@blueprint.get("/tokens")
@needs(Role.ADMIN)
def tokens() -> str:
    return render_template("tokens.html")


@blueprint.get("/tokens/new")
@needs(Role.ADMIN)
def new_token() -> str:
    return render_template("token_form.html", subjects=list(Subject))


@blueprint.get("/audit")
@needs(Role.ADMIN)
def audit() -> str:
    return render_template("audit.html")
