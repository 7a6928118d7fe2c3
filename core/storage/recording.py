"""What the recorder writes: sightings, rollups, open tracks and the mark, together."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from core.keys import PARTITIONS
from core.storage.installation import read_time_zone
from core.storage.rollups import Slot, add_to_rollups, upsert
from core.storage.tables import (
    CameraRow,
    OpenTracksRow,
    PartitionRow,
    SightingRow,
)
from core.types import Verdict


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a partition is recorded, and by which transaction."""

    applied: str
    version: int


@dataclass(frozen=True, slots=True)
class FinishedTrack:
    """A track that has ended, as it becomes a sighting."""

    camera_id: int
    started_at: datetime
    ended_at: datetime
    verdict: Verdict
    probabilities: tuple[float, float, float]
    faces: int
    is_continuation: bool
    model_version: str


@dataclass(frozen=True, slots=True)
class Recording:
    """All that one transaction writes for one partition.

    snapshots: camera id -> its open tracks; empty bytes where none are open.
    seen: minutes (their starts) in which a camera delivered.
    """

    partition: int
    applied: str
    finished: Sequence[FinishedTrack] = ()
    snapshots: Mapping[int, bytes] = field(default_factory=dict)
    seen: Iterable[Slot] = ()


def read_mark(session: Session, partition: int) -> Mark:
    """Read how far a partition is recorded."""
    row = session.get_one(PartitionRow, partition)
    return Mark(row.applied, row.version)


def read_open_tracks(session: Session, partition: int) -> dict[int, bytes]:
    """Read the snapshots of the partition's cameras."""
    tracks = OpenTracksRow
    query = select(tracks.camera_id, tracks.snapshot)
    query = query.where(tracks.camera_id % PARTITIONS == partition)
    return {row.camera_id: row.snapshot for row in session.execute(query)}


def known_cameras(session: Session) -> set[int]:
    """List the cameras that are registered now."""
    return set(session.scalars(select(CameraRow.id).where(CameraRow.removed_at.is_(None))))


def record(session: Session, recording: Recording, mark: Mark) -> Mark | None:
    """Write a recording if the partition still stands at our mark, else nothing.

    None: another owner was here; the caller discards its state and reads anew.
    The caller's transaction must be rolled back then, or hold nothing else.
    """
    row = PartitionRow
    new = Mark(recording.applied, mark.version + 1)
    moved = session.execute(
        update(row)
        .where(row.id == recording.partition, row.version == mark.version)
        .values(applied=new.applied, version=new.version)
        .returning(row.id)
    )
    if moved.first() is None:
        return None
    _add_sightings(session, recording.finished)
    people = _count_people(recording.finished)
    add_to_rollups(session, people, recording.seen, read_time_zone(session))
    _keep_snapshots(session, recording.snapshots)
    return new


def _add_sightings(session: Session, finished: Sequence[FinishedTrack]) -> None:
    if finished:
        session.execute(insert(SightingRow), [_sighting_values(track) for track in finished])


def _sighting_values(track: FinishedTrack) -> dict[str, Any]:
    mask, incorrect_mask, no_mask = track.probabilities
    return {
        "camera_id": track.camera_id,
        "started_at": track.started_at,
        "ended_at": track.ended_at,
        "verdict": track.verdict.value,
        "mask": mask,
        "incorrect_mask": incorrect_mask,
        "no_mask": no_mask,
        "faces": track.faces,
        "is_continuation": track.is_continuation,
        "model_version": track.model_version,
    }


def _count_people(finished: Sequence[FinishedTrack]) -> dict[Slot, Counter[str]]:
    """Count new people by verdict; a continuation is the same person, counted before."""
    people: dict[Slot, Counter[str]] = {}
    for track in finished:
        if not track.is_continuation:
            minute = track.started_at.replace(second=0, microsecond=0)
            people.setdefault((track.camera_id, minute), Counter())[track.verdict.value] += 1
    return people


def _keep_snapshots(session: Session, snapshots: Mapping[int, bytes]) -> None:
    row = OpenTracksRow
    for camera_id, snapshot in snapshots.items():
        statement = upsert(session, row).values(camera_id=camera_id, snapshot=snapshot)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=[row.camera_id], set_={"snapshot": snapshot}
            )
        )
