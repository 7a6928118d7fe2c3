"""The account of who asks: what they may do, their password, their sessions."""

import hashlib
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, TypeAlias

from flask import Response
from flask_limiter import Limiter
from pydantic import Field

from core.appearance import Appearance, Theme
from core.errors import NotFound
from core.storage.audit import ActorKind, record_change
from core.storage.engine import utc_now
from core.storage.sessions import end_other_sessions, end_session, list_sessions
from core.storage.users import Role, change_password
from dashboard.access import identity, needs
from dashboard.api.operations import api_blueprint, problems
from dashboard.api.schemas import Answered, Asked, Id, answer, answer_nothing
from dashboard.api.user_sessions import SessionPage, write_session
from dashboard.api.users import PASSWORD_LENGTH_MAX, Password
from dashboard.appearance import (
    LANGUAGE_COOKIE,
    THEME_COOKIE,
    keep_in_browser,
    keep_with_account,
)
from dashboard.audit import actor
from dashboard.problems import Refused, unfit
from dashboard.services import services
from dashboard.words import LANGUAGES

TRIES = "10 per minute; 60 per hour"
"""Of a user's old password: a stolen session must not guess it."""

Language: TypeAlias = Annotated[str, Field(pattern=rf"^({'|'.join(LANGUAGES)})$")]

blueprint = api_blueprint("account", "Who asks: what they may do, their password, their sessions.")


class SessionPath(Asked):
    session_id: Id


class PasswordAsked(Asked):
    old_password: str = Field(max_length=PASSWORD_LENGTH_MAX, repr=False)
    new_password: Password = Field(repr=False)


class AppearanceAsked(Asked):
    """How you want pages, in whatever browser. Null: as the browser says; left out: as before."""

    language: Language | None = None
    theme: Theme | None = None


class AccountAnswer(Answered):
    """Who asks, and what they may do."""

    name: str
    kind: ActorKind = Field(description="user, or token.")
    role: Role
    is_limited: bool = Field(description="They see only the cameras of site_ids.")
    site_ids: list[int] = Field(description="With those of their groups.")
    may_see_faces: bool
    scopes: list[str] = Field(description="Of a token: what it reaches; empty for all subjects.")
    expires_at: datetime | None = Field(description="Of a token that runs out.")
    language: str | None = Field(description="Of their pages; null: as the browser says.")
    theme: Theme | None = Field(description="Of their pages; null: as the browser says.")


def limit_tries(limiter: Limiter) -> None:
    """Limit how often an old password may be tried."""
    limiter.limit(TRIES, methods=["POST"], key_func=_name_counter)(blueprint)


@blueprint.get("/account", responses={200: AccountAnswer})
@needs(Role.VIEWER)
def read_account() -> Response:
    """Say who asks, and what they may do."""
    return answer(_write_account(identity().appearance))


@blueprint.patch("/account", responses={200: AccountAnswer})
@needs(Role.VIEWER)
def change_account(body: AppearanceAsked) -> Response:
    """Choose the language of your pages, and light or dark; all your browsers follow."""
    _user_id()
    who = identity()
    wanted = replace(who.appearance, **body.model_dump(exclude_unset=True))
    keep_with_account(who, wanted)
    response = answer(_write_account(wanted))
    keep_in_browser(response, LANGUAGE_COOKIE, wanted.language)
    keep_in_browser(response, THEME_COOKIE, wanted.theme)
    return response


@blueprint.post(
    "/account/password", responses={204: None, **problems(HTTPStatus.TOO_MANY_REQUESTS)}
)
@needs(Role.VIEWER)
def replace_password(body: PasswordAsked) -> Response:
    """Set a new password; all other sessions end."""
    user_id = _user_id()
    with services().database.write() as session:
        if not change_password(session, user_id, body.old_password, body.new_password):
            raise unfit("old_password", "your current password", None)
        ended = end_other_sessions(session, user_id, identity().session_id)
        facts = {"sessions_ended": ended}
        record_change(session, actor(), "user.password", _subject(), None, facts)
    return answer_nothing()


@blueprint.get("/account/sessions", responses={200: SessionPage})
@needs(Role.VIEWER)
def list_own_sessions() -> Response:
    """List your sessions, those in use last first."""
    with services().database.read() as session:
        found = list_sessions(session, _user_id(), utc_now())
    return answer(SessionPage(items=[write_session(one) for one in found]))


@blueprint.delete("/account/sessions", responses={204: None})
@needs(Role.VIEWER)
def end_others() -> Response:
    """Sign out everywhere else: all your sessions end but the one that asks."""
    with services().database.write() as session:
        facts = {"sessions_ended": end_other_sessions(session, _user_id(), identity().session_id)}
        record_change(session, actor(), "session.end", _subject(), None, facts)
    return answer_nothing()


@blueprint.delete("/account/sessions/<int:session_id>", responses={204: None})
@needs(Role.VIEWER)
def end_one(path: SessionPath) -> Response:
    """End one of your sessions; its open pages close within seconds."""
    with services().database.write() as session:
        found = list_sessions(session, _user_id(), utc_now())
        one = next((one for one in found if one.id == path.session_id), None)
        if one is None:
            raise NotFound(f"you have no session {path.session_id}")
        end_session(session, one.id)
        facts = {"browser": one.browser, "address": one.address}
        record_change(session, actor(), "session.end", _subject(), facts)
    return answer_nothing()


def _user_id() -> int:
    """Tell who asks. Refuses programs: they have neither password nor sessions."""
    user_id = identity().user_id
    if user_id is None:
        raise Refused(HTTPStatus.FORBIDDEN, "Sign in for this: a token is no person.")
    return user_id


def _name_counter() -> str:
    return "password:" + hashlib.sha256(identity().name.encode()).hexdigest()


def _subject() -> str:
    return f'user "{identity().name}"'


def _write_account(appearance: Appearance) -> AccountAnswer:
    who = identity()
    return AccountAnswer(
        name=who.name,
        kind=actor().kind,
        role=who.role,
        is_limited=who.scope.is_limited,
        site_ids=sorted(who.scope.site_ids or ()),
        may_see_faces=who.may_see_faces,
        scopes=[str(one) for one in sorted(who.terms.scopes)] if who.terms else [],
        expires_at=who.terms.expires_at if who.terms else None,
        language=appearance.language,
        theme=appearance.theme,
    )
