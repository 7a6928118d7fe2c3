"""What the processes of this room know of each other."""

import os
import socket
import subprocess
import sys

from redis import Redis

from core.heartbeats import Heartbeat, beat
from tests.workers.scenes import NOON
from workers.run import count_recorders


def test_a_recorder_that_was_killed_here_does_not_count(redis: Redis) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for host, pid in (
        (socket.gethostname(), os.getpid()),
        (socket.gethostname(), gone.pid),
        ("elsewhere", gone.pid),
    ):
        beat(redis, Heartbeat("recorder", host, pid, NOON))

    assert count_recorders(redis) == 2
