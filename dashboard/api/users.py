"""Users: who may sign in, and what they may do."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from flask import Response
from pydantic import Field

from core.errors import NotFound
from core.storage.users import (
    PASSWORD_LENGTH_MIN,
    Role,
    User,
    add_user,
    list_users,
    remove_user,
)
from dashboard.access import identity, needs
from dashboard.api.operations import api_blueprint
from dashboard.api.schemas import Answered, Asked, Id, Name, answer, answer_nothing
from dashboard.problems import conflict
from dashboard.services import services

PASSWORD_LENGTH_MAX = 200

blueprint = api_blueprint("users", "Who may sign in.")


class UserPath(Asked):
    user_id: Id


class UserAsked(Asked):
    name: Name
    role: Role
    password: Annotated[
        str, Field(min_length=PASSWORD_LENGTH_MIN, max_length=PASSWORD_LENGTH_MAX, repr=False)
    ]


class UserAnswer(Answered):
    id: int
    name: str
    role: Role
    created_at: datetime


class UserPage(Answered):
    items: list[UserAnswer]
    next_cursor: str | None = None


@blueprint.get("/users", responses={200: UserPage})
@needs(Role.ADMIN)
def list_all() -> Response:
    """List the users by name."""
    with services().database.read() as session:
        found = list_users(session)
    return answer(UserPage(items=[_write(one) for one in found]))


@blueprint.post("/users", responses={201: UserAnswer})
@needs(Role.ADMIN)
def add(body: UserAsked) -> Response:
    """Add a user."""
    with services().database.write() as session:
        if any(user.name == body.name for user in list_users(session)):
            raise conflict("name", f'a user named "{body.name}" is there already')
        user = add_user(session, body.name, body.role, body.password)
    return answer(_write(user), HTTPStatus.CREATED)


@blueprint.delete("/users/<int:user_id>", responses={204: None})
@needs(Role.ADMIN)
def remove(path: UserPath) -> Response:
    """Remove a user; open pages of theirs close within seconds."""
    with services().database.write() as session:
        user = _to_remove(list_users(session), path.user_id)
        remove_user(session, user.name)
    return answer_nothing()


def _to_remove(users: list[User], user_id: int) -> User:
    """Find who is to go. Refuses oneself, and the last administrator."""
    found = next((user for user in users if user.id == user_id), None)
    if found is None:
        raise NotFound(f"there is no user {user_id}")
    if found.id == identity().user_id:
        raise conflict("user_id", "you cannot remove yourself; another administrator can")
    admins = [user for user in users if user.role is Role.ADMIN]
    if admins == [found]:
        raise conflict("user_id", f'"{found.name}" is the last administrator; add another first')
    return found


def _write(user: User) -> UserAnswer:
    return UserAnswer(id=user.id, name=user.name, role=user.role, created_at=user.created_at)
