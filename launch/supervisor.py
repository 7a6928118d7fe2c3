"""Keep programs running: restart what dies, with growing pauses; stop all in order.

A small supervisor of our own. The package of that name was measured with six idle
children: 1.0 s until the first was started, 4.1 s to stop them in order (its loop
turns once a second), pauses that grow without end, and one process more that may
die. This one is the process that the user started.
"""

import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic, sleep

from core.processes import SUPERVISED, die_with_parent
from launch.child_logs import open_log, read_last_words, rotate_log

POLL_S = 0.1
"""How often the children are looked at."""
_PAUSE_FIRST_S = 0.5
_PAUSE_MAX_S = 30.0
_STEADY_S = 60.0
"""A program that ran this long has recovered: its next pause is the first again."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program to keep running.

    Stages stop one after another, 0 first; patience_s is what a program gets
    between being asked to stop and being killed. death_signal is what the kernel
    sends it if the supervisor is killed: our processes may be killed at any
    moment, and asked to stop they would wait for a Redis that is gone as well.
    """

    name: str
    command: Sequence[str]
    log: Path
    stop_stage: int
    patience_s: float = 3.0
    death_signal: int = signal.SIGKILL


class Supervisor:
    """Runs programs as children that the kernel ends if this process dies.

    say is told what an operator wants to know. held_open: descriptors that every
    child holds too, such as the lock of the data folder. To be used by a process
    of one thread: the children are bound to it between fork and exec.
    """

    def __init__(self, say: Callable[[str], None], held_open: Sequence[int] = ()) -> None:
        self._say = say
        self._held_open = held_open
        self._children: list[_Child] = []

    def add(self, program: Program) -> None:
        """Start a program and keep it running from now on."""
        child = _Child(program)
        self._children.append(child)
        self._start(child, monotonic())

    def pid(self, name: str) -> int | None:
        """Find the process of a program; None while it pauses before its next start."""
        return next(
            (c.process.pid for c in self._children if c.program.name == name and c.process), None
        )

    def step(self, now_s: float) -> None:
        """Note who died, start what is due, keep the logs small. now_s: monotonic clock."""
        for child in self._children:
            if child.process and _has_ended(child.process):
                self._note_death(child, child.process, now_s)
            elif not child.process and now_s >= child.restart_at_s:
                self._start(child, now_s)
            rotate_log(child.program.log)

    def stop(self) -> None:
        """Stop every child, stage by stage; kill what outlasts its patience."""
        for stage in sorted({child.program.stop_stage for child in self._children}):
            running = [
                (child.process, child.program.patience_s)
                for child in self._children
                if child.process and child.program.stop_stage == stage
            ]
            for process, _ in running:
                process.terminate()
            asked_at_s = monotonic()
            for process, patience_s in running:
                _wait(process, asked_at_s + patience_s)
                _end_group(process)
        self._children.clear()

    def _start(self, child: "_Child", now_s: float) -> None:
        program = child.program
        with open_log(program.log) as log:
            child.process = subprocess.Popen(  # noqa: S603  # our own words
                program.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, SUPERVISED: "1"},
                pass_fds=self._held_open,
                # Ctrl-C reaches the whole foreground group; the children stop in our order.
                process_group=0,
                preexec_fn=partial(_bind_to_parent, program.death_signal),
            )
        child.started_at_s = now_s

    def _note_death(self, child: "_Child", process: subprocess.Popen[bytes], now_s: float) -> None:
        status = _end_group(process)
        child.process = None
        is_steady = now_s - child.started_at_s >= _STEADY_S
        child.failures = 1 if is_steady else child.failures + 1
        pause_s = pause_before_restart(child.failures)
        child.restart_at_s = now_s + pause_s
        last_words = read_last_words(child.program.log) if status > 0 else ""
        self._say(
            f"{child.program.name} {describe_status(status)}; "
            f"starting it again in {pause_s:g} s, its log is {child.program.log}{last_words}"
        )


def pause_before_restart(failures: int) -> float:
    """Double the pause with each failure in a row, from 0.5 s up to 30 s. failures: 1 or more."""
    # The exponent is bounded too: 2.0 ** 1024 overflows after a night of failures.
    return min(_PAUSE_MAX_S, _PAUSE_FIRST_S * 2.0 ** min(failures - 1, 16))


def describe_status(status: int) -> str:
    """Tell how a process ended, from Popen's return code."""
    if status < 0:
        return f"was killed ({signal.Signals(-status).name})"
    return f"ended with status {status}"


@dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    started_at_s: float = 0.0
    restart_at_s: float = 0.0
    failures: int = 0


def _bind_to_parent(death_signal: int) -> None:
    """Between fork and exec: a killed supervisor leaves no orphan, whatever the program."""
    os.environ[SUPERVISED] = "1"
    die_with_parent(death_signal)


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Look without reaping: until then its number, and its group's, belong to nobody else."""
    options = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, process.pid, options) is not None


def _wait(process: subprocess.Popen[bytes], until_s: float) -> None:
    while not _has_ended(process) and monotonic() < until_s:
        sleep(0.02)


def _end_group(process: subprocess.Popen[bytes]) -> int:
    """Kill what is left of a program and of the processes it started; its status."""
    os.killpg(process.pid, signal.SIGKILL)
    return process.wait()
