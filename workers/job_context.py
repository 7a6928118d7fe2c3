"""What a job's work is given: where to tell how far it has come, and who asked for it."""

import logging
import subprocess
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from queue import Empty, Queue
from threading import Event, Thread
from time import monotonic
from typing import Any

import msgspec
from pydantic import BaseModel

from core.errors import DatabaseAway, JobCancelled, JobFailed, JobStopped
from core.processes import Stop, bind_to_parent, own_command
from core.settings import Settings
from core.storage.audit import Actor
from core.storage.engine import Database, utc_now
from core.storage.job_runs import Claim, beat, note_progress
from core.storage.jobs import Job

logger = logging.getLogger(__name__)

REPORT_EVERY_S = 1.0
"""Between two writes of how far a job has come, however often it tells."""
BEAT_EVERY_S = 5.0
LOG_LINES_MAX = 500
LOG_LINE_LENGTH_MAX = 1000
LEFT_OUT = "(earlier lines are left out)"

_ENDS_WITHIN_S = 5.0
_LAST_WORDS = 20
_LINES_WAITING_MAX = 100


@dataclass(frozen=True, slots=True)
class Kind:
    """What jobs of one kind do.

    run: does the work and returns its result. Any run may be killed half-way and is
    then begun again: what was done before must do no harm. What it raises of ours
    becomes the job's message. timeout_s: a run that takes longer has failed.
    """

    parameters: type[BaseModel]
    run: "Callable[[Any, JobContext], BaseModel]"
    timeout_s: float = 6 * 3600.0


class JobContext:
    """Stands between a run and its row in SQL; is a `core.jobs.Progress`."""

    def __init__(self, settings: Settings, database: Database, job: Job, stop: Stop) -> None:
        self.settings = settings
        self.database = database
        self.claim = Claim(job.id, job.holder)
        self._job = job
        self._stop = stop
        self._log = deque(job.log.splitlines(), LOG_LINES_MAX)
        self._share: float | None = None
        self._message = ""
        self._told_at_s = float("-inf")

    @property
    def actor(self) -> Actor:
        """Who asked for the job."""
        return self._job.actor

    @property
    def log(self) -> str:
        return "".join(f"{line}\n" for line in self._log)

    def report(self, share: float | None, message: str) -> None:
        """Tell how far the run has come; written at most once a second.

        Raises JobStopped, and once a second JobCancelled and JobLost.
        """
        self._share, self._message = share, message
        self.check()

    def say(self, line: str) -> None:
        """Add a line to the job's log, with the time; the next report writes it."""
        if len(self._log) == LOG_LINES_MAX:
            self._log[0] = LEFT_OUT
            del self._log[1]
        text = f"{utc_now():%Y-%m-%d %H:%M:%S} {line}"
        self._log.append(text.replace("\n", " ")[:LOG_LINE_LENGTH_MAX])

    def check(self) -> None:
        """Raise JobInterrupted where the run must stop."""
        if self._stop.is_set:
            raise JobStopped("its process was stopped; it goes on with the next one")
        if monotonic() - self._told_at_s >= REPORT_EVERY_S:
            self._tell()

    def _tell(self) -> None:
        self._told_at_s = monotonic()
        try:
            with self.database.write() as session:
                told = self._share, self._message, self.log, utc_now()
                is_cancel_asked = note_progress(session, self.claim, *told)
        except DatabaseAway as error:
            logger.warning("job %s cannot tell how far it is: %s", self.claim.job_id, error)
            return
        if is_cancel_asked:
            raise JobCancelled("cancelled")

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Say that the run is alive, from a thread of its own, while the block runs."""
        done = Event()
        thread = Thread(target=self._beat, args=(done,), name="beat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def run_command(self, *arguments: str) -> dict[str, Any]:
        """Run `maskwatch ARGUMENTS --data DIR` as a child that tells its progress as JSON lines.

        {"progress": 0..1, "message": ...} is reported, with "said": true it is logged;
        what {"result": {...}} holds is returned. The child ends with the run, however
        that ends. Raises JobFailed with the child's last words, and JobInterrupted.
        """
        return self.run_program(own_command(*arguments, "--data", str(self.settings.data)))

    def run_program(self, command: Sequence[str]) -> dict[str, Any]:
        """Run a child that speaks as above."""
        with _Child(command) as child:
            result: dict[str, Any] = {}
            while (line := child.next_line(wait_s=0.5)) is not None:
                result = self._take_in(line) or result
                self.check()
            if child.process.wait():
                self._tell()  # it may have heard of a cancel before we did
                raise JobFailed(child.last_words or "its process was killed")
        return result

    def _take_in(self, line: str) -> dict[str, Any] | None:
        """Read a line of a child; returns the result that it holds, if it does."""
        if not line:
            return None
        try:
            told = msgspec.json.decode(line, type=_Told)
        except msgspec.DecodeError:
            told = _Told(message=line, said=True)
        if told.said:
            self.say(told.message)
        elif told.result is None:
            self._share, self._message = told.progress, told.message
        return told.result

    def _beat(self, done: Event) -> None:
        while not done.wait(BEAT_EVERY_S):
            try:
                with self.database.write() as session:
                    if not beat(session, self.claim, utc_now()):
                        return
            except DatabaseAway as error:
                logger.warning("job %s cannot be heard: %s", self.claim.job_id, error)


class _Told(msgspec.Struct):
    """A line of a child."""

    progress: float | None = None
    message: str = ""
    said: bool = False
    result: dict[str, Any] | None = None


class _Child:
    """A child and what it says; it is ended, at first politely, when the block is left."""

    def __init__(self, command: Sequence[str]) -> None:
        self.process = subprocess.Popen(  # noqa: S603  # our own words
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            preexec_fn=bind_to_parent,
        )
        self._lines: Queue[str | None] = Queue(_LINES_WAITING_MAX)
        self._errors: deque[str] = deque(maxlen=_LAST_WORDS)
        self._readers = [Thread(target=read) for read in (self._read_lines, self._read_errors)]

    def __enter__(self) -> "_Child":
        for reader in self._readers:
            reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        while self._readers[0].is_alive():
            self.next_line(wait_s=0.1)  # it may wait for room for a line
        self._readers[1].join()

    def next_line(self, wait_s: float) -> str | None:
        """Wait for a line, but not long: empty where none came. None at the end."""
        try:
            return self._lines.get(timeout=wait_s)
        except Empty:
            return ""

    @property
    def last_words(self) -> str:
        """What the child said last on stderr, once it has ended."""
        self._readers[1].join()
        return self._errors[-1].removeprefix("Error: ") if self._errors else ""

    def _read_lines(self) -> None:
        with self.process.stdout or nullcontext(()) as stream:
            for line in stream:
                self._lines.put(line.strip())
        self._lines.put(None)

    def _read_errors(self) -> None:
        with self.process.stderr or nullcontext(()) as stream:
            self._errors.extend(line.strip() for line in stream if line.strip())
