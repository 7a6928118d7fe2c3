"""Jobs: work that takes long and must not be lost. What their askers and their workers share."""

from enum import StrEnum
from typing import Protocol

RUNS_MAX = 3
"""A job whose process died is run again; after so many runs it has failed."""


class JobKind(StrEnum):
    """What a job does; `workers/job_kinds/` has a module for each."""

    RETENTION = "retention"
    ERASURE = "erasure"
    BACKFILL = "backfill"
    DESHARPENING = "desharpening"


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_ended(self) -> bool:
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class Progress(Protocol):
    """Shows long work to whoever asked for it, and tells the work when to stop."""

    def report(self, share: float | None, message: str) -> None:
        """Tell which share of the whole is done, 0 to 1 (None: unknown), and what is being done.

        Call it often, at least each second, and never within a write transaction of
        yours: what cannot be written now is left out. Raises JobInterrupted where the
        work must stop; then nothing of it may be half done.
        """

    def say(self, line: str) -> None:
        """Tell one thing that is now known or done."""
