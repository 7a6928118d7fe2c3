"""How large the database is, on both servers."""

from core.storage.engine import Database
from core.storage.sizes import measure_database, read_server_version


def test_a_database_has_a_size(any_database: Database) -> None:
    assert 10_000 < measure_database(any_database) < 100_000_000


def test_its_server_is_named_with_its_version(any_database: Database) -> None:
    name, version = read_server_version(any_database).split(" ")
    assert name == ("SQLite" if any_database.is_sqlite else "PostgreSQL")
    assert version[0].isdigit()
