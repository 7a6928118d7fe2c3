"""Programs of the set-up: their lines are shown, their failures explained."""

import subprocess
import sys
from pathlib import Path

import pytest

from launch.programs import SetupFailed, explain, run_program


def test_it_shows_what_the_program_says(capsys: pytest.CaptureFixture[str]) -> None:
    run_program([sys.executable, "-c", "print('Downloading numpy'); print(' + numpy==2.4')"])
    assert capsys.readouterr().err == "      Downloading numpy\n"


def test_a_failure_carries_the_reason() -> None:
    program = "import sys; print('error: No space left on device (os error 28)'); sys.exit(2)"
    with pytest.raises(SetupFailed, match="the disk is full; make room, then run the same"):
        run_program([sys.executable, "-c", program])


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        pytest.param(
            "error sending request for url: dns error: failed to lookup", "no package", id="uv"
        ),
        pytest.param(
            "NameResolutionError: Temporary failure in name resolution", "no package", id="pip"
        ),
        pytest.param("npm error code EAI_AGAIN", "no package", id="npm"),
        pytest.param("npm error code EINTEGRITY", "not the one in the lock file", id="npm hash"),
        pytest.param("Hash mismatch for `numpy`", "not the one in the lock file", id="uv hash"),
        pytest.param("[Errno 13] Permission denied: '/x'", "who owns", id="owner"),
        pytest.param("something new", "ended with status 2", id="anything else"),
    ],
)
def test_it_says_what_to_do(said: str, reason: str) -> None:
    sentence = explain(["uv", "pip"], 2, [said])
    assert reason in sentence
    assert "\n" not in sentence


def test_an_interrupted_setup_takes_its_program_along(tmp_path: Path) -> None:
    program = (
        "import signal; from launch.programs import run_program\n"
        "signal.signal(signal.SIGTERM, signal.default_int_handler)\n"
        "run_program(['sh', '-c', 'echo started; exec sleep 60'])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        stderr=subprocess.PIPE,
        text=True,
    ) as setup:
        assert setup.stderr
        assert setup.stderr.readline().strip() == "started"
        setup.terminate()
        # The program holds the pipe too: its end is the end of both.
        assert "KeyboardInterrupt" in setup.stderr.read()
