"""Copy an SQLite database while others use it, and put a copy back in its place."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from core.errors import BadBackup, DatabaseAway

PAGES_PER_STEP = 1000
"""4 MB between two looks at whether to stop."""
_LOCKED_WAIT_S = 0.05
_MARK_JUMP = 1_000_000
"""More transactions than recorders make while a copy is put in place."""

Share: TypeAlias = Callable[[float], None]
"""Is told which share of a copy is done, 0 to 1."""


def copy_database(source: Path, target: Path, tell: Share) -> None:
    """Copy a database that may be in use, as it is at this moment, to a new file.

    Writers go on meanwhile, and what they write is not in the copy.
    """
    with _explained(source), _opened(source) as old, _opened(target) as new:
        # A read that stays open holds the moment: without it, SQLite begins the copy
        # anew after each write of another process, and would never end.
        old.execute("BEGIN")
        old.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        old.backup(new, pages=PAGES_PER_STEP, progress=_told(tell))
        old.execute("ROLLBACK")


def replace_database(source: Path, target: Path, tell: Share) -> None:
    """Put what a copy holds into a database that may be in use, in one transaction.

    Readers see what was there until the end, and from then on the copy; writers wait.
    Killed half-way, it has changed nothing.
    """
    with _explained(target), _opened(source) as new, _opened(target) as old:
        new.backup(old, pages=PAGES_PER_STEP, progress=_told(tell), sleep=_LOCKED_WAIT_S)
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def check_integrity(file: Path) -> None:
    """Raise BadBackup unless a database is whole."""
    try:
        with _opened(file) as database:
            answers = [row[0] for row in database.execute("PRAGMA integrity_check(1)")]
    except sqlite3.DatabaseError as error:
        raise BadBackup(f"the copy of the database cannot be read: {error}") from error
    if answers != ["ok"]:
        raise BadBackup(f"the copy of the database is broken: {answers[0]}")


def read_revision(file: Path) -> str:
    """Read which migration a database is at. Raises BadBackup where it is none of ours."""
    try:
        with _opened(file) as database:
            row = database.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise BadBackup(f"{file.name} is no database of Maskwatch: {error}") from error
    return str(row[0]) if row else ""


def outdate_recorders(copy: Path, live: Path) -> None:
    """Let recorders find another mark in the copy than they hold, and read all anew.

    By the counter of their transactions, which is moved far beyond the live one's.
    """
    with _explained(live), _opened(live) as old, _opened(copy) as new:
        reached = old.execute("SELECT COALESCE(MAX(version), 0) FROM partitions").fetchone()[0]
        new.execute("UPDATE partitions SET version = MAX(version, ?) + ?", (reached, _MARK_JUMP))


def _told(tell: Share) -> Callable[[int, int, int], object]:
    def progress(_: int, remaining: int, total: int) -> None:
        tell(1 - remaining / total if total else 0.0)

    return progress


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(file, timeout=10, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = FULL")
        yield connection
    finally:
        connection.close()


@contextmanager
def _explained(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise DatabaseAway(f"the database {file} cannot be copied: {error}") from error
