"""Questions about groups: users who are limited to the same sites."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.names import check_name
from core.storage.engine import utc_now
from core.storage.limits import read_pairs, replace_pairs
from core.storage.tables import GroupMemberRow, GroupRow, GroupSiteRow
from core.storage.taken_names import flush_named


@dataclass(frozen=True, slots=True)
class Group:
    id: int
    name: str
    site_ids: frozenset[int]
    user_ids: frozenset[int]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class GroupChanges:
    """What to change of a group; None stays as it is."""

    name: str | None = None
    site_ids: frozenset[int] | None = None
    user_ids: frozenset[int] | None = None


def list_groups(session: Session) -> list[Group]:
    """List the groups by name."""
    return _read(session, session.scalars(select(GroupRow).order_by(GroupRow.name)).all())


def get_group(session: Session, group_id: int) -> Group:
    """Read a group. Raises NotFound."""
    return _read(session, [_row(session, group_id)])[0]


def find_group(session: Session, name: str) -> Group:
    """Read the group of a name. Raises NotFound."""
    row = session.scalar(select(GroupRow).where(GroupRow.name == name))
    if row is None:
        raise NotFound(f'there is no group "{name}"')
    return _read(session, [row])[0]


def describe(group: Group) -> dict[str, Any]:
    """Spell a group out, for the audit and for administrators."""
    return {
        "name": group.name,
        "site_ids": sorted(group.site_ids),
        "user_ids": sorted(group.user_ids),
    }


def add_group(
    session: Session,
    name: str,
    site_ids: frozenset[int] = frozenset(),
    user_ids: frozenset[int] = frozenset(),
) -> Group:
    """Make a group. Raises BadRequest, NameTaken."""
    row = GroupRow(name="", created_at=utc_now())
    _rename(row, name)
    session.add(row)
    flush_named(session, row.name)
    return change_group(session, row.id, GroupChanges(None, site_ids, user_ids))


def change_group(session: Session, group_id: int, changes: GroupChanges) -> Group:
    """Change a group; its users see the other cameras at once.

    Raises NotFound, BadRequest, NameTaken.
    """
    row = _row(session, group_id)
    if changes.name is not None:
        _rename(row, changes.name)
        flush_named(session, row.name)
    if changes.site_ids is not None:
        site = GroupSiteRow
        replace_pairs(session, site.group_id, site.site_id, row.id, changes.site_ids)
    if changes.user_ids is not None:
        member = GroupMemberRow
        replace_pairs(session, member.group_id, member.user_id, row.id, changes.user_ids)
    return _read(session, [row])[0]


def remove_group(session: Session, group_id: int) -> None:
    """Remove a group. Users stay limited, to what else they have. Raises NotFound."""
    session.delete(_row(session, group_id))
    session.flush()


def _rename(row: GroupRow, name: str) -> None:
    check_name("name", name.strip())
    row.name = name.strip()


def _row(session: Session, group_id: int) -> GroupRow:
    row = session.get(GroupRow, group_id)
    if row is None:
        raise NotFound(f"there is no group {group_id}")
    return row


def _read(session: Session, rows: Sequence[GroupRow]) -> list[Group]:
    ids = [row.id for row in rows]
    sites = read_pairs(session, GroupSiteRow.group_id, GroupSiteRow.site_id, ids)
    users = read_pairs(session, GroupMemberRow.group_id, GroupMemberRow.user_id, ids)
    none: frozenset[int] = frozenset()
    return [
        Group(row.id, row.name, sites.get(row.id, none), users.get(row.id, none), row.created_at)
        for row in rows
    ]
