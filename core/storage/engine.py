"""Open the SQL database: SQLite in WAL mode when embedded, PostgreSQL for real."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Dialect, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, TypeDecorator

from core.errors import BadSettings, DatabaseAway
from core.types import from_microseconds, to_microseconds

BUSY_TIMEOUT_S = 10
WRITE_IDLE_S = 20
"""A process that stops in the middle of writing, or whose machine is gone, keeps its locks so
long: PostgreSQL ends its transaction then. SQLite's locks end with the process."""

_POSTGRES_CONNECTS = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""A server that vanished is noticed in half a minute; by itself the kernel waits for hours."""


class Database:
    """Hands out sessions; each is one transaction."""

    def __init__(self, url: str, write_idle_s: int = WRITE_IDLE_S) -> None:
        self.url = url
        self._engine = make_engine(url)
        self._is_sqlite = self._engine.dialect.name == "sqlite"
        if self._is_sqlite:
            self._begin_read, self._begin_write = "BEGIN", "BEGIN IMMEDIATE"
        else:
            self._begin_read = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
            idle = "SET LOCAL idle_in_transaction_session_timeout"
            self._begin_write = f"{idle} = '{write_idle_s}s'"

    @property
    def is_sqlite(self) -> bool:
        return self._is_sqlite

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a transaction that only reads; all its answers are of one moment."""
        with self._explained(), Session(self._engine) as session:
            session.connection().exec_driver_sql(self._begin_read)
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a transaction that commits at the end, or rolls back if anything raises.

        On SQLite it takes the write lock at once: a lock taken half-way could not wait.
        On PostgreSQL it is ended where we say nothing for `write_idle_s`: others wait for it.
        """
        with (
            self._explained(),
            Session(self._engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            session.connection().exec_driver_sql(self._begin_write)
            yield session

    def check(self) -> None:
        """Raise BadSettings if the database does not answer."""
        try:
            with self._engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except OperationalError as error:
            address = self._engine.url.render_as_string(hide_password=True)
            raise BadSettings(
                f"no database answers at {address}; start it or set MASKWATCH_DATABASE_URL"
            ) from error

    def has_table(self, name: str) -> bool:
        """Say whether a table is there: it is not in a database of an earlier release."""
        with self._explained():
            return inspect(self._engine).has_table(name)

    def checkpoint(self) -> None:
        """Bring SQLite's write-ahead log into the file, and empty it.

        What was deleted is then in neither. A reader that is busy for 10 s keeps it.
        """
        if self._is_sqlite:
            with self._explained(), self._engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def vacuum(self, pages: int) -> None:
        """Cut free pages off SQLite's file, in one transaction."""
        if self._is_sqlite:
            with self._explained(), self._engine.connect() as connection:
                # A script is stepped to its end; `execute` would free one page.
                script = f"PRAGMA incremental_vacuum({pages})"
                connection.connection.cursor().executescript(script)

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Raise DatabaseAway where the server is gone, locked for too long, or broken."""
        try:
            yield
        except (DBAPIError, sqlite3.OperationalError) as error:
            if not _is_away(error):
                raise
            address = self._engine.url.render_as_string(hide_password=True)
            reason = getattr(error, "orig", error)
            raise DatabaseAway(f"the database at {address} does not answer: {reason}") from error


def _is_away(error: DBAPIError | sqlite3.OperationalError) -> bool:
    """Tell a server that is gone, or ended our connection, from a statement that is wrong."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | InterfaceError | sqlite3.OperationalError)


def make_engine(url: str) -> Engine:
    """Make an engine; for SQLite the folder of the file is made too."""
    is_sqlite = url.startswith("sqlite")
    connects = {} if is_sqlite else _POSTGRES_CONNECTS
    engine = create_engine(url, pool_pre_ping=not is_sqlite, connect_args=connects)
    if engine.dialect.name == "sqlite":
        if engine.url.database:
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        event.listen(engine, "connect", _prepare_sqlite)
    else:
        event.listen(engine, "connect", _prepare_postgres)
    return engine


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as whole microseconds since 1970.

    SQLite has no time type; an integer sorts and compares alike on both servers.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else from_microseconds(value)


def utc_now() -> datetime:
    return datetime.now(UTC)


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    # Transactions are begun by us (BEGIN IMMEDIATE), not by the driver's guess.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000}")
    # Before WAL, which makes the first page: later it would ask for a new copy of the file.
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    connection.execute("PRAGMA journal_mode = WAL")
    # What was deleted must not be found in the file's free pages.
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _prepare_postgres(connection: Any, _: object) -> None:
    # Compiling a question to machine code took PostgreSQL as long as answering it: sums over
    # 400,000 rollups of a minute took 190 ms of CPU with it, 97 ms without.
    connection.autocommit = True
    connection.execute("SET jit = off")
    # Sums over as many rows fit into memory, and give few: so they may be shared between cores.
    connection.execute("SET work_mem = '32MB'")
    connection.execute("SET parallel_tuple_cost = 0.01")
    connection.autocommit = False
