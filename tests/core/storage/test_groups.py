"""Groups, and the limits of users by sites and groups."""

import pytest
from sqlalchemy.orm import Session

from core.access_scopes import EVERYWHERE, CameraScope
from core.errors import BadRequest, NameTaken, NotFound
from core.storage.engine import Database
from core.storage.groups import (
    GroupChanges,
    add_group,
    change_group,
    describe,
    find_group,
    get_group,
    list_groups,
    remove_group,
)
from core.storage.limits import find_ids, read_names, with_names
from core.storage.sites import settle_site
from core.storage.users import Role, User, UserChanges, add_user, change_user, get_user, list_users


def make_sites(session: Session) -> list[int]:
    return [settle_site(session, name) or 0 for name in ("north", "south", "west")]


def scope_now(session: Session, user: User) -> CameraScope:
    found = get_user(session, user.id)
    assert found is not None
    return found.scope


def test_a_limited_user_sees_their_own_sites_and_their_groups(any_database: Database) -> None:
    with any_database.write() as session:
        north, south, west = make_sites(session)
        ann = add_user(session, "ann", Role.VIEWER, None)
        assert ann.scope == EVERYWHERE
        group = add_group(session, "guards", frozenset({south}), frozenset({ann.id}))
        add_group(session, "others", frozenset({west}))
        changes = UserChanges(is_limited=True, site_ids=frozenset({north}))
        assert change_user(session, ann.id, changes).scope == CameraScope(frozenset({north, south}))
        change_group(session, group.id, GroupChanges(site_ids=frozenset({south, west})))
        assert scope_now(session, ann) == CameraScope(frozenset({north, south, west}))
        remove_group(session, group.id)
        assert scope_now(session, ann) == CameraScope(frozenset({north}))
        assert change_user(session, ann.id, UserChanges(is_limited=False)).scope == EVERYWHERE


def test_a_group_limits_nobody_who_is_not_limited(database: Database) -> None:
    with database.write() as session:
        north, _, _ = make_sites(session)
        ann = add_user(session, "ann", Role.ADMIN, None)
        add_group(session, "guards", frozenset({north}), frozenset({ann.id}))
        assert scope_now(session, ann) == EVERYWHERE


def test_who_is_limited_to_nothing_sees_nothing(database: Database) -> None:
    with database.write() as session:
        ann = add_user(session, "ann", Role.VIEWER, None)
        limited = change_user(session, ann.id, UserChanges(is_limited=True))
    assert limited.scope == CameraScope(frozenset())


def test_limits_of_many_users_are_read_apart(database: Database) -> None:
    with database.write() as session:
        north, south, _ = make_sites(session)
        for name, site in (("ann", north), ("bob", south)):
            user = add_user(session, name, Role.VIEWER, None)
            change_user(session, user.id, UserChanges(is_limited=True, site_ids=frozenset({site})))
        add_user(session, "cid", Role.VIEWER, None)
        scopes = {user.name: user.scope for user in list_users(session)}
    assert scopes == {
        "ann": CameraScope(frozenset({north})),
        "bob": CameraScope(frozenset({south})),
        "cid": EVERYWHERE,
    }


def test_a_group_is_made_renamed_and_removed(any_database: Database) -> None:
    with any_database.write() as session:
        made = add_group(session, " guards ")
        assert describe(made) == {"name": "guards", "site_ids": [], "user_ids": []}
        renamed = change_group(session, made.id, GroupChanges(name="night guards"))
        assert find_group(session, "night guards") == renamed == get_group(session, made.id)
        assert list_groups(session) == [renamed]
        remove_group(session, made.id)
        assert list_groups(session) == []
        for ask in (lambda: get_group(session, made.id), lambda: remove_group(session, made.id)):
            with pytest.raises(NotFound):
                ask()
        with pytest.raises(NotFound):
            find_group(session, "guards")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param(GroupChanges(name=" "), "name", id="no name"),
        pytest.param(GroupChanges(name="x" * 101), "name", id="long name"),
        pytest.param(GroupChanges(name="a\nb"), "name", id="a line break"),
        pytest.param(GroupChanges(site_ids=frozenset({99})), "site_ids", id="unknown site"),
        pytest.param(GroupChanges(user_ids=frozenset({99})), "user_ids", id="unknown user"),
    ],
)
def test_groups_that_cannot_be_are_refused(
    database: Database, changes: GroupChanges, field: str
) -> None:
    with database.write() as session:
        add_group(session, "others")
        group = add_group(session, "guards")
    with pytest.raises(BadRequest) as refused, database.write() as session:
        change_group(session, group.id, changes)
    assert refused.value.field == field


def test_two_groups_of_one_name_are_refused(database: Database) -> None:
    with database.write() as session:
        add_group(session, "guards")
    with pytest.raises(NameTaken), database.write() as session:
        add_group(session, "guards")


def test_names_lead_to_ids_and_back(database: Database) -> None:
    with database.write() as session:
        north, south, _ = make_sites(session)
        assert find_ids(session, "site", ("south", "north")) == {north, south}
        assert read_names(session, "site", [south, north, 99]) == ["north", "south"]
        assert find_ids(session, "group", ()) == frozenset()
        with pytest.raises(NotFound, match='there is no user "eve"'):
            find_ids(session, "user", ("eve",))


def test_facts_are_shown_with_names_for_ids(database: Database) -> None:
    with database.write() as session:
        north, south, _ = make_sites(session)
        facts = {"role": "viewer", "site_ids": [south, north], "group_ids": []}
        shown = with_names(session, facts)
    assert shown == {"role": "viewer", "sites": ["north", "south"], "groups": []}
