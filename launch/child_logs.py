"""The log file of a supervised program: readable by its owner, and bounded."""

import os
import shutil
from pathlib import Path
from typing import BinaryIO

from core.logs import redact_urls

LOG_BYTES_MAX = 10_000_000
"""Then the log becomes NAME.log.1; so a program keeps at most twice this."""
_LAST_WORDS_BYTES = 2000


def open_log(path: Path) -> BinaryIO:
    """Open for appending, mode 0600."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")


def read_last_words(path: Path) -> str:
    """Read the last line of a log, on a line of its own; passwords taken out."""
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - _LAST_WORDS_BYTES))
        lines = log.read().decode(errors="replace").strip().splitlines()
    return f"\n  {redact_urls(lines[-1])}" if lines else ""


def rotate_log(path: Path, bytes_max: int = LOG_BYTES_MAX) -> None:
    """Copy a log that has grown too large aside and begin it anew.

    The program holds the file open for appending, so its next line begins the
    emptied file; what it writes during the copy may be lost.
    """
    if path.stat().st_size < bytes_max:
        return
    shutil.copyfile(path, path.with_name(path.name + ".1"))
    os.truncate(path, 0)
