"""Backfill: a recorded video becomes sightings, in one transaction at its end.

Until then nothing is written, so that one that was killed or cancelled leaves nothing,
and may be run again. What is done with each frame is what is done with live ones.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Protocol, TypeVar

from core.backfills import Backfilled, Footage, Video
from core.errors import BadRequest, JobCancelled, JobLost
from core.evidence import EvidencePolicy
from core.face_pictures import cut_face_crops
from core.jobs import JobState
from core.keys import partition_of
from core.pictures import decode_jpeg
from core.results import ResultBatch
from core.storage.audit import Actor, record_change
from core.storage.backfills import check_free, make_room, read_camera
from core.storage.engine import Database, utc_now
from core.storage.evidence_policy import read_policy
from core.storage.job_runs import Claim, end_job, is_cancel_asked
from core.storage.recording import FinishedTrack, Mark, Watch, add_history, read_watch
from core.storage.rollups import Slot
from core.types import Frame, Result, Verdict
from workers.inference import Analyser
from workers.intake import end_tracks, take_in
from workers.partitions import PartitionState

Item = TypeVar("Item")


class Progress(Protocol):
    """What long work reports to."""

    def move(self, share: float, message: str) -> None: ...


@dataclass(frozen=True, slots=True)
class BackfillTask:
    """What to write, and for whom. file: the video's name. claim: the job that it is for."""

    camera_id: int
    starts_at: datetime
    file: str
    actor: Actor
    replace: bool = False
    claim: Claim | None = None


@dataclass(frozen=True, slots=True)
class Looking:
    """How frames are looked at. batch_frames: how many at once."""

    analyser: Analyser
    min_score: float
    batch_frames: int


def backfill(
    database: Database, task: BackfillTask, video: Video, looking: Looking, progress: Progress
) -> Backfilled:
    """Write the history of a video.

    1. the camera, its rules, and what else was chosen, as they are now
    2. nothing must stand there yet, as far as the video says how long it plays
    3. frames -> faces -> tracks -> people, in memory
    4. one transaction: erase, write, tell the audit, end the job

    Raises NotFound, BadRequest, Conflict where history stands there already, NotVideo,
    JobCancelled where that was asked, and JobLost where the job was given to another process.
    """
    began_s = time.monotonic()
    with database.read() as session:
        camera = read_camera(session, task.camera_id)
        footage = Footage(
            task.camera_id, task.starts_at, camera.frames_per_second, camera.long_side
        )
        watch, policy = read_watch(session), read_policy(session)
        ends_at = task.starts_at + timedelta(seconds=video.duration_s or 0)
        _check_past(ends_at)
        if not task.replace:
            check_free(session, task.camera_id, task.starts_at, ends_at)
    found = _Found(footage, watch, policy, looking)
    for batch in _batches(video.frames(footage), looking.batch_frames):
        found.take_in(batch)
        _check_past(found.ends_at)
        progress.move(*_tell(found, video.duration_s, time.monotonic() - began_s))
    found.end()
    progress.move(1.0, "writing")
    return _write(database, task, found, began_s)


class _Found:
    """What a video has shown so far; grows with its people and minutes, not with its frames."""

    def __init__(
        self, footage: Footage, watch: Watch, policy: EvidencePolicy, looking: Looking
    ) -> None:
        self._footage, self._watch, self._policy = footage, watch, policy
        self._looking = looking
        self._partition = partition_of(footage.camera_id)
        self._state = PartitionState(Mark("", 0))
        self.ends_at = footage.starts_at
        self.finished: list[FinishedTrack] = []
        self.seen: set[Slot] = set()
        self.frames = 0
        self.unchanged = 0

    @property
    def played_s(self) -> float:
        return (self.ends_at - self._footage.starts_at).total_seconds()

    def take_in(self, batch: Sequence[Frame | Result]) -> None:
        """Analyse the frames of a batch together, then follow their faces one by one."""
        frames = [one for one in batch if isinstance(one, Frame)]
        analysed = iter(self._analyse(frames))
        results = tuple(next(analysed) if isinstance(one, Frame) else one for one in batch)
        self.frames += len(frames)
        self.unchanged += len(results) - len(frames)
        self.ends_at = results[-1].captured_at
        prepared = take_in(ResultBatch(self._partition, results, "", 0), self._state, self._watch)
        self.finished += prepared.recording.finished
        self.seen.update(prepared.recording.seen)

    def end(self) -> None:
        """Whoever is in view at the end has been seen."""
        everywhere = list(self._state.trackers)
        recording = end_tracks(self._partition, self._state, self._watch, everywhere)
        self.finished += recording.finished if recording else ()

    def _analyse(self, frames: Sequence[Frame]) -> Iterator[Result]:
        if not frames:
            return
        images = [decode_jpeg(frame.jpeg) for frame in frames]
        analyser = self._looking.analyser
        found = analyser.analyse(images, self._looking.min_score)
        for frame, image, faces in zip(frames, images, found, strict=True):
            yield Result(
                frame.camera_id,
                frame.captured_at,
                frame.size_wh,
                faces=faces,
                model_version=analyser.model_version,
                crops=cut_face_crops(image, faces, self._policy),
            )


def _write(database: Database, task: BackfillTask, found: _Found, began_s: float) -> Backfilled:
    """Write all at once; whoever reads meanwhile sees the history of before, or of after."""
    ends_at = found.ends_at + timedelta(microseconds=1)
    with database.write() as session:
        read_camera(session, task.camera_id)
        replaced = make_room(session, task.camera_id, task.starts_at, ends_at, task.replace)
        add_history(session, found.finished, found.seen)
        result = _describe(task, found, replaced, time.monotonic() - began_s)
        told = {"file": task.file, **result.model_dump(mode="json", exclude={"camera_id"})}
        subject = f"camera {task.camera_id}"
        record_change(session, task.actor, "history.backfill", subject, after=told)
        if task.claim is not None:
            if is_cancel_asked(session, task.claim):
                raise JobCancelled("cancelled")
            ended = JobState.DONE, result.describe(), utc_now(), result
            if not end_job(session, task.claim, *ended):
                raise JobLost(f"job {task.claim.job_id} was given to another process")
    return result


def _check_past(ends_at: datetime) -> None:
    """Raise BadRequest for times that have not been."""
    if ends_at > utc_now():
        raise BadRequest(
            "starts_at",
            f"the video would end at {ends_at:%Y-%m-%d %H:%M:%S} UTC, which is to come; "
            "give the time of its first frame",
        )


def _describe(task: BackfillTask, found: _Found, replaced: int, took_s: float) -> Backfilled:
    people: Counter[str] = Counter({verdict.value: 0 for verdict in Verdict})
    new = [track for track in found.finished if not track.is_continuation]
    people.update(track.verdict.value for track in new if track.is_required)
    return Backfilled(
        camera_id=task.camera_id,
        starts_at=task.starts_at,
        ends_at=found.ends_at,
        frames=found.frames,
        unchanged=found.unchanged,
        people=dict(people),
        not_required=sum(not track.is_required for track in new),
        replaced=replaced,
        took_s=round(took_s, 1),
        times_real_time=round(found.played_s / max(took_s, 0.001), 1),
    )


def _tell(found: _Found, duration_s: float | None, took_s: float) -> tuple[float, str]:
    """Say how far it has come, and how fast it goes. The last percent is the writing."""
    share = min(0.99, found.played_s / duration_s) if duration_s else 0.0
    speed = found.played_s / max(took_s, 0.001)
    return share, f"{len(found.finished)} people so far, {speed:.1f} times real time"


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
