"""What is wrong with the whole of it, in plain words, with what to do: the worst first."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from core.camera_conditions import Condition
from core.heartbeats import Heartbeat

WAITING_RESULTS_MAX = 500
"""A recorder takes 2,000 a second: so many are seconds of work that was not done."""
FREE_BYTES_BAD, FREE_BYTES_WARNING = 1_000_000_000, 5_000_000_000
"""A day of sixteen busy cameras with pictures is about half of the first."""
MEMORY_SHARE_MAX = 0.8
CLOCK_S_MAX = 1.0
"""A live picture of a clock that is behind by more seems delayed, and soon is not shown at all."""
SLOW_CAMERAS_MAX = 3
"""More are behind for one cause, and told of together."""
_PROCESSES = {
    "ingest": "No ingest process runs: no camera is opened",
    "worker": "No worker process runs: no frame is analysed",
    "recorder": "No recorder process runs: nothing is recorded or shown",
    "jobs": "No jobs process runs: nothing that takes long begins, and nothing old is deleted",
}
_JOBS = {
    "backfill": "A recorded video was not analysed",
    "erasure": "History was not erased, or not all of it",
    "retention": "What is too old was not deleted, or not all of it",
    "desharpening": "Sharp pictures were not let go, or not all of them",
}
"""What it means that a job failed."""


class Severity(StrEnum):
    """Worst first."""

    BAD = "bad"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """title: what is wrong; advice: what it comes from and what to do; link: a page to do it on."""

    severity: Severity
    title: str
    advice: str
    link: str = ""
    camera_id: int | None = None


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """condition, reason: as core.camera_conditions found them."""

    camera_id: int
    name: str
    condition: Condition
    reason: str
    is_balanced: bool = True


@dataclass(frozen=True, slots=True)
class DiskFacts:
    total_bytes: int
    free_bytes: int


@dataclass(frozen=True, slots=True)
class RedisFacts:
    """max_bytes: 0 where it may take all the memory there is. policy: what it evicts when full."""

    server: str
    used_bytes: int
    peak_bytes: int
    max_bytes: int
    policy: str
    is_on_disk: bool


@dataclass(frozen=True, slots=True)
class FailedJob:
    job_id: str
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class SystemFacts:
    """What is known of everything, at one moment."""

    processes: Sequence[Heartbeat]
    cameras: Sequence[CameraFacts]
    disk: DiskFacts
    redis: RedisFacts
    waiting_results: int = 0
    failed_jobs: Sequence[FailedJob] = field(default_factory=tuple)

    def runs(self, kind: str) -> bool:
        return any(one.kind == kind for one in self.processes)


def find_faults(facts: SystemFacts) -> list[Finding]:
    """List all that is wrong, the worst first."""
    found = [finding for look in _LOOKS for finding in look(facts)]
    return sorted(found, key=lambda one: list(Severity).index(one.severity))


def _missing_processes(facts: SystemFacts) -> Iterator[Finding]:
    are_cameras_watched = any(one.condition is not Condition.PAUSED for one in facts.cameras)
    for kind, title in _PROCESSES.items():
        if facts.runs(kind) or not (are_cameras_watched or kind == "jobs"):
            continue
        yield Finding(
            Severity.BAD,
            title,
            f"Start one (`maskwatch {kind}`). Where it was started, its log says why it ended.",
        )


def _sick_cameras(facts: SystemFacts) -> Iterator[Finding]:
    """Tell of cameras, but not again what has one cause for all of them."""
    slow = sum(one.condition is Condition.SLOW for one in facts.cameras)
    if slow > SLOW_CAMERAS_MAX and facts.runs("worker"):
        yield Finding(
            Severity.WARNING,
            f"{slow} cameras are behind",
            "So many at once are more than the machines can do: start more workers, on a further "
            "machine where processors are busy, or lower the cameras' rates.",
            "/cameras",
        )
    for one in facts.cameras:
        if one.condition is Condition.LOST:
            yield _camera(one, Severity.BAD, f"{one.name} delivers no picture")
        elif one.condition is Condition.SLOW and slow <= SLOW_CAMERAS_MAX and facts.runs("worker"):
            yield _camera(one, Severity.WARNING, f"{one.name} is behind")
        elif one.condition is Condition.UNSTEADY:
            yield _camera(one, Severity.WARNING, f"{one.name} is lost again and again")


def _camera(one: CameraFacts, severity: Severity, title: str) -> Finding:
    return Finding(severity, title, one.reason, f"/cameras/{one.camera_id}", one.camera_id)


def _waiting_results(facts: SystemFacts) -> Iterator[Finding]:
    if facts.waiting_results > WAITING_RESULTS_MAX and facts.runs("recorder"):
        yield Finding(
            Severity.WARNING,
            f"{facts.waiting_results} results wait to be recorded",
            "The database does not answer, or the recorder does not keep up; look at both. "
            "Nothing is lost while they wait.",
        )


def _unbalanced_accounts(facts: SystemFacts) -> Iterator[Finding]:
    for one in facts.cameras:
        if not one.is_balanced:
            yield Finding(
                Severity.WARNING,
                f"The frame account of {one.name} does not balance",
                "This should never be. Please report it with the text of this page.",
                camera_id=one.camera_id,
            )


def _models_not_in_use(facts: SystemFacts) -> Iterator[Finding]:
    for one in facts.processes:
        _, is_troubled, trouble = one.detail.partition("not the active model: ")
        if is_troubled:
            yield Finding(
                Severity.WARNING,
                f"A worker on {one.host} does not use the active model",
                f"It says: {trouble}",
                "/models",
            )


def _mixed_releases(facts: SystemFacts) -> Iterator[Finding]:
    releases = Counter(one.version for one in facts.processes if one.version)
    if len(releases) > 1:
        yield Finding(
            Severity.WARNING,
            f"Processes of different releases run together: {', '.join(sorted(releases))}",
            "Update the older ones; their hosts stand below.",
        )


def _wrong_clocks(facts: SystemFacts) -> Iterator[Finding]:
    ahead_s = {one.host: one.clock_ahead_s for one in facts.processes}
    for host, seconds in ahead_s.items():
        if abs(seconds) > CLOCK_S_MAX:
            off = f"{abs(seconds):.0f}"
            yield Finding(
                Severity.WARNING,
                f"The clock of {host} is {off} s ahead of Redis's"
                if seconds > 0
                else f"The clock of {host} is {off} s behind Redis's",
                "Live pictures seem delayed or do not come, and times in the history are wrong. "
                "Have all machines set their clocks by NTP.",
            )


def _full_disk(facts: SystemFacts) -> Iterator[Finding]:
    free = facts.disk.free_bytes
    if free >= FREE_BYTES_WARNING:
        return
    yield Finding(
        Severity.BAD if free < FREE_BYTES_BAD else Severity.WARNING,
        f"The disk has {free / 1e9:.1f} GB left",
        "Recording stops when it is full. Make room, or keep pictures for a shorter time.",
        "/settings",
    )


def _redis_at_risk(facts: SystemFacts) -> Iterator[Finding]:
    redis = facts.redis
    if redis.max_bytes and redis.used_bytes > redis.max_bytes * MEMORY_SHARE_MAX:
        yield Finding(
            Severity.BAD,
            f"{redis.server} has used {redis.used_bytes / redis.max_bytes:.0%} of its memory",
            "Frames and results wait there. Raise its `maxmemory`, or start more workers.",
        )
    if redis.max_bytes and redis.policy != "noeviction":
        yield Finding(
            Severity.BAD,
            f"{redis.server} may throw results away when its memory is full",
            f"Its `maxmemory-policy` is {redis.policy}; set it to noeviction.",
        )
    if not redis.is_on_disk:
        yield Finding(
            Severity.WARNING,
            f"{redis.server} keeps nothing on disk",
            "Results that wait are lost when it ends. Set `appendonly yes` and "
            "`appendfsync everysec`.",
        )


def _failed_jobs(facts: SystemFacts) -> Iterator[Finding]:
    for job in facts.failed_jobs:
        yield Finding(
            Severity.WARNING,
            _JOBS.get(job.kind, f"A job failed: {job.kind}"),
            f"It says: {job.message}",
            f"/jobs/{job.job_id}",
        )


_LOOKS: tuple[Callable[[SystemFacts], Iterator[Finding]], ...] = (
    _missing_processes,
    _sick_cameras,
    _full_disk,
    _redis_at_risk,
    _waiting_results,
    _models_not_in_use,
    _failed_jobs,
    _wrong_clocks,
    _mixed_releases,
    _unbalanced_accounts,
)
