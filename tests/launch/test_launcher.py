"""The launcher file finds a Python that is new enough, or says what to do."""

import ast
import importlib.util
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

LAUNCHER = Path(__file__).parents[2] / "maskwatch"


@pytest.fixture
def launcher() -> ModuleType:
    loader = SourceFileLoader("launcher", str(LAUNCHER))
    spec = importlib.util.spec_from_loader("launcher", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_an_old_python_can_read_it() -> None:
    ast.parse(LAUNCHER.read_text(), feature_version=(3, 6))


def test_it_is_executable() -> None:
    assert LAUNCHER.stat().st_mode & 0o111


def test_without_a_newer_python_it_says_what_to_install(
    launcher: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert launcher.use_newer_python() == 1
    said = capsys.readouterr().err
    assert "Python 3.11 or newer is needed" in said
    assert "apt-get install python3 python3-venv" in said


def test_it_passes_over_a_python_that_does_not_run(
    launcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = tmp_path / "python3.13"
    stand_in.write_text("#!/bin/sh\nexit 127\n")
    stand_in.chmod(0o755)
    assert not launcher.works(str(stand_in))
    assert launcher.works(sys.executable)


def test_it_hands_its_arguments_on_and_keeps_its_process(tmp_path: Path) -> None:
    """The command replaces the launcher, so a signal reaches it straight."""
    stand_in = tmp_path / "python3.13"
    stand_in.write_text('#!/bin/sh\n[ "$1" = -c ] && exit 0\necho $$ "$@"\n')
    stand_in.chmod(0o755)
    program = (
        "import sys; from importlib.machinery import SourceFileLoader as L\n"
        f"m = L('m', {str(LAUNCHER)!r}).load_module()\n"
        "m.use_newer_python()"
    )
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program, "up", "--port", "1"],
        env={"PATH": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as launched:
        said = launched.communicate(timeout=120)[0]
    assert said == f"{launched.pid} {LAUNCHER} up --port 1\n"
