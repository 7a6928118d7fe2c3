"""The recorder loop: results -> tracks -> verdicts -> one SQL transaction.

Each recorder owns some of the 32 partitions by leases. A second owner, be it for a
pause of ours, is noticed by the mark's version in SQL: then what we hold in memory
is worthless, is discarded and read anew.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from core.errors import BadEntry, DatabaseAway
from core.keys import PARTITIONS
from core.live import Overlay
from core.preferences import VerdictRule
from core.results import ResultBatch, ResultQueue
from core.storage.engine import Database
from core.storage.recording import (
    FinishedTrack,
    Mark,
    Recording,
    known_cameras,
    read_mark,
    read_open_tracks,
    record,
)
from core.types import Result, ResultKind
from workers.overlays import make_overlay
from workers.tracking import CameraTracker, Track
from workers.verdicts import judge

logger = logging.getLogger(__name__)

BATCH_RESULTS = 64
"""Results of one partition in one transaction: small, for the overlays wait for it."""
UPKEEP_S = 1.0


@dataclass(slots=True)
class PartitionState:
    """What we hold of a partition that we own: its mark and its cameras' open tracks."""

    mark: Mark
    trackers: dict[int, CameraTracker] = field(default_factory=dict)
    seen: set[tuple[int, datetime]] = field(default_factory=set)


class Recorder:
    """Records the partitions that it owns; `step` is one turn of the loop."""

    def __init__(
        self,
        database: Database,
        results: ResultQueue,
        publish: Callable[[Overlay], None],
        rule: VerdictRule,
        count_recorders: Callable[[], int],
    ) -> None:
        self._database = database
        self._results = results
        self._publish = publish
        self._rule = rule
        self._count_recorders = count_recorders
        self._owned: dict[int, PartitionState] = {}
        self._cameras: set[int] = set()
        self._next_upkeep: datetime | None = None
        self.recorded = 0
        self.refused = 0

    def step(self, now: datetime, wait_s: float = 0.5) -> int:
        """Record what has come; returns how many results were recorded.

        If the database is away it raises DatabaseAway, and everything is read anew
        at the next step: results wait in Redis meanwhile.
        """
        try:
            if self._next_upkeep is None or (now - self._next_upkeep).total_seconds() >= UPKEEP_S:
                self._next_upkeep = now
                self._keep_up(now)
            marks = {partition: state.mark.applied for partition, state in self._owned.items()}
            return self._record(self._results.take(marks, BATCH_RESULTS, wait_s))
        except DatabaseAway:
            self._owned.clear()
            self._next_upkeep = None
            raise

    def stop(self) -> None:
        """Give the partitions back, so that another recorder need not wait."""
        for partition in self._owned:
            self._results.disown(partition)
        self._owned.clear()

    def _keep_up(self, now: datetime) -> None:
        """Once a second: leases, the list of cameras, tracks of silent cameras."""
        self._renew_leases()
        with self._database.read() as session:
            self._cameras = known_cameras(session)
        silent = {
            partition: self._end_silent(state, now) for partition, state in self._owned.items()
        }
        self._write(
            [
                Recording(
                    partition,
                    self._owned[partition].mark.applied,
                    [
                        self._finish(camera_id, track)
                        for camera_id, track in ended
                        if track.is_person
                    ],
                    {camera_id: b"" for camera_id, _ in ended},
                )
                for partition, ended in silent.items()
                if ended
            ]
        )

    def _renew_leases(self) -> None:
        """Hold our fair share of the partitions; give back what is above it."""
        share = -(-PARTITIONS // max(1, self._count_recorders()))
        for partition in [*self._owned, *(p for p in range(PARTITIONS) if p not in self._owned)]:
            is_ours = partition in self._owned
            if not is_ours and len(self._owned) >= share:
                continue
            if is_ours and len(self._owned) > share:
                self._results.disown(partition)
                del self._owned[partition]
            elif not self._results.own(partition):
                self._owned.pop(partition, None)
            elif not is_ours:
                self._load(partition)

    def _load(self, partition: int) -> None:
        with self._database.read() as session:
            state = PartitionState(read_mark(session, partition))
            for camera_id, snapshot in read_open_tracks(session, partition).items():
                state.trackers[camera_id] = _restore(camera_id, snapshot)
        self._owned[partition] = state

    def _end_silent(self, state: PartitionState, now: datetime) -> list[tuple[int, Track]]:
        return [
            (camera_id, track)
            for camera_id, tracker in state.trackers.items()
            for track in tracker.end_silent(now)
        ]

    def _record(self, batches: list[ResultBatch]) -> int:
        """Write each batch with its mark, all in one transaction; then trim and show."""
        prepared = [self._prepare(batch) for batch in batches]
        written = self._write([recording for recording, _ in prepared])
        for batch, (recording, overlays) in zip(batches, prepared, strict=True):
            if recording.partition not in written:
                continue
            # After the commit: a crash in between reads these again, and the mark skips them.
            self._results.trim(recording.partition, recording.applied)
            self.recorded += len(batch.results)
            self.refused += batch.refused
            for overlay in overlays:
                self._publish(overlay)
        return sum(len(batch.results) for batch in batches)

    def _prepare(self, batch: ResultBatch) -> tuple[Recording, list[Overlay]]:
        """Feed the trackers, without I/O."""
        state = self._owned[batch.partition]
        finished: list[FinishedTrack] = []
        overlays: list[Overlay] = []
        heard: set[int] = set()
        for result in batch.results:
            if result.camera_id in self._cameras:
                heard.add(result.camera_id)
                ended = self._take_in(state, result, overlays)
                finished += [self._finish(result.camera_id, track) for track in ended]
        snapshots = {camera_id: state.trackers[camera_id].snapshot() for camera_id in heard}
        seen = _new_minutes(state, (r for r in batch.results if r.camera_id in heard))
        return Recording(batch.partition, batch.last_id, finished, snapshots, seen), overlays

    def _take_in(
        self, state: PartitionState, result: Result, overlays: list[Overlay]
    ) -> list[Track]:
        tracker = state.trackers.setdefault(result.camera_id, CameraTracker())
        if result.kind is ResultKind.UNCHANGED:
            tracker.hold(result.captured_at)
            return []
        tracks, ended = tracker.update(result)
        overlays.append(make_overlay(result, tracks, tracker.people_now, self._rule))
        return [track for track in ended if track.is_person]

    def _finish(self, camera_id: int, track: Track) -> FinishedTrack:
        return FinishedTrack(
            camera_id,
            track.started_at,
            track.seen_at,
            judge(track.votes, self._rule),
            track.votes.probabilities,
            track.faces,
            track.is_continuation,
            track.model_version,
        )

    def _write(self, recordings: list[Recording]) -> set[int]:
        """Write recordings; returns the partitions that were still ours.

        One that was not is forgotten, to be read anew once we own it again.
        """
        if not recordings:
            return set()
        marks: dict[int, Mark | None] = {}
        with self._database.write() as session:
            for recording in recordings:
                mark = self._owned[recording.partition].mark
                marks[recording.partition] = record(session, recording, mark)
        for partition, new in marks.items():
            if new is None:
                logger.warning("partition %d has another recorder; giving way", partition)
                self._results.disown(partition)
                del self._owned[partition]
            else:
                self._owned[partition].mark = new
        return set(self._owned) & set(marks)


def _restore(camera_id: int, snapshot: bytes) -> CameraTracker:
    try:
        return CameraTracker.restore(snapshot)
    except BadEntry as error:
        logger.error("camera %d: its open tracks are given up: %s", camera_id, error)
        return CameraTracker()


def _new_minutes(state: PartitionState, results: Iterable[Result]) -> set[tuple[int, datetime]]:
    """List the minutes in which cameras delivered that were not written before."""
    minutes = {(r.camera_id, r.captured_at.replace(second=0, microsecond=0)) for r in results}
    new = minutes - state.seen
    if new:
        latest = dict(sorted(minutes))
        state.seen = {(c, at) for c, at in state.seen | new if at >= latest.get(c, at)}
    return new
