"""Recorded videos that were sent and wait for their jobs: one file each, under a random name."""

import time
from contextlib import suppress
from pathlib import Path

COMING = "coming-"
"""How the names of files begin that are still being sent."""
COMING_MAX_S = 86_400.0
"""One that has grown no more for a day will not be finished."""
LOST_AFTER_S = 3600.0
"""One that no job asks for so long was left behind by a process that was killed."""


def sweep_uploads(folder: Path, in_use: frozenset[str]) -> int:
    """Remove what nobody needs any more; returns how many files went.

    in_use: names of the files that jobs have still to read.
    """
    removed = 0
    for path in folder.glob("*"):
        with suppress(FileNotFoundError):
            if path.name not in in_use and _is_left(path):
                path.unlink()
                removed += 1
    return removed


def _is_left(path: Path) -> bool:
    idle_s = time.time() - path.stat().st_mtime
    return idle_s > (COMING_MAX_S if path.name.startswith(COMING) else LOST_AFTER_S)
