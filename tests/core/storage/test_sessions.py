"""Sessions: begun, found by their cookie's secret, used, over, ended."""

from datetime import UTC, datetime, timedelta

import pytest

from core.preferences import Preferences
from core.storage.audit import Actor, ActorKind, record_change
from core.storage.engine import Database, utc_now
from core.storage.preferences import write_preferences
from core.storage.sessions import (
    Presence,
    begin_session,
    end_other_sessions,
    end_session,
    find_session,
    list_session_users,
    list_sessions,
    mark_seen,
    read_presence,
)
from core.storage.tables import UserSessionRow
from core.storage.users import Role, User, add_user, remove_user

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
WEEK = timedelta(hours=168)
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def ann(database: Database) -> User:
    with database.write() as session:
        return add_user(session, "ann", Role.VIEWER, None)


def begin(database: Database, user: User, now: datetime = NOW) -> tuple[int, str]:
    with database.write() as session:
        return begin_session(session, user.id, "192.0.2.7", "Firefox on Linux", now)


def test_a_session_is_found_by_its_secret_on_either_database(any_database: Database) -> None:
    with any_database.write() as session:
        ann = add_user(session, "ann", Role.VIEWER, None)
    session_id, secret = begin(any_database, ann)
    with any_database.read() as session:
        found = find_session(session, secret, NOW)
        assert found is not None
        one, user = found
        assert (one.id, one.address, one.browser) == (session_id, "192.0.2.7", "Firefox on Linux")
        assert user == ann
        assert find_session(session, secret + "x", NOW) is None
        assert list_session_users(session, [session_id, 99], NOW) == {session_id: ann}


def test_only_the_hash_of_the_secret_is_kept(database: Database, ann: User) -> None:
    session_id, secret = begin(database, ann)
    with database.read() as session:
        assert secret not in session.get_one(UserSessionRow, session_id).hash


def test_a_session_that_is_not_used_is_over_after_the_hours_that_are_chosen(
    database: Database, ann: User
) -> None:
    session_id, secret = begin(database, ann)
    with database.write() as session:
        assert find_session(session, secret, NOW + WEEK - INSTANT) is not None
        assert find_session(session, secret, NOW + WEEK) is None
        assert list_sessions(session, ann.id, NOW + WEEK) == []
        assert list_session_users(session, [session_id], NOW + WEEK) == {}
        write_preferences(session, Preferences(session_hours=1))
        assert find_session(session, secret, NOW + timedelta(hours=1)) is None


def test_use_keeps_a_session_and_is_written_at_most_once_a_minute(
    database: Database, ann: User
) -> None:
    session_id, secret = begin(database, ann)
    soon, later = NOW + timedelta(seconds=59), NOW + timedelta(seconds=60)
    with database.write() as session:
        found = find_session(session, secret, soon)
        assert found is not None
        assert (found[0].is_stale(soon), found[0].is_stale(later)) == (False, True)
        mark_seen(session, [session_id], soon)
        assert list_sessions(session, ann.id, soon)[0].seen_at == NOW
        mark_seen(session, [session_id], later)
        (one,) = list_sessions(session, ann.id, later)
        assert (one.seen_at, one.expires_at) == (later, later + WEEK)


def test_a_session_that_is_ended_is_found_no_more(database: Database, ann: User) -> None:
    session_id, secret = begin(database, ann)
    with database.write() as session:
        end_session(session, session_id + 1)
        assert find_session(session, secret, NOW) is not None
        end_session(session, session_id)
        end_session(session, session_id)
        assert find_session(session, secret, NOW) is None


def test_all_sessions_but_one_end_at_once(database: Database, ann: User) -> None:
    kept, _ = begin(database, ann)
    begin(database, ann)
    with database.write() as session:
        bob = add_user(session, "bob", Role.VIEWER, None)
    begin(database, bob)
    with database.write() as session:
        assert end_other_sessions(session, ann.id, kept) == 1
        assert [one.id for one in list_sessions(session, ann.id, NOW)] == [kept]
        assert len(list_sessions(session, bob.id, NOW)) == 1
        assert end_other_sessions(session, ann.id, None) == 1


def test_sessions_go_with_their_user(database: Database, ann: User) -> None:
    _, secret = begin(database, ann)
    with database.write() as session:
        remove_user(session, "ann")
        assert find_session(session, secret, NOW) is None


def test_sessions_that_are_over_are_forgotten_at_the_next_sign_in(
    database: Database, ann: User
) -> None:
    old, _ = begin(database, ann)
    new, _ = begin(database, ann, NOW + WEEK)
    assert new != old
    with database.read() as session:
        assert session.get(UserSessionRow, old) is None
        assert session.get(UserSessionRow, new) is not None


def test_presence_tells_sessions_and_when_someone_was_last_here(database: Database) -> None:
    now = utc_now()
    with database.write() as session:
        here, gone, never = (add_user(session, name, Role.VIEWER, None).id for name in "abc")
        for minutes in (5, 2):
            begin_session(session, here, "", "", now - timedelta(minutes=minutes))
        who = Actor("b", ActorKind.USER)
        record_change(session, who, "session.sign_in", 'user "b"')
        found = read_presence(session, now)
    assert found[here] == Presence(2, now - timedelta(minutes=2))
    assert found[gone].sessions == 0
    assert found[gone].seen_at is not None
    assert never not in found
