"""Links that sign in, set up, or let a password be chosen; each opens its own door alone."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from core.errors import BadRequest, NotFound
from core.storage.engine import Database, utc_now
from core.storage.links import (
    create_password_link,
    create_sign_in_link,
    find_password_link,
    forget_expired_links,
    is_set_up_link,
    use_password_link,
    use_set_up_link,
    use_sign_in_link,
)
from core.storage.sessions import begin_session, list_sessions
from core.storage.tables import SignInLinkRow
from core.storage.users import Role, add_user, check_password

HOUR = timedelta(hours=1)
PASSWORD = "correct horse battery"


@pytest.fixture
def user_id(database: Database) -> int:
    with database.write() as session:
        return add_user(session, "ann", Role.VIEWER, None).id


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


def test_a_password_link_sets_the_password_and_ends_the_sessions(
    database: Database, user_id: int
) -> None:
    with database.write() as session:
        begin_session(session, user_id, "", "", utc_now())
        secret, _ = create_password_link(session, user_id)
        used = use_password_link(session, secret, PASSWORD)
        assert used is not None
        assert used.has_password
        assert list_sessions(session, user_id, utc_now()) == []
        assert check_password(session, "ann", PASSWORD) is not None
        assert find_password_link(session, secret) is None


def test_a_short_password_leaves_the_link(database: Database, user_id: int) -> None:
    with database.write() as session:
        secret, _ = create_password_link(session, user_id)
        with pytest.raises(BadRequest):
            use_password_link(session, secret, "short")
        assert find_password_link(session, secret) is not None


def test_a_link_runs_out(database: Database, user_id: int) -> None:
    with database.write() as session:
        secret, until = create_password_link(session, user_id)
        assert timedelta(days=2) < until - utc_now() <= timedelta(days=3)
        past = utc_now() - timedelta(seconds=1)
        session.execute(update(SignInLinkRow).values(expires_at=past))
        assert find_password_link(session, secret) is None
        assert use_password_link(session, secret, PASSWORD) is None


def test_it_opens_no_other_door(database: Database, user_id: int) -> None:
    with database.write() as session:
        secret, _ = create_password_link(session, user_id)
        assert use_sign_in_link(session, secret) is None
        assert use_set_up_link(session, secret, "bob", PASSWORD) is None


def test_nobody_has_no_link(database: Database) -> None:
    with database.write() as session:
        with pytest.raises(NotFound):
            create_password_link(session, 99)
        assert find_password_link(session, "never made") is None
