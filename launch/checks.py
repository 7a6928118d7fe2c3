"""What `./maskwatch test` runs: format, lint, types, tests."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_BIN = Path(sys.executable).parent


def list_checks(pytest_arguments: Sequence[str]) -> list[list[str]]:
    """List the commands, the quickest first and the tests last."""
    ruff = str(_BIN / "ruff")
    return [
        [ruff, "format", "--check", "."],
        [ruff, "check", "."],
        [sys.executable, "-m", "mypy", "."],
        [sys.executable, "-m", "pytest", *pytest_arguments],
    ]


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
