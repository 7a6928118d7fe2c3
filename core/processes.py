"""What every process of ours does: end with its supervisor, stop when asked."""

import ctypes
import os
import signal
import sys
import threading
from pathlib import Path

SUPERVISED = "MASKWATCH_SUPERVISED"
"""Set to 1 in the environment of the supervisor's children."""

_PR_SET_PDEATHSIG = 1  # Linux, prctl(2)
_LIBC = ctypes.CDLL(None, use_errno=True)
"""Opened here: between fork and exec as little as possible must be done."""

_CLI = Path(__file__).resolve().parent.parent / "cli.py"


def own_command(*arguments: str) -> list[str]:
    """The command line of `maskwatch ARGUMENTS` with this Python."""
    return [sys.executable, str(_CLI), *arguments]


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """Have the kernel send us a signal when the supervisor dies, however it dies.

    Does nothing outside a supervisor. Survives exec, so a wrapper may call it
    for a program that is not ours.
    """
    if SUPERVISED in os.environ:
        bind_to_parent(number)


def bind_to_parent(number: int = signal.SIGKILL) -> None:
    """Have the kernel send us a signal when the thread that started us ends. Survives exec."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, number)


class Stop:
    """Says whether the process was asked to stop, and lets loops wait on it."""

    def __init__(self) -> None:
        self._event = threading.Event()

    @property
    def is_set(self) -> bool:
        return self._event.is_set()

    def set(self) -> None:
        self._event.set()

    def wait(self, timeout_s: float) -> bool:
        """Wait at most timeout_s; True if asked to stop."""
        return self._event.wait(timeout_s)


def stop_on_signals() -> Stop:
    """Turn SIGINT and SIGTERM into a Stop. Call from the main thread."""
    stop = Stop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
