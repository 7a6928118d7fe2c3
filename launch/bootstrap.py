"""Bring the environment up to date, then become the command that was asked for.

Runs before any package is installed: standard library only, as all of
launch/setup.py.
"""

import os
import signal
import sys
from collections.abc import Sequence

from launch.display import has_display
from launch.programs import ROOT, SetupFailed
from launch.setup import DESKTOP, PYTHON, prepare, steps_for


def run(arguments: Sequence[str]) -> int:
    """Set up what the command needs, then exec it; returns only on failure.

    The command replaces this process, so that signals reach it straight and no
    launcher is left to die before it.
    """
    signal.signal(signal.SIGTERM, _stop_setup)
    try:
        prepare(steps_for(arguments, has_display=has_display(os.environ)))
    except SetupFailed as error:
        print(f"maskwatch: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("maskwatch: set-up interrupted; the next call goes on from here", file=sys.stderr)
        return 130
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    command = [str(PYTHON), str(ROOT / "cli.py"), *arguments]
    return os.execve(PYTHON, command, _environment(arguments))  # noqa: S606  # our own interpreter


def _environment(arguments: Sequence[str]) -> dict[str, str]:
    """Put the desktop build of OpenCV first where a window may be opened.

    Both builds are named cv2, so they cannot stand in one folder; the headless
    one serves everything else.
    """
    environment = dict(os.environ)
    if arguments[:1] == ["watch"] and DESKTOP.is_dir():
        rest = [environment["PYTHONPATH"]] if environment.get("PYTHONPATH") else []
        environment["PYTHONPATH"] = os.pathsep.join([str(DESKTOP), *rest])
    return environment


def _stop_setup(signal_number: int, frame: object) -> None:
    raise KeyboardInterrupt
