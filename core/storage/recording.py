"""What the recorder writes: sightings, rollups, open tracks and the mark, together."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.keys import PARTITIONS
from core.storage.tables import (
    CameraRow,
    MinuteRollupRow,
    OpenTracksRow,
    PartitionRow,
    SeenMinuteRow,
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
    seen: Iterable[tuple[int, datetime]] = ()


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
    _add_to_rollups(session, recording.finished)
    _keep_snapshots(session, recording.snapshots)
    _mark_seen(session, recording.seen)
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


def _add_to_rollups(session: Session, finished: Sequence[FinishedTrack]) -> None:
    """Count new people by verdict; a continuation is the same person, counted before."""
    counts: dict[tuple[int, datetime], Counter[str]] = {}
    for track in finished:
        if not track.is_continuation:
            minute = track.started_at.replace(second=0, microsecond=0)
            counts.setdefault((track.camera_id, minute), Counter())[track.verdict.value] += 1
    for (camera_id, minute), by_verdict in counts.items():
        _add_to_rollup(session, camera_id, minute, by_verdict)


def _add_to_rollup(
    session: Session, camera_id: int, minute: datetime, by_verdict: Counter[str]
) -> None:
    verdicts = {verdict.value: by_verdict[verdict.value] for verdict in Verdict}
    row = MinuteRollupRow
    statement = _upsert(session, row).values(camera_id=camera_id, start=minute, **verdicts)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[row.camera_id, row.start],
            set_={name: getattr(row, name) + count for name, count in verdicts.items()},
        )
    )


def _keep_snapshots(session: Session, snapshots: Mapping[int, bytes]) -> None:
    row = OpenTracksRow
    for camera_id, snapshot in snapshots.items():
        statement = _upsert(session, row).values(camera_id=camera_id, snapshot=snapshot)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=[row.camera_id], set_={"snapshot": snapshot}
            )
        )


def _mark_seen(session: Session, seen: Iterable[tuple[int, datetime]]) -> None:
    rows = [{"camera_id": camera_id, "start": start} for camera_id, start in seen]
    if rows:
        session.execute(_upsert(session, SeenMinuteRow).values(rows).on_conflict_do_nothing())


def _upsert(session: Session, table: type[Any]) -> Any:
    """INSERT that can meet a conflict; the two servers spell it alike, SQLAlchemy apart."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return (sqlite if is_sqlite else postgresql).insert(table)
