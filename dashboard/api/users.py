"""Users: who may sign in, and what they may do."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, TypeAlias

from flask import Response, url_for
from pydantic import Field, StringConstraints

from core.names import Name
from core.storage.audit import record_change
from core.storage.engine import utc_now
from core.storage.links import create_password_link
from core.storage.sessions import (
    ABSENT,
    Presence,
    end_other_sessions,
    find_presence,
    list_sessions,
    read_presence,
)
from core.storage.users import (
    PASSWORD_LENGTH_MIN,
    Role,
    User,
    UserChanges,
    add_user,
    change_user,
    describe,
    describe_all,
    list_users,
    remove_user,
    require_user,
)
from dashboard.access import identity, needs
from dashboard.api.operations import api_blueprint
from dashboard.api.schemas import Answered, Asked, Id, Ids, answer, answer_nothing
from dashboard.api.user_sessions import SessionPage, write_session
from dashboard.audit import actor
from dashboard.problems import conflict
from dashboard.services import services

PASSWORD_LENGTH_MAX = 200

blueprint = api_blueprint("users", "Who may sign in.")

Password: TypeAlias = Annotated[
    str, StringConstraints(min_length=PASSWORD_LENGTH_MIN, max_length=PASSWORD_LENGTH_MAX)
]


class UserPath(Asked):
    user_id: Id


class UserAsked(Asked):
    """A user to add."""

    name: Name
    role: Role
    password: Password | None = Field(
        None, repr=False, description="Without one they choose it, by a password link."
    )
    is_limited: bool = Field(
        False, description="They see only the cameras of site_ids and of their groups' sites."
    )
    site_ids: Ids = Field([])
    group_ids: Ids = Field([])
    may_see_faces: bool = Field(
        False, description="Pictures that are kept sharp are shown to them as they are."
    )

    def limits(self) -> UserChanges:
        return UserChanges(
            is_limited=self.is_limited,
            site_ids=frozenset(self.site_ids),
            group_ids=frozenset(self.group_ids),
            may_see_faces=self.may_see_faces,
        )


class UserChangesAsked(Asked):
    """What to change of a user; what is left out or null stays. A new password signs them out."""

    role: Role | None = None
    password: Password | None = Field(None, repr=False)
    is_limited: bool | None = None
    site_ids: Ids | None = None
    group_ids: Ids | None = None
    may_see_faces: bool | None = None

    def changes(self) -> UserChanges:
        return UserChanges(
            role=self.role,
            password=self.password,
            is_limited=self.is_limited,
            site_ids=None if self.site_ids is None else frozenset(self.site_ids),
            group_ids=None if self.group_ids is None else frozenset(self.group_ids),
            may_see_faces=self.may_see_faces,
        )


class UserAnswer(Answered):
    id: int
    name: str
    role: Role
    is_limited: bool
    site_ids: list[int] = Field(description="Their own; their groups' sites come on top.")
    group_ids: list[int]
    may_see_faces: bool
    has_password: bool = Field(description="False until they have chosen one.")
    sessions: int = Field(description="Browsers that they are signed in with.")
    seen_at: datetime | None = Field(description="When they were last here, to the minute.")
    created_at: datetime


class UserPage(Answered):
    items: list[UserAnswer]
    next_cursor: str | None = None


class PasswordLinkAnswer(Answered):
    """A link that works once. It is shown this once, too."""

    path: str = Field(description="To be opened on this server, by whom it is for.")
    expires_at: datetime


@blueprint.get("/users", responses={200: UserPage})
@needs(Role.ADMIN)
def list_all() -> Response:
    """List the users by name."""
    with services().database.read() as session:
        users, presence = list_users(session), read_presence(session, utc_now())
        found = [
            _write(user, facts, presence.get(user.id, ABSENT))
            for user, facts in zip(users, describe_all(session, users), strict=True)
        ]
    return answer(UserPage(items=found))


@blueprint.get("/users/<int:user_id>", responses={200: UserAnswer})
@needs(Role.ADMIN)
def read(path: UserPath) -> Response:
    """Read one user."""
    with services().database.read() as session:
        user = require_user(session, path.user_id)
        presence = find_presence(session, user.id, utc_now())
        return answer(_write(user, describe(session, user), presence))


@blueprint.post("/users", responses={201: UserAnswer})
@needs(Role.ADMIN)
def add(body: UserAsked) -> Response:
    """Add a user."""
    with services().database.write() as session:
        added = add_user(session, body.name, body.role, body.password)
        user = change_user(session, added.id, body.limits())
        facts = describe(session, user)
        record_change(session, actor(), "user.add", f'user "{user.name}"', None, facts)
    return answer(_write(user, facts, ABSENT), HTTPStatus.CREATED)


@blueprint.patch("/users/<int:user_id>", responses={200: UserAnswer})
@needs(Role.ADMIN)
def change(path: UserPath, body: UserChangesAsked) -> Response:
    """Change a user; it counts from their next request on."""
    with services().database.write() as session:
        user = require_user(session, path.user_id)
        before = describe(session, user)
        user = change_user(session, user.id, body.changes())
        after = describe(session, user)
        noted = after | ({"has_new_password": True} if body.password else {})
        record_change(session, actor(), "user.change", f'user "{user.name}"', before, noted)
        presence = find_presence(session, user.id, utc_now())
    return answer(_write(user, after, presence))


@blueprint.delete("/users/<int:user_id>", responses={204: None})
@needs(Role.ADMIN)
def remove(path: UserPath) -> Response:
    """Remove a user; open pages of theirs close within seconds."""
    if path.user_id == identity().user_id:
        raise conflict("user_id", "you cannot remove yourself; another administrator can")
    with services().database.write() as session:
        user = require_user(session, path.user_id)
        before = describe(session, user)
        remove_user(session, user.name)
        record_change(session, actor(), "user.remove", f'user "{user.name}"', before)
    return answer_nothing()


@blueprint.post("/users/<int:user_id>/password-link", responses={201: PasswordLinkAnswer})
@needs(Role.ADMIN)
def make_password_link(path: UserPath) -> Response:
    """Make a link by which a user chooses their password, once; older ones are void."""
    with services().database.write() as session:
        user = require_user(session, path.user_id)
        secret, until = create_password_link(session, user.id)
        told = {"expires_at": until}
        record_change(session, actor(), "user.link", f'user "{user.name}"', None, told)
    opened = url_for("password_links.choose_page", secret=secret)
    return answer(PasswordLinkAnswer(path=opened, expires_at=until), HTTPStatus.CREATED)


@blueprint.get("/users/<int:user_id>/sessions", responses={200: SessionPage})
@needs(Role.ADMIN)
def list_user_sessions(path: UserPath) -> Response:
    """List where a user is signed in, those in use last first."""
    with services().database.read() as session:
        user = require_user(session, path.user_id)
        found = list_sessions(session, user.id, utc_now())
    return answer(SessionPage(items=[write_session(one) for one in found]))


@blueprint.delete("/users/<int:user_id>/sessions", responses={204: None})
@needs(Role.ADMIN)
def end_user_sessions(path: UserPath) -> Response:
    """Sign a user out everywhere; of your own sessions, the one that asks stays."""
    kept = identity().session_id if path.user_id == identity().user_id else None
    with services().database.write() as session:
        user = require_user(session, path.user_id)
        ended = {"sessions_ended": end_other_sessions(session, user.id, kept)}
        record_change(session, actor(), "session.end", f'user "{user.name}"', None, ended)
    return answer_nothing()


def _write(user: User, facts: dict[str, Any], presence: Presence) -> UserAnswer:
    return UserAnswer(
        id=user.id,
        name=user.name,
        created_at=user.created_at,
        has_password=user.has_password,
        sessions=presence.sessions,
        seen_at=presence.seen_at,
        **facts,
    )
