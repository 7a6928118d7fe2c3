"""Users and links."""

from datetime import timedelta

import pytest

from core.errors import BadRequest, Conflict, NameTaken, NotFound
from core.storage.engine import Database, utc_now
from core.storage.links import (
    create_sign_in_link,
    use_sign_in_link,
)
from core.storage.sessions import begin_session, find_session
from core.storage.tables import UserRow
from core.storage.users import (
    Role,
    UserChanges,
    add_user,
    change_password,
    change_user,
    check_password,
    describe,
    find_or_add_user,
    find_user,
    get_user,
    has_users,
    is_user,
    list_users,
    remove_user,
    require_user,
)

HOUR = timedelta(hours=1)
PASSWORD = "correct horse"


def test_a_user_signs_in_with_the_right_password_only(any_database: Database) -> None:
    with any_database.write() as session:
        ann = add_user(session, "ann", Role.OPERATOR, PASSWORD)
        assert check_password(session, "ann", PASSWORD) == ann
        assert check_password(session, "ann", "wrong horse") is None
        assert check_password(session, "bob", PASSWORD) is None
        assert has_users(session)


def test_passwords_are_hashed_as_rfc_9106_recommends_where_memory_is_short(
    database: Database,
) -> None:
    with database.write() as session:
        add_user(session, "ann", Role.OPERATOR, PASSWORD)
        stored = session.query(UserRow).one().password_hash
    assert str(stored).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_user_without_a_password_cannot_sign_in_by_one(database: Database) -> None:
    with database.write() as session:
        demo = find_or_add_user(session, "demo", Role.ADMIN)
        assert find_or_add_user(session, "demo", Role.ADMIN) == demo
        assert check_password(session, "demo", "") is None
        assert not has_users(session)


@pytest.mark.parametrize(
    ("name", "password", "field"),
    [("", PASSWORD, "name"), ("ann", "short", "password"), ("a\nb", PASSWORD, "name")],
)
def test_bad_users_are_refused(database: Database, name: str, password: str, field: str) -> None:
    with pytest.raises(BadRequest) as refused, database.write() as session:
        add_user(session, name, Role.VIEWER, password)
    assert refused.value.field == field


def test_two_users_of_one_name_are_refused(database: Database) -> None:
    with database.write() as session:
        add_user(session, "ann", Role.VIEWER, PASSWORD)
    with pytest.raises(NameTaken), database.write() as session:
        add_user(session, "ann", Role.ADMIN, PASSWORD)
    with database.read() as session:
        assert is_user(session, "ann")
        assert not is_user(session, "bob")


def test_removing_a_user_removes_their_links(database: Database) -> None:
    with database.write() as session:
        ann = add_user(session, "ann", Role.VIEWER, PASSWORD)
        secret = create_sign_in_link(session, ann, HOUR)
    with database.write() as session:
        remove_user(session, "ann")
        assert list_users(session) == []
        assert get_user(session, ann.id) is None
        assert use_sign_in_link(session, secret) is None
        with pytest.raises(NotFound):
            remove_user(session, "ann")


@pytest.mark.parametrize(
    ("role", "needed", "may"),
    [
        (Role.ADMIN, Role.VIEWER, True),
        (Role.OPERATOR, Role.OPERATOR, True),
        (Role.VIEWER, Role.OPERATOR, False),
        (Role.OPERATOR, Role.ADMIN, False),
    ],
)
def test_roles_include_the_lesser_ones(role: Role, needed: Role, may: bool) -> None:
    assert role.may_act_as(needed) is may


@pytest.mark.parametrize("other", [None, Role.OPERATOR], ids=["alone", "with an operator"])
def test_the_last_administrator_is_neither_removed_nor_demoted(
    database: Database, other: Role | None
) -> None:
    with database.write() as session:
        ann = add_user(session, "ann", Role.ADMIN, PASSWORD)
        if other:
            add_user(session, "bob", other, PASSWORD)
        with pytest.raises(Conflict, match="last administrator"):
            remove_user(session, "ann")
        with pytest.raises(Conflict, match="last administrator"):
            change_user(session, ann.id, UserChanges(role=Role.OPERATOR))
        assert change_user(session, ann.id, UserChanges(role=Role.ADMIN)).role is Role.ADMIN


def test_one_of_two_administrators_may_go(database: Database) -> None:
    with database.write() as session:
        ann = add_user(session, "ann", Role.ADMIN, PASSWORD)
        add_user(session, "bob", Role.ADMIN, PASSWORD)
        assert change_user(session, ann.id, UserChanges(role=Role.VIEWER)).role is Role.VIEWER


def test_an_administrator_is_not_limited(database: Database) -> None:
    with database.write() as session:
        ann = add_user(session, "ann", Role.ADMIN, PASSWORD)
        bob = add_user(session, "bob", Role.VIEWER, PASSWORD)
        change_user(session, bob.id, UserChanges(is_limited=True))
        for user_id, changes in (
            (ann.id, UserChanges(is_limited=True)),
            (bob.id, UserChanges(role=Role.ADMIN)),
        ):
            with pytest.raises(BadRequest) as refused:
                change_user(session, user_id, changes)
            assert refused.value.field == "is_limited"
        both = UserChanges(role=Role.ADMIN, is_limited=False)
        assert change_user(session, bob.id, both).role is Role.ADMIN


def test_a_new_password_by_an_administrator_ends_the_sessions(database: Database) -> None:
    with database.write() as session:
        ann = add_user(session, "ann", Role.VIEWER, PASSWORD)
        _, secret = begin_session(session, ann.id, "", "", utc_now())
        change_user(session, ann.id, UserChanges(password="another horse"))
        assert find_session(session, secret, utc_now()) is None
        assert check_password(session, "ann", "another horse") == ann
        assert check_password(session, "ann", PASSWORD) is None


def test_who_knows_the_old_password_sets_a_new_one(database: Database) -> None:
    with database.write() as session:
        ann = add_user(session, "ann", Role.VIEWER, PASSWORD)
        demo = add_user(session, "demo", Role.VIEWER, None)
        assert not change_password(session, ann.id, "wrong horse", "another horse")
        assert not change_password(session, demo.id, "", "another horse")
        with pytest.raises(BadRequest):
            change_password(session, ann.id, PASSWORD, "short")
        assert change_password(session, ann.id, PASSWORD, "another horse")
        assert check_password(session, "ann", "another horse") == ann


def test_what_a_user_may_is_spelt_out(database: Database) -> None:
    with database.write() as session:
        ann = add_user(session, "ann", Role.VIEWER, PASSWORD)
        change_user(session, ann.id, UserChanges(may_see_faces=True))
        assert find_user(session, "ann").may_see_faces
        assert describe(session, find_user(session, "ann")) == {
            "role": "viewer",
            "is_limited": False,
            "site_ids": [],
            "group_ids": [],
            "may_see_faces": True,
        }


def test_a_user_who_never_was_is_not_found(database: Database) -> None:
    with database.write() as session:
        with pytest.raises(NotFound):
            find_user(session, "eve")
        with pytest.raises(NotFound):
            require_user(session, 99)
        with pytest.raises(NotFound):
            change_user(session, 99, UserChanges())
