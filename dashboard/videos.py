"""Look at videos that were sent, before a job is made for them.

libav opens them in a process of its own: this room does not decode videos, and a file
that brings libav down must not bring the dashboard down.
"""

import json
import subprocess
import sys
from http import HTTPStatus
from pathlib import Path

from core.settings import Settings
from dashboard.problems import Fault, Refused

TIMEOUT_S = 30.0

_CLI = Path(__file__).resolve().parent.parent / "cli.py"


def look_at_video(settings: Settings, path: Path) -> float:
    """Open a video, and give the seconds that it plays; 0 where it does not say.

    Raises Refused if no picture in it can be decoded.
    """
    command = [sys.executable, str(_CLI), "backfill", str(path), "--check", "--json"]
    command += ["--camera=0", "--start=2000-01-01T00:00:00Z", "--data", str(settings.data)]
    try:
        looked = subprocess.run(  # noqa: S603  # our own words
            command, capture_output=True, text=True, timeout=TIMEOUT_S, check=True
        )
    except subprocess.TimeoutExpired as error:
        raise _refused("the video takes too long to open; expected an ordinary file") from error
    except subprocess.CalledProcessError as error:
        lines = str(error.stderr).strip().splitlines() or ["it cannot be opened"]
        raise _refused(lines[-1].removeprefix("Error: ").replace(path.name, "the file")) from error
    facts = json.loads(looked.stdout)
    return float(facts["duration_s"] or 0)


def _refused(expected: str) -> Refused:
    fault = Fault(parameter="video", expected=expected)
    return Refused(HTTPStatus.UNPROCESSABLE_ENTITY, expected, [fault])
