"""Free ports for the servers that the tests start."""

import itertools
import os
import socket
from contextlib import suppress

_FIRST, _COUNT = 20_000, 12_000
"""Below those that Linux gives to whoever asks for any port (from 32768)."""
_numbers = itertools.count(os.getpid() * 37)


def free_port() -> int:
    """Find a port that nobody has, and that no other process of tests is about to take.

    One that the kernel picks may be picked again before a server of ours listens on it.
    """
    for number in itertools.islice(_numbers, _COUNT):
        port = _FIRST + number % _COUNT
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("all ports for tests are taken")
