"""TensorFlow comes without its greetings, and its faults are not swallowed."""

import os
import subprocess
import sys

import pytest

from core.errors import BadSettings
from models.runtimes import quiet


def test_its_import_says_nothing() -> None:
    program = "from models.runtimes.quiet import need_tensorflow; need_tensorflow('a test')"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert (ended.stdout, ended.stderr) == (b"", b"")


def test_where_it_is_missing_it_is_said_what_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiet, "find_spec", lambda name: None)
    with pytest.raises(BadSettings, match="training needs TensorFlow"):
        quiet.need_tensorflow("training")


def test_what_was_said_before_a_fault_is_shown(capfd: pytest.CaptureFixture[str]) -> None:
    def import_a_broken_library() -> None:
        with quiet._standard_error_held_back():
            os.write(2, b"a library is broken\n")
            raise ImportError

    with pytest.raises(ImportError):
        import_a_broken_library()
    assert "a library is broken" in capfd.readouterr().err
