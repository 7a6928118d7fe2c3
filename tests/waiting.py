"""Wait for what nothing tells of, and for the end of threads."""

import threading
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

_PAUSE_MAX_S = 0.2

T = TypeVar("T")


def wait_for(what: str, look: Callable[[], T], timeout_s: float = 60.0) -> T:
    """Look again until something is found, and return it. Generous: machines are shared."""
    until_s, pause_s = time.monotonic() + timeout_s, 0.01
    while not (found := look()):
        assert time.monotonic() < until_s, f"{what}: not within {timeout_s:.0f} s"
        time.sleep(pause_s)
        pause_s = min(1.5 * pause_s, _PAUSE_MAX_S)
    return found


def join(threads: Iterable[threading.Thread], timeout_s: float = 60.0) -> None:
    """Wait for the end of threads that were asked to end."""
    for thread in threads:
        thread.join(timeout_s)
        assert not thread.is_alive(), f"{thread.name} does not end"
