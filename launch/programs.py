"""Run the programs of the set-up, show their lines, and explain how they failed."""

import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_TAIL_LINES = 40
_NO_NETWORK = (
    "dns error",
    "name resolution",
    "NameResolutionError",
    "NewConnectionError",
    "Network is unreachable",
    "error sending request",
    "Failed to fetch",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
)
"""What pip, uv and npm say when they reach no package index."""
_REASONS = (
    (("No space left on device", "ENOSPC"), "the disk is full; make room"),
    (
        ("DO NOT MATCH THE HASHES", "Hash mismatch", "EINTEGRITY"),
        "a package is not the one in the lock file; look at your package index, and do not use it",
    ),
    (
        _NO_NETWORK,
        "no package index can be reached; look at the network connection and the proxy",
    ),
    (
        ("Permission denied", "EACCES"),
        f"a file cannot be written; look at who owns {ROOT}",
    ),
)
"""The words of a failure, and what we say of it; the first that fits."""


class SetupFailed(Exception):
    """A step of the set-up went wrong; the message is fit for a user's eyes."""


def run_program(command: Sequence[str]) -> None:
    """Run a program to its end, showing what it says. Raises SetupFailed.

    Descriptors stay open for it: it holds the set-up lock with us.
    """
    tail: deque[str] = deque(maxlen=_TAIL_LINES)
    with subprocess.Popen(  # noqa: S603  # our own words
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        close_fds=False,
        text=True,
        errors="replace",
    ) as process:
        try:
            for line in process.stdout or ():
                tail.append(line)
                _show(line)
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        raise SetupFailed(explain(command, process.returncode, tail))


def explain(command: Sequence[str], status: int, lines: Sequence[str] | deque[str]) -> str:
    """Say what went wrong in one sentence, from what the program said last."""
    said = "".join(lines)
    for words, reason in _REASONS:
        if any(word in said for word in words):
            return f"set-up stopped: {reason}, then run the same command again"
    return (
        f"set-up stopped: `{' '.join(command)}` ended with status {status}, its last lines "
        "are above; the next call goes on from here"
    )


def _show(line: str) -> None:
    """Show a line, but for uv's list of every package that it installed."""
    if line.strip() and not line.startswith((" + ", " - ", " ~ ")):
        print(f"      {line.rstrip()}", file=sys.stderr, flush=True)
