"""Passwords of cameras stay out of logs, libav's own too, and of process lists."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.mjpeg_server import MjpegServer
from tests.rtsp_server import RtspServer

PASSWORD = "s3cr@t:w/o#rd"
SECRETS = ["s3cr", "w/o", "rd@", "%40t", "%2Fo"]

_OPEN_ALL = """
import logging, sys
from pathlib import Path
from core.logs import set_up_logs
from core.processes import Stop
from core.sources import parse_source
from ingest.capture import CameraCapture
from ingest.frame_steps import CapturePlan
from ingest.sources import open_source
from tests.ingest.fakes import FakeLive, FakeQueue

set_up_logs("DEBUG")
logging.getLogger().setLevel(1)
for url in sys.stdin.read().split():
    capture = CameraCapture(CapturePlan(1, url), FakeQueue(), FakeLive(), print, Path("/nowhere"))
    stop = Stop()
    stop.wait = lambda timeout_s: stop.set()
    capture.run(stop)
    try:
        next(iter(open_source(parse_source(url, Path("/nowhere")), timeout_s=2).frames()))
        logging.info("opened")
    except Exception:
        logging.exception("failed")
print(Path("/proc/self/cmdline").read_text())
"""


@pytest.fixture(scope="module")
def output() -> str:
    """All that a process says, at its most talkative, while it opens streams well and badly."""
    with (
        RtspServer("admin", PASSWORD, "basic", plays_once=True) as basic,
        RtspServer("admin", PASSWORD, "digest", plays_once=True) as digest,
        MjpegServer("admin", PASSWORD, files={"page": b"<html>"}) as http,
    ):
        urls = [
            basic.url(is_encoded=False),
            digest.url(is_encoded=False),
            digest.url("nowhere"),
            digest.url().replace("admin", "other"),
            http.url("page"),
            http.url("nowhere"),
            f"rtsp://admin:{PASSWORD}@127.0.0.1:1/live",
            f"rtsp://admin:{PASSWORD}@camera.invalid/live",
            f"rtsp://admin:{PASSWORD}@127.0.0.1:99999/live",
        ]
        done = subprocess.run(
            [sys.executable, "-c", _OPEN_ALL],
            input="\n".join(urls),
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[2],
            timeout=120,
            check=True,
        )
    return done.stdout + done.stderr


@pytest.mark.parametrize("secret", SECRETS)
def test_no_part_of_a_password_is_said(output: str, secret: str) -> None:
    assert secret not in output


@pytest.mark.parametrize(
    "expected",
    ["opened", "refuses the user name", "(404)", "refuses connections", "Traceback", "port 99999"],
)
def test_the_streams_were_opened_well_and_badly(output: str, expected: str) -> None:
    assert expected in output
