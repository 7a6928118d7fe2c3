"""The data folder: made for its owner alone, and used by one `up` at a time."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from core.errors import BadSettings

_LAST_RUN_ENDS_S = 12.0
"""The processes of a killed `up` are told by the kernel; the slowest has ended by then."""


@contextmanager
def hold_data_folder(folder: Path) -> Iterator[int]:
    """Make the folder where there is none and lock it; yields the lock's descriptor.

    Whoever inherits the descriptor holds the lock too: given to every process of
    the run, it keeps a second Valkey off files that the first still writes.
    Raises BadSettings where another `up` uses the folder.
    """
    make_data_folder(folder)
    lock = os.open(folder / "run" / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(lock, folder)
        os.truncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield lock
    finally:
        os.close(lock)


def make_data_folder(folder: Path) -> None:
    """Make the folder where there is none, and see that new files are their owner's alone.

    Sets the umask of this process and those it starts. Raises BadSettings.
    """
    os.umask(0o077)
    try:
        for part in (folder, folder / "run", folder / "logs"):
            part.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(folder / "run", os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise BadSettings(
            f"the data folder {folder} cannot be used ({error.strerror}); give another by --data"
        ) from error


def _take(lock: int, folder: Path) -> None:
    """Take the lock, waiting only for what a killed `up` has left to end."""
    give_up_at_s = monotonic() + _LAST_RUN_ENDS_S
    while not _try(lock):
        owner = os.pread(lock, 20, 0).decode()
        if _is_alive(owner) or monotonic() > give_up_at_s:
            raise BadSettings(
                f"{folder} is in use by another `maskwatch up` (process {owner or 'unknown'}); "
                "stop that one, or give another folder by --data"
            )
        sleep(0.1)


def _try(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_alive(pid: str) -> bool:
    return pid.isdigit() and Path("/proc", pid).exists()
