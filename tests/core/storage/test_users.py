"""Users, tokens and links."""

from datetime import timedelta

import pytest

from core.errors import BadRequest, NotFound
from core.storage.engine import Database
from core.storage.tables import TokenRow
from core.storage.users import (
    Role,
    add_user,
    check_password,
    create_sign_in_link,
    create_token,
    find_or_add_user,
    find_token,
    forget_expired_links,
    get_user,
    has_users,
    is_set_up_link,
    list_tokens,
    list_users,
    mark_token_used,
    remove_user,
    revoke_token,
    use_set_up_link,
    use_sign_in_link,
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


def test_a_user_without_a_password_cannot_sign_in_by_one(database: Database) -> None:
    with database.write() as session:
        demo = find_or_add_user(session, "demo", Role.ADMIN)
        assert find_or_add_user(session, "demo", Role.ADMIN) == demo
        assert check_password(session, "demo", "") is None
        assert not has_users(session)


@pytest.mark.parametrize(
    ("name", "password", "field"),
    [("", PASSWORD, "name"), ("ann", "short", "password"), ("taken", PASSWORD, "name")],
)
def test_bad_users_are_refused(database: Database, name: str, password: str, field: str) -> None:
    with database.write() as session:
        add_user(session, "taken", Role.VIEWER, PASSWORD)
    with pytest.raises(BadRequest) as refused, database.write() as session:
        add_user(session, name, Role.VIEWER, password)
    assert refused.value.field == field


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


def test_a_token_is_found_by_its_text_until_revoked(any_database: Database) -> None:
    with any_database.write() as session:
        text = create_token(session, "scripts", Role.VIEWER)
        token = find_token(session, text)
        assert token is not None
        mark_token_used(session, token.id)
        assert list_tokens(session)[0].role is Role.VIEWER
        assert find_token(session, text + "x") is None
        revoke_token(session, "scripts")
        assert find_token(session, text) is None
        with pytest.raises(NotFound):
            revoke_token(session, "scripts")


def test_only_the_hash_of_a_token_is_kept(database: Database) -> None:
    with database.write() as session:
        text = create_token(session, "scripts", Role.VIEWER)
        assert text not in session.get_one(TokenRow, 1).hash


def test_a_sign_in_link_works_until_a_newer_one_is_made(database: Database) -> None:
    with database.write() as session:
        ann = add_user(session, "ann", Role.VIEWER, None)
        secret = create_sign_in_link(session, ann, HOUR)
        assert use_sign_in_link(session, secret) == ann
        assert use_sign_in_link(session, secret) == ann
        newer = create_sign_in_link(session, ann, HOUR)
        assert use_sign_in_link(session, secret) is None
        assert use_sign_in_link(session, newer) == ann
        assert use_sign_in_link(session, "guess") is None


def test_a_set_up_link_makes_the_first_administrator_once(database: Database) -> None:
    with database.write() as session:
        secret = create_sign_in_link(session, None, HOUR)
        assert is_set_up_link(session, secret)
        assert use_sign_in_link(session, secret) is None
        with pytest.raises(BadRequest):
            use_set_up_link(session, secret, "ann", "short")
        ann = use_set_up_link(session, secret, "ann", PASSWORD)
        assert ann is not None
        assert ann.role is Role.ADMIN
        assert use_set_up_link(session, secret, "eve", PASSWORD) is None
        assert not is_set_up_link(session, secret)


def test_links_run_out_and_are_forgotten(database: Database) -> None:
    with database.write() as session:
        ann = add_user(session, "ann", Role.VIEWER, None)
        over = create_sign_in_link(session, ann, -HOUR)
        create_sign_in_link(session, None, HOUR)
        assert use_sign_in_link(session, over) is None
        assert forget_expired_links(session) == 1
        assert forget_expired_links(session) == 0


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
