"""What `./maskwatch test` runs: format, lint, types, tests."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_BIN = Path(sys.executable).parent
_ALONE = ("tests/end_to_end",)
"""Tests of the whole system, which fills a machine by itself."""
_SIDE_BY_SIDE_MAX = 4


def list_checks(pytest_arguments: Sequence[str]) -> list[list[str]]:
    """List the commands, the quickest first and the tests last.

    All tests run side by side, file by file, and after them those of the whole system;
    tests that are asked for run one after another.
    """
    ruff = str(_BIN / "ruff")
    return [
        [ruff, "format", "--check", "."],
        [ruff, "check", "."],
        [sys.executable, "-m", "mypy", "."],
        *([sys.executable, "-m", "pytest", *arguments] for arguments in _split(pytest_arguments)),
    ]


def _split(pytest_arguments: Sequence[str]) -> list[Sequence[str]]:
    if pytest_arguments:
        return [pytest_arguments]
    at_once = min(os.cpu_count() or 1, _SIDE_BY_SIDE_MAX)
    left_out = [f"--ignore={folder}" for folder in _ALONE]
    # In the order of their names: the few slow tests of `tests/kills` must not come last.
    side_by_side = ["-n", str(at_once), "--dist", "loadfile", "--no-loadscope-reorder"]
    return [[*side_by_side, *left_out], _ALONE]


def run_checks(pytest_arguments: Sequence[str]) -> int:
    """Run every check, also after one that failed; 0 if all passed."""
    failed = [command for command in list_checks(pytest_arguments) if _run(command) != 0]
    for command in failed:
        print(f"failed: {_name(command)}", file=sys.stderr)
    return 1 if failed else 0


def _run(command: Sequence[str]) -> int:
    print(f"--- {_name(command)}", flush=True)
    return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603  # our own words


def _name(command: Sequence[str]) -> str:
    return " ".join(Path(part).name if part.startswith("/") else part for part in command)
