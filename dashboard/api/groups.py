"""Groups: users who are limited to the same sites."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Response
from pydantic import Field

from core.names import Name
from core.storage.audit import record_change
from core.storage.groups import (
    Group,
    GroupChanges,
    add_group,
    change_group,
    describe,
    get_group,
    list_groups,
    remove_group,
)
from core.storage.users import Role
from dashboard.access import needs
from dashboard.api.operations import api_blueprint
from dashboard.api.schemas import Answered, Asked, Id, Ids, answer, answer_nothing
from dashboard.audit import actor
from dashboard.services import services

blueprint = api_blueprint("groups", "Users who are limited to the same sites.")


class GroupPath(Asked):
    group_id: Id


class GroupAsked(Asked):
    """A group to make. It limits only those of its users who are limited at all."""

    name: Name
    site_ids: Ids = Field([])
    user_ids: Ids = Field([])


class GroupChangesAsked(Asked):
    """What to change of a group; what is left out or null stays."""

    name: Name | None = None
    site_ids: Ids | None = None
    user_ids: Ids | None = None

    def changes(self) -> GroupChanges:
        return GroupChanges(
            name=self.name,
            site_ids=None if self.site_ids is None else frozenset(self.site_ids),
            user_ids=None if self.user_ids is None else frozenset(self.user_ids),
        )


class GroupAnswer(Answered):
    id: int
    name: str
    site_ids: list[int]
    user_ids: list[int]
    created_at: datetime


class GroupPage(Answered):
    items: list[GroupAnswer]
    next_cursor: str | None = None


@blueprint.get("/groups", responses={200: GroupPage})
@needs(Role.ADMIN)
def list_all() -> Response:
    """List the groups by name."""
    with services().database.read() as session:
        found = list_groups(session)
    return answer(GroupPage(items=[_write(one) for one in found]))


@blueprint.get("/groups/<int:group_id>", responses={200: GroupAnswer})
@needs(Role.ADMIN)
def read(path: GroupPath) -> Response:
    """Read one group."""
    with services().database.read() as session:
        return answer(_write(get_group(session, path.group_id)))


@blueprint.post("/groups", responses={201: GroupAnswer})
@needs(Role.ADMIN)
def add(body: GroupAsked) -> Response:
    """Make a group."""
    sites, users = frozenset(body.site_ids), frozenset(body.user_ids)
    with services().database.write() as session:
        group = add_group(session, body.name, sites, users)
        record_change(session, actor(), "group.add", _subject(group), None, describe(group))
    return answer(_write(group), HTTPStatus.CREATED)


@blueprint.patch("/groups/<int:group_id>", responses={200: GroupAnswer})
@needs(Role.ADMIN)
def change(path: GroupPath, body: GroupChangesAsked) -> Response:
    """Change a group; its users see the other cameras at once."""
    with services().database.write() as session:
        before = get_group(session, path.group_id)
        group = change_group(session, before.id, body.changes())
        facts = describe(before), describe(group)
        record_change(session, actor(), "group.change", _subject(before), *facts)
    return answer(_write(group))


@blueprint.delete("/groups/<int:group_id>", responses={204: None})
@needs(Role.ADMIN)
def remove(path: GroupPath) -> Response:
    """Remove a group. Its users stay limited, to what else they have."""
    with services().database.write() as session:
        group = get_group(session, path.group_id)
        remove_group(session, group.id)
        record_change(session, actor(), "group.remove", _subject(group), describe(group))
    return answer_nothing()


def _subject(group: Group) -> str:
    return f'group "{group.name}"'


def _write(group: Group) -> GroupAnswer:
    facts: dict[str, Any] = describe(group)
    return GroupAnswer(id=group.id, created_at=group.created_at, **facts)
