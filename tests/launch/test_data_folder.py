"""The data folder is its owner's alone, and one `up` uses it."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import BadSettings
from launch.data_folder import hold_data_folder, make_data_folder


@pytest.fixture(autouse=True)
def keep_umask() -> Iterator[None]:
    umask = os.umask(0o022)
    yield
    os.umask(umask)


def test_a_new_folder_is_its_owners_alone(tmp_path: Path) -> None:
    make_data_folder(tmp_path / "new" / "data")
    (tmp_path / "new" / "data" / "file").touch()
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "new").rglob("*")}
    assert modes == {"data": 0o700, "run": 0o700, "logs": 0o700, "file": 0o600}


def test_a_file_in_its_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(BadSettings, match=r"data cannot be used \(.*\); give another by --data"):
        make_data_folder(tmp_path / "data")


def test_a_second_up_on_the_folder_is_refused(tmp_path: Path) -> None:
    with (
        hold_data_folder(tmp_path),
        pytest.raises(BadSettings, match=rf"in use by another .* \(process {os.getpid()}\)"),
        hold_data_folder(tmp_path),
    ):
        pass


def test_it_can_be_held_again_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with hold_data_folder(tmp_path) as lock:
            assert os.pread(lock, 20, 0).decode() == str(os.getpid())


def test_it_waits_for_what_a_killed_up_has_left(tmp_path: Path) -> None:
    """The processes of a killed `up` hold its lock until the last has ended."""
    make_data_folder(tmp_path)
    with (tmp_path / "run" / "up.lock").open("w") as last:
        last.write("4194305")  # larger than any process id
        last.flush()
        fcntl.flock(last, fcntl.LOCK_EX)
        left = subprocess.Popen(["sleep", "0.5"], pass_fds=[last.fileno()])
    with hold_data_folder(tmp_path):
        assert left.poll() is not None or left.wait(timeout=60) == 0


def test_the_lock_is_not_inherited_by_chance(tmp_path: Path) -> None:
    with hold_data_folder(tmp_path) as lock:
        listed = subprocess.run(
            [sys.executable, "-c", "import os; print(*os.listdir('/proc/self/fd'))"],
            close_fds=False,
            capture_output=True,
            text=True,
            check=True,
        )
    assert str(lock) not in listed.stdout.split()
