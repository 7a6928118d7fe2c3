"""Which sites users, groups and tokens are limited to, and who belongs to which group."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeAlias

from sqlalchemy import delete, insert, inspect, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.errors import BadRequest, NotFound
from core.storage.tables import (
    GroupMemberRow,
    GroupRow,
    GroupSiteRow,
    SiteRow,
    UserRow,
    UserSiteRow,
)

Column: TypeAlias = InstrumentedAttribute[int]

_NAMED: dict[str, type[SiteRow | GroupRow | UserRow]] = {
    "site": SiteRow,
    "group": GroupRow,
    "user": UserRow,
}


def sites_of_users(session: Session, user_ids: Collection[int]) -> Mapping[int, frozenset[int]]:
    """Read the sites of users: their own, and those of the groups that they belong to."""
    if not user_ids:
        return {}
    own = select(UserSiteRow.user_id, UserSiteRow.site_id).where(UserSiteRow.user_id.in_(user_ids))
    shared = (
        select(GroupMemberRow.user_id, GroupSiteRow.site_id)
        .join(GroupSiteRow, GroupSiteRow.group_id == GroupMemberRow.group_id)
        .where(GroupMemberRow.user_id.in_(user_ids))
    )
    return _gather(session.execute(union(own, shared)))


def read_pairs(
    session: Session, owner: Column, other: Column, owner_ids: Collection[int]
) -> Mapping[int, frozenset[int]]:
    """Read what some owners are linked with: the other column's ids by the owner's."""
    if not owner_ids:
        return {}
    return _gather(session.execute(select(owner, other).where(owner.in_(owner_ids))))


def replace_pairs(
    session: Session, owner: Column, other: Column, owner_id: int, ids: Iterable[int]
) -> None:
    """Link an owner with these and nothing else. Raises BadRequest where one does not exist.

    The field that is named then is the other column's, in the plural: `site_ids`.
    """
    wanted = sorted(set(ids))
    _check_ids(session, other, wanted)
    session.execute(delete(owner.class_).where(owner == owner_id))
    if wanted:
        rows = [{owner.key: owner_id, other.key: one} for one in wanted]
        session.execute(insert(owner.class_), rows)


def find_ids(session: Session, subject: str, names: Collection[str]) -> frozenset[int]:
    """Find sites, groups or users by their names. Raises NotFound.

    subject: site, group or user.
    """
    row = _NAMED[subject]
    found = select(row.name, row.id).where(row.name.in_(names))
    known = dict(session.execute(found).all())
    if missing := [name for name in names if name not in known]:
        raise NotFound(f'there is no {subject} "{missing[0]}"')
    return frozenset(known.values())


def read_names(session: Session, subject: str, ids: Collection[int]) -> list[str]:
    """Read the names of sites, groups or users, in order. subject: site, group or user."""
    row = _NAMED[subject]
    return list(session.scalars(select(row.name).where(row.id.in_(ids)).order_by(row.name)))


def with_names(session: Session, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Name sites, groups and users, for people's eyes, where facts hold their ids."""
    shown = {}
    for name, value in facts.items():
        subject, is_ids, _ = name.partition("_ids")
        shown[f"{subject}s" if is_ids else name] = (
            read_names(session, subject, value) if is_ids else value
        )
    return shown


def _check_ids(session: Session, column: Column, ids: Collection[int]) -> None:
    (key,) = inspect(column.class_).columns[column.key].foreign_keys
    known = set(session.scalars(select(key.column).where(key.column.in_(ids))))
    if missing := [one for one in ids if one not in known]:
        what = column.key.removesuffix("_id")
        raise BadRequest(f"{column.key}s", f"there is no {what} {missing[0]}")


def _gather(pairs: Iterable[tuple[int, int]]) -> Mapping[int, frozenset[int]]:
    gathered: defaultdict[int, set[int]] = defaultdict(set)
    for owner_id, other_id in pairs:
        gathered[owner_id].add(other_id)
    return {one: frozenset(others) for one, others in gathered.items()}
