"""Delete much without being in the way: pauses for other writers, space given back."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep

from core.jobs import Progress
from core.storage.engine import Database

PAUSE_MIN_S = 0.05
"""A writer who waits for SQLite's lock looks again at the latest after 0.1 s, at first sooner."""
VACUUM_PAGES = 1000
"""Given back in one transaction: 4 MB."""
FREE_SHARE_MAX = 0.1
"""Of the file; what is free below that is soon used again."""


@contextmanager
def breathing(database: Database) -> Iterator[None]:
    """Do one transaction; on SQLite then pause for as long as it took, or a little longer."""
    began_at_s = monotonic()
    yield
    if database.is_sqlite:
        sleep(max(PAUSE_MIN_S, monotonic() - began_at_s))


def give_space_back(database: Database, progress: Progress) -> int:
    """Make an SQLite file shorter by what is free in it, if that is much; returns bytes.

    PostgreSQL sees to that by itself (autovacuum). A file that was made before this
    was possible keeps its length, and uses again what is free.
    """
    if not database.is_sqlite:
        return 0
    freed = 0
    page_bytes, pages, free, mode = _measure(database)
    wanted = free if mode and free > pages * FREE_SHARE_MAX else 0
    while freed < wanted:
        progress.report(None, f"giving back {(wanted - freed) * page_bytes / 1e6:.0f} MB")
        with breathing(database):
            database.vacuum(VACUUM_PAGES)
        freed += VACUUM_PAGES
    if wanted:
        database.checkpoint()
    return wanted * page_bytes


def _measure(database: Database) -> tuple[int, int, int, int]:
    """Read bytes of a page, pages of the file, those that are free, and the vacuum's mode."""
    names = ("page_size", "page_count", "freelist_count", "auto_vacuum")
    with database.read() as session:
        connection = session.connection()
        size, count, free, mode = (
            int(connection.exec_driver_sql(f"PRAGMA {name}").scalar() or 0) for name in names
        )
    return size, count, free, mode
