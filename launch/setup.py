"""Make the environment in .venv, from lock files, step by step.

Every step remembers the fingerprint of what it was made from, so that a call
does only what is new, and an interrupted set-up goes on where it stopped.
Standard library only: this runs before any package is there.
"""

import fcntl
import importlib.util
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from launch.browser_libraries import BROWSER_LISTS, TOOLS, VENDOR, fetch_browser_libraries
from launch.programs import ROOT, SetupFailed, run_program

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
DESKTOP = VENV / "desktop"
"""The desktop build of OpenCV, used by `watch` alone."""
REQUIREMENTS = ROOT / "requirements"
STAMP = VENV / "maskwatch.json"
"""Each finished step and its fingerprint."""
LOCK = ROOT / "maskwatch"
"""Set-up locks the launcher file itself, so that no file is left behind."""

FREE_BYTES_MIN = 4 * 1024**3
"""What the packages need (3.0 GB measured) and some air; asked before they are installed."""


@dataclass(frozen=True)
class Step:
    """One part of the set-up.

    fingerprint changes when the step must be done again; made is what it leaves
    behind, so that a removed folder is made again.
    """

    name: str
    fingerprint: Callable[[], str]
    made: Path
    do: Callable[[], None]


def steps_for(arguments: Sequence[str], *, has_display: bool) -> list[Step]:
    """List the steps that a command needs; `test` and a window need one more."""
    steps = [
        Step("Python environment in .venv", _base_python, PYTHON, make_environment),
        Step("installer (uv)", lambda: _hash("uv.txt"), VENV / "bin" / "uv", install_uv),
        _packages("packages (about 3 GB on disk)", "run.txt"),
        _browser("browser libraries", with_tools=False),
        Step("face detector and demo pictures", _assets, VENV / "assets", fetch_assets),
    ]
    command = arguments[0] if arguments else ""
    if command == "test":
        steps.append(_packages("packages for testing", "test.txt"))
        steps.append(_browser("browser libraries for testing", with_tools=True))
    if command == "watch" and has_display and "--no-window" not in arguments:
        steps.append(
            Step("OpenCV with windows", lambda: _hash("desktop.txt"), DESKTOP, install_desktop)
        )
    return steps


def prepare(steps: Sequence[Step], stamp: Path = STAMP, lock: Path = LOCK) -> None:
    """Do the steps that are not done, one caller at a time. Raises SetupFailed."""
    if all(_is_done(step, stamp) for step in steps):
        return
    started = time.monotonic()
    with _one_at_a_time(lock):
        for number, step in enumerate(steps, 1):
            # Asked again: another call may have done it while we waited.
            if not _is_done(step, stamp):
                _say(f"{number}/{len(steps)} {step.name} ...")
                step.do()
                _remember(step, stamp)
    _say(f"set-up finished in {time.monotonic() - started:.0f} s")


def make_environment() -> None:
    """Make an empty .venv of the running Python. Raises SetupFailed."""
    if not importlib.util.find_spec("ensurepip") or not importlib.util.find_spec("venv"):
        raise SetupFailed(
            f"this Python ({sys.executable}) cannot make virtual environments, its ensurepip "
            "module is missing; on Debian and Ubuntu: apt-get install python3-venv"
        )
    check_space(ROOT)
    run_program([sys.executable, "-m", "venv", "--clear", str(VENV)])


def check_space(folder: Path, needed_bytes: int = FREE_BYTES_MIN) -> None:
    """Raise SetupFailed where the packages would not fit."""
    free = shutil.disk_usage(folder).free
    if free < needed_bytes:
        raise SetupFailed(
            f"{folder} has {free / 1e9:.1f} GB free; set-up needs {needed_bytes / 1e9:.0f} GB, "
            "make room and run the same command again"
        )


def install_uv() -> None:
    """Install uv by the environment's own pip: it takes the rest in seconds."""
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    locked = ["--require-hashes", "--only-binary", ":all:", "-r", str(REQUIREMENTS / "uv.txt")]
    run_program([*pip, *locked])


def install(lock: str, *options: str) -> None:
    """Install what a lock file names, hashes checked, into the environment."""
    # Compiled now, in parallel: the first start would do it one file after another, and where
    # Python is told to write no byte code every start would.
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "--compile-bytecode", "--python", str(PYTHON)]
    run_program([*uv, *options, "--require-hashes", "-r", str(REQUIREMENTS / lock)])


def install_browser_libraries(*, with_tools: bool) -> None:
    """Fetch the browser libraries, by the system's npm or one from the package index."""
    if not shutil.which("npm"):
        install("node.txt")
    fetch_browser_libraries(VENV, with_tools=with_tools)


def fetch_assets() -> None:
    run_program([str(PYTHON), "-m", "models.assets"])


def install_desktop() -> None:
    """Install OpenCV with windows into a folder of its own; only `watch` looks there."""
    install("desktop.txt", "--target", str(DESKTOP), "--no-deps")


def _packages(name: str, lock: str) -> Step:
    return Step(name, lambda: _hash(lock), PYTHON, lambda: install(lock))


def _browser(name: str, *, with_tools: bool) -> Step:
    return Step(
        name,
        lambda: _hash_files(BROWSER_LISTS),
        TOOLS if with_tools else VENDOR,
        lambda: install_browser_libraries(with_tools=with_tools),
    )


def _is_done(step: Step, stamp: Path) -> bool:
    return step.made.exists() and _finished(stamp).get(step.name) == step.fingerprint()


def _remember(step: Step, stamp: Path) -> None:
    """Write the step down, whole or not at all: a set-up may be killed at any moment."""
    steps = _finished(stamp) | {step.name: step.fingerprint()}
    unfinished = stamp.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(steps, indent=1))
    unfinished.replace(stamp)


def _finished(stamp: Path) -> dict[str, str]:
    """Read the fingerprints of the finished steps; none where the file is missing or broken."""
    try:
        steps = json.loads(stamp.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return {str(name): str(fingerprint) for name, fingerprint in steps.items()}


def _base_python() -> str:
    """Name the Python that .venv stands on, and where it stands.

    It cannot be moved, and a system upgrade takes its Python away.
    """
    return f"{ROOT} on {PYTHON.resolve() if PYTHON.exists() else 'no Python'}"


def _assets() -> str:
    return _hash_files([REQUIREMENTS / "assets.txt", ROOT / "core" / "assets.py"])


def _hash(lock: str) -> str:
    return _hash_files([REQUIREMENTS / lock])


def _hash_files(paths: Sequence[Path]) -> str:
    return sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


@contextmanager
def _one_at_a_time(lock: Path) -> Iterator[None]:
    """Hold the lock. Programs that set-up starts inherit it.

    So a killed launcher's installer ends before the next one begins.
    """
    descriptor = os.open(lock, os.O_RDONLY)
    os.set_inheritable(descriptor, True)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("another call is setting up; waiting for it ...")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
