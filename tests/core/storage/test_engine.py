"""The database itself: transactions, modes, errors."""

import threading
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

import migrations
from core.errors import BadSettings, DatabaseAway
from core.secrets import SecretBox
from core.settings import load_settings
from core.storage.engine import Database
from core.storage.installation import check_key
from core.storage.users import Role, add_user, list_users


def test_sqlite_runs_in_wal_mode_and_syncs(database: Database) -> None:
    with database.read() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA synchronous")) == 2


def test_postgresql_compiles_no_question(any_database: Database) -> None:
    if any_database.is_sqlite:
        pytest.skip("SQLite compiles nothing")
    for _ in range(2):
        with any_database.read() as session:
            assert session.scalar(text("SHOW jit")) == "off"


def test_a_failed_write_leaves_nothing(any_database: Database) -> None:
    def fail_half_way() -> None:
        with any_database.write() as session:
            add_user(session, "ann", Role.VIEWER, None)
            raise KeyError

    with pytest.raises(KeyError):
        fail_half_way()
    with any_database.read() as session:
        assert list_users(session) == []


def test_writers_wait_for_each_other(database: Database) -> None:
    def add(name: str) -> None:
        with database.write() as session:
            add_user(session, name, Role.VIEWER, None)

    threads = [threading.Thread(target=add, args=(f"user {number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert len(list_users(session)) == 8


def test_a_missing_server_is_said_without_its_password() -> None:
    database = Database("postgresql+psycopg://ann:secret@127.0.0.1:9/x")
    with pytest.raises(BadSettings, match="no database answers") as refused:
        database.check()
    assert "secret" not in str(refused.value)


def test_a_database_knows_its_key(any_database: Database, box: SecretBox, tmp_path: Path) -> None:
    for _ in range(2):
        with any_database.write() as session:
            check_key(session, box)
    with pytest.raises(BadSettings, match="secret key"), any_database.write() as session:
        check_key(session, SecretBox([Fernet.generate_key()]))


def test_a_table_is_there_or_not(any_database: Database) -> None:
    assert any_database.has_table("model_versions")
    assert not any_database.has_table("of_a_later_release")


def test_answers_are_of_one_moment(any_database: Database) -> None:
    with any_database.read() as reading:
        assert list_users(reading) == []
        with any_database.write() as session:
            add_user(session, "ann", Role.VIEWER, None)
        assert list_users(reading) == []
    with any_database.read() as session:
        assert len(list_users(session)) == 1


def test_who_stops_in_the_middle_of_writing_gives_way_on_postgresql(postgres_url: str) -> None:
    url = load_settings(database_url=postgres_url).database
    migrations.upgrade(url)
    stopped, other = Database(url, write_idle_s=3), Database(url)

    def write_and_stop() -> None:
        with stopped.write() as session:
            add_user(session, "ann", Role.VIEWER, None)
            session.flush()
            with other.write() as waiting:
                add_user(waiting, "ann", Role.VIEWER, None)  # waits until the first is ended
            list_users(session)

    with pytest.raises(DatabaseAway):
        write_and_stop()
    with other.read() as session:
        assert [user.name for user in list_users(session)] == ["ann"]
    stopped.close()
    other.close()
