"""A process that is bound to its parent ends with it, however that ends."""

import signal
import subprocess
import sys

import psutil

PARENT = """
import subprocess, sys, time
from core.processes import bind_to_parent
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(99)"],
                         preexec_fn=bind_to_parent, process_group=0)
print(child.pid, flush=True)
time.sleep(99)
"""


def test_a_bound_child_dies_with_a_parent_that_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))

    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()

    psutil.wait_procs([child], timeout=60)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
