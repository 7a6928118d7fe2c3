"""The supervisor restarts what dies, stops in order, and leaves no orphan."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from launch.supervisor import Program, Supervisor, describe_status, pause_before_restart
from tests.waiting import wait_for

ROOT = Path(__file__).parents[2]
HANG = "trap '' TERM; echo up; while :; do sleep 0.05; done"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(said: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(said.append)
    yield supervisor
    supervisor.stop()


def shell(folder: Path, name: str, script: str, stage: int = 0, patience_s: float = 30) -> Program:
    return Program(name, ["sh", "-c", script], folder / f"{name}.log", stage, patience_s)


def wait_until_said(log: Path, word: str) -> None:
    wait_for(f"{word!r} in {log}", lambda: word in log.read_text())


def step_until(supervisor: Supervisor, is_so: Callable[[], bool], now_s: float) -> None:
    """Let the supervisor look, at one moment of its clock, until it has seen it."""

    def step() -> bool:
        supervisor.step(now_s)
        return is_so()

    wait_for("a supervisor that has seen it", step)


def is_alive(pid: int) -> bool:
    """Tell whether it runs; a zombie that nobody reaped yet has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_it_restarts_what_was_killed_after_a_pause(
    supervisor: Supervisor, said: list[str], tmp_path: Path
) -> None:
    supervisor.add(shell(tmp_path, "worker 1", "exec sleep 60"))
    first = supervisor.pid("worker 1")
    assert first
    os.kill(first, signal.SIGKILL)
    step_until(supervisor, lambda: supervisor.pid("worker 1") is None, now_s=100.0)
    supervisor.step(100.4)
    assert supervisor.pid("worker 1") is None
    supervisor.step(100.6)
    assert supervisor.pid("worker 1") not in (None, first)
    assert said == [
        "worker 1 was killed (SIGKILL); starting it again in 0.5 s, "
        f"its log is {tmp_path / 'worker 1.log'}"
    ]


def test_pauses_grow_while_it_keeps_dying_and_begin_anew_once_it_is_steady(
    supervisor: Supervisor, said: list[str], tmp_path: Path
) -> None:
    def die(now_s: float) -> None:
        pid = supervisor.pid("x")
        assert pid
        os.kill(pid, signal.SIGKILL)
        step_until(supervisor, lambda: supervisor.pid("x") is None, now_s)

    supervisor.add(shell(tmp_path, "x", "exec sleep 60"))
    start_s = monotonic()
    for after_s in (1.0, 3.0):
        die(start_s + after_s)
        supervisor.step(start_s + after_s + 1.5)
    die(start_s + 100)
    assert [text.split(" in ")[1].split(" s,")[0] for text in said] == ["0.5", "1", "0.5"]


def test_a_program_that_cannot_start_is_tried_again(
    supervisor: Supervisor, said: list[str], tmp_path: Path
) -> None:
    supervisor.add(shell(tmp_path, "x", "echo Error: no key; exit 3"))
    step_until(supervisor, lambda: len(said) == 1, now_s=100.0)
    step_until(supervisor, lambda: len(said) == 2, now_s=101.0)
    assert said[0].startswith("x ended with status 3; starting it again in 0.5 s")
    assert said[0].endswith("\n  Error: no key")


@pytest.mark.parametrize(
    ("failures", "pause_s"),
    [
        pytest.param(1, 0.5, id="first"),
        pytest.param(2, 1.0, id="second"),
        pytest.param(6, 16.0, id="sixth"),
        pytest.param(7, 30.0, id="bounded"),
        pytest.param(100_000, 30.0, id="after a night"),
    ],
)
def test_the_pause_doubles_up_to_half_a_minute(failures: int, pause_s: float) -> None:
    assert pause_before_restart(failures) == pause_s


def test_a_status_is_said_in_words() -> None:
    assert describe_status(-9) == "was killed (SIGKILL)"
    assert describe_status(1) == "ended with status 1"


def test_it_stops_stage_by_stage(supervisor: Supervisor, tmp_path: Path) -> None:
    order = tmp_path / "order"
    for stage, name in enumerate(["dashboard", "worker", "valkey"]):
        script = (
            f"trap 'sleep 0.1; echo {name} >> {order}; exit 0' TERM; "
            "echo up; while :; do sleep 0.05; done"
        )
        supervisor.add(shell(tmp_path, name, script, stage=stage))
        wait_until_said(tmp_path / f"{name}.log", "up")
    supervisor.stop()
    assert order.read_text().split() == ["dashboard", "worker", "valkey"]


def test_what_hangs_is_killed_when_its_patience_is_over(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    supervisor.add(shell(tmp_path, "x", HANG, patience_s=0.2))
    wait_until_said(tmp_path / "x.log", "up")
    pid = supervisor.pid("x")
    supervisor.stop()
    assert pid
    assert not is_alive(pid)


def test_children_of_a_killed_program_end_with_it(supervisor: Supervisor, tmp_path: Path) -> None:
    """Else the old half of a web server would hold the port against the new one."""
    supervisor.add(shell(tmp_path, "x", "sleep 60 & echo $!; wait"))
    log = tmp_path / "x.log"
    wait_until_said(log, "\n")
    grandchild, pid = int(log.read_text()), supervisor.pid("x")
    assert pid
    os.kill(pid, signal.SIGKILL)
    step_until(supervisor, lambda: not is_alive(grandchild), now_s=100.0)


def test_children_hold_the_descriptors_they_are_given(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as held:
        supervisor = Supervisor(print, held_open=[held.fileno()])
        supervisor.add(shell(tmp_path, "x", f"readlink /proc/self/fd/{held.fileno()}; sleep 60"))
        wait_until_said(tmp_path / "x.log", "lock")
        supervisor.stop()


SUPERVISE = """
import signal, sys
from pathlib import Path
from time import monotonic
from core.processes import stop_on_signals
from launch.supervisor import Program, Supervisor
stop = stop_on_signals()
supervisor = Supervisor(print)
for name, number in (("first", signal.SIGKILL), ("second", signal.SIGTERM)):
    log = Path(sys.argv[1], name)
    supervisor.add(Program(name, ["sleep", "60"], log, 0, death_signal=number))
print(supervisor.pid("first"), supervisor.pid("second"), flush=True)
while not stop.wait(0.05):
    supervisor.step(monotonic())
supervisor.stop()
"""


@pytest.fixture
def supervising(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A process that supervises two programs of two process groups, and those."""
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
    ) as process:
        assert process.stdout
        children = [int(pid) for pid in process.stdout.readline().split()]
        assert len(children) == 2
        yield process, children
        process.kill()


def test_a_killed_supervisor_leaves_no_orphan(
    supervising: tuple[subprocess.Popen[str], list[int]],
) -> None:
    process, children = supervising
    process.kill()
    wait_for("the end of all", lambda: not any(is_alive(child) for child in children))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything_and_it_exits_with_0(
    supervising: tuple[subprocess.Popen[str], list[int]], number: signal.Signals
) -> None:
    process, children = supervising
    os.killpg(process.pid, number)
    assert process.wait(timeout=60) == 0
    assert not any(is_alive(child) for child in children)


def test_ctrl_c_does_not_reach_the_children_by_itself(
    supervising: tuple[subprocess.Popen[str], list[int]],
) -> None:
    process, children = supervising
    assert {os.getpgid(child) for child in children} == set(children)
    assert process.pid not in children
