"""Take results in: results -> faces that count -> tracks -> what is to be written.

No I/O and no clock: what comes out is written by the recorder, in one transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from core.camera_rules import NO_RULES, is_required, select_faces
from core.live import Overlay
from core.results import ResultBatch
from core.storage.pictures import SightingPicture
from core.storage.recording import FinishedTrack, Recording, Watch
from core.storage.rollups import Slot
from core.timelines import encode_timeline
from core.types import Result, ResultKind
from workers.overlays import make_overlay
from workers.partitions import PartitionState
from workers.tracking import CameraTracker, Track
from workers.verdicts import judge_timeline


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch taken in: what to write, and what to show once it is written."""

    batch: ResultBatch
    recording: Recording
    overlays: list[Overlay] = field(default_factory=list)


def take_in(batch: ResultBatch, state: PartitionState, watch: Watch) -> Prepared:
    """Feed a batch to its cameras' trackers; results of unknown cameras are passed over."""
    finished: list[FinishedTrack] = []
    overlays: list[Overlay] = []
    state.pictures.mode = watch.preferences.evidence
    results = [result for result in batch.results if result.camera_id in watch.cameras]
    for result in results:
        ended = _follow(result, state, watch, overlays)
        finished += _finish(result.camera_id, ended, state, watch)
    recording = Recording(
        batch.partition,
        batch.last_id,
        finished,
        _changed_snapshots(state, {result.camera_id for result in results}),
        _new_minutes(state, results),
        state.pictures.take_changes(),
    )
    return Prepared(batch, recording, overlays)


def end_tracks(
    partition: int, state: PartitionState, watch: Watch, camera_ids: Iterable[int]
) -> Recording | None:
    """End the open tracks of cameras; None where there are none."""
    finished: list[FinishedTrack] = []
    changed: set[int] = set()
    state.pictures.mode = watch.preferences.evidence
    for camera_id in camera_ids:
        if ended := state.trackers[camera_id].end_all():
            changed.add(camera_id)
            finished += _finish(camera_id, ended, state, watch)
    if not changed:
        return None
    snapshots = _changed_snapshots(state, changed)
    pictures = state.pictures.take_changes()
    return Recording(partition, state.mark.applied, finished, snapshots, (), pictures)


def _follow(
    result: Result, state: PartitionState, watch: Watch, overlays: list[Overlay]
) -> list[Track]:
    """Hand the faces that count to their camera's tracker; returns the tracks that ended."""
    tracker = state.trackers.setdefault(result.camera_id, CameraTracker())
    if result.kind is ResultKind.UNCHANGED:
        tracker.hold(result.captured_at)
        return []
    result = _leave_out(result, watch)
    rule = watch.preferences.verdict_rule
    tracks, ended = tracker.update(result, rule)
    state.pictures.consider(result, tracks)
    overlays.append(make_overlay(result, tracks, tracker.people_now, rule))
    return ended


def _leave_out(result: Result, watch: Watch) -> Result:
    """Leave out the faces that do not count by the rules of their camera."""
    rules = watch.cameras[result.camera_id]
    if rules is NO_RULES or not len(result.faces):
        return result
    counts = select_faces(result.faces, result.size_wh, rules)
    return result if counts.all() else result.keep(counts)


def _finish(
    camera_id: int, ended: Iterable[Track], state: PartitionState, watch: Watch
) -> list[FinishedTrack]:
    """Judge tracks that ended; a flicker of the detector was nobody."""
    finished: list[FinishedTrack] = []
    for track in ended:
        picture = state.pictures.end(camera_id, track.id)
        if track.is_person:
            finished.append(_judge(camera_id, track, watch, picture))
    return finished


def _judge(
    camera_id: int, track: Track, watch: Watch, picture: SightingPicture | None
) -> FinishedTrack:
    judgement = judge_timeline(track.timeline, watch.preferences.verdict_rule)
    rules = watch.cameras.get(camera_id, NO_RULES)
    return FinishedTrack(
        camera_id,
        track.started_at,
        track.seen_at,
        judgement.verdict,
        judgement.probabilities,
        track.faces,
        track.is_continuation,
        track.model_version,
        is_required(rules, track.started_at, watch.zone),
        judgement.changes,
        encode_timeline(track.timeline),
        picture,
    )


def _changed_snapshots(state: PartitionState, camera_ids: Iterable[int]) -> dict[int, bytes]:
    """Write the open tracks of cameras anew, where they are not as they stand in SQL."""
    changed: dict[int, bytes] = {}
    for camera_id in camera_ids:
        snapshot = state.trackers[camera_id].snapshot()
        if snapshot != state.snapshots.get(camera_id, b""):
            changed[camera_id] = state.snapshots[camera_id] = snapshot
    return changed


def _new_minutes(state: PartitionState, results: Iterable[Result]) -> set[Slot]:
    """List the minutes in which cameras delivered that were not written before."""
    minutes = {(r.camera_id, r.captured_at.replace(second=0, microsecond=0)) for r in results}
    new = minutes - state.seen
    if new:
        latest = dict(sorted(minutes))
        state.seen = {(c, at) for c, at in state.seen | new if at >= latest.get(c, at)}
    return new
