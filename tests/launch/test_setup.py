"""The set-up does what is new, once, and goes on where it stopped."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from launch.programs import SetupFailed
from launch.setup import Step, check_space, prepare, steps_for


class Recording:
    """A step that notes that it was done."""

    def __init__(self, folder: Path, name: str, fingerprint: str = "1") -> None:
        self.made = folder / name
        self.done = 0
        self.step = Step(name, lambda: fingerprint, self.made, self._do)

    def _do(self) -> None:
        self.done += 1
        self.made.touch()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "lock"
    path.touch()
    return path


def test_it_does_each_step_once(tmp_path: Path, lock: Path) -> None:
    first, second = Recording(tmp_path, "first"), Recording(tmp_path, "second")
    for _ in range(2):
        prepare([first.step, second.step], tmp_path / "stamp.json", lock)
    assert (first.done, second.done) == (1, 1)


def test_it_says_how_far_it_is(
    tmp_path: Path, lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = [Recording(tmp_path, "first").step, Recording(tmp_path, "second").step]
    prepare(steps, tmp_path / "stamp.json", lock)
    said = capsys.readouterr()
    assert said.err.splitlines()[:2] == ["1/2 first ...", "2/2 second ..."]
    assert said.out == ""


def test_a_finished_setup_says_nothing(
    tmp_path: Path, lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    step = Recording(tmp_path, "first").step
    prepare([step], tmp_path / "stamp.json", lock)
    capsys.readouterr()
    prepare([step], tmp_path / "stamp.json", lock)
    assert capsys.readouterr().err == ""


def test_a_changed_lock_file_repeats_its_step_alone(tmp_path: Path, lock: Path) -> None:
    stamp = tmp_path / "stamp.json"
    other = Recording(tmp_path, "other")
    prepare([Recording(tmp_path, "packages", "old").step, other.step], stamp, lock)
    changed = Recording(tmp_path, "packages", "new")
    prepare([changed.step, other.step], stamp, lock)
    assert (changed.done, other.done) == (1, 1)


def test_what_was_removed_is_made_again(tmp_path: Path, lock: Path) -> None:
    step = Recording(tmp_path, "libraries")
    prepare([step.step], tmp_path / "stamp.json", lock)
    step.made.unlink()
    prepare([step.step], tmp_path / "stamp.json", lock)
    assert step.done == 2


def test_a_broken_stamp_begins_anew(tmp_path: Path, lock: Path) -> None:
    step = Recording(tmp_path, "first")
    stamp = tmp_path / "stamp.json"
    stamp.write_text('{"first": ')
    prepare([step.step], stamp, lock)
    assert step.done == 1


def test_it_goes_on_at_the_step_that_failed(tmp_path: Path, lock: Path) -> None:
    def fail() -> None:
        raise SetupFailed("no network")

    first, stamp = Recording(tmp_path, "first"), tmp_path / "stamp.json"
    broken = Step("second", lambda: "1", tmp_path / "second", fail)
    with pytest.raises(SetupFailed, match="no network"):
        prepare([first.step, broken], stamp, lock)
    second = Recording(tmp_path, "second")
    prepare([first.step, second.step], stamp, lock)
    assert (first.done, second.done) == (1, 1)


def test_a_second_caller_waits_and_finds_the_work_done(tmp_path: Path, lock: Path) -> None:
    program = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from pathlib import Path
from launch.setup import Step, prepare
folder = Path({str(tmp_path)!r})
def do():
    with (folder / "made").open("a") as made: made.write("x")
prepare([Step("one", lambda: "1", folder / "made", do)], folder / "stamp.json", folder / "lock")
"""
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        callers = [
            subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        said = [caller.stderr.readline() if caller.stderr else "" for caller in callers]
    rest = [caller.communicate(timeout=120) for caller in callers]
    assert said == ["another call is setting up; waiting for it ...\n"] * 2
    assert (tmp_path / "made").read_text() == "x", rest


@pytest.mark.parametrize(
    ("arguments", "display", "extra"),
    [
        pytest.param([], False, [], id="no command"),
        pytest.param(["up", "--demo"], True, [], id="up"),
        pytest.param(
            ["test", "-k", "x"],
            False,
            ["packages for testing", "browser libraries for testing"],
            id="test",
        ),
        pytest.param(["watch", "0"], True, ["OpenCV with windows"], id="watch with a display"),
        pytest.param(["watch", "0"], False, [], id="watch without a display"),
        pytest.param(["watch", "0", "--no-window"], True, [], id="watch without a window"),
    ],
)
def test_it_installs_what_the_command_needs(
    arguments: list[str], display: bool, extra: list[str]
) -> None:
    names = [step.name for step in steps_for(arguments, has_display=display)]
    assert names[:2] == ["Python environment in .venv", "installer (uv)"]
    assert names[5:] == extra


def test_a_disk_that_is_too_small_is_said_before_anything_is_installed(tmp_path: Path) -> None:
    with pytest.raises(SetupFailed, match=r"GB free; set-up needs 1000000000 GB, make room"):
        check_space(tmp_path, needed_bytes=10**18)


def test_every_lock_file_names_hashes() -> None:
    folder = Path(__file__).parents[2] / "requirements"
    for lock in folder.glob("*.txt"):
        lines = [line for line in lock.read_text().splitlines() if line and line[0] not in " #"]
        assert lines, lock
        assert all("==" in line and line.endswith("\\") for line in lines), lock


def test_the_launcher_asks_the_system_for_nothing_but_python() -> None:
    """The set-up runs before any package is there: standard library only."""
    program = "import launch.bootstrap, sys; print(*sorted(sys.modules))"
    modules = subprocess.run(
        [sys.executable, "-S", "-c", program],
        cwd=Path(__file__).parents[2],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    ours = {name.partition(".")[0] for name in modules} - set(sys.stdlib_module_names)
    assert ours == {"launch", "__main__"}
