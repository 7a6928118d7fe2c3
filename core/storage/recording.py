"""What the recorder writes: sightings, rollups, open tracks and the mark, together."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, insert, select, tuple_, update
from sqlalchemy.orm import Session

from core.accounts import FrameAccount
from core.camera_rules import CameraRules, read_rules
from core.keys import PARTITIONS, partition_of
from core.preferences import Preferences
from core.storage.frame_accounts import keep_accounts
from core.storage.installation import read_time_zone
from core.storage.pictures import (
    OpenPicture,
    SightingPicture,
    TrackKey,
    add_sighting_pictures,
    keep_open_pictures,
    read_open_pictures,
)
from core.storage.preferences import read_preferences
from core.storage.rollups import Slot, add_to_rollups, join_versions, upsert
from core.storage.tables import (
    CameraRow,
    OpenTracksRow,
    PartitionRow,
    SightingRow,
)
from core.types import Verdict

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Watch:
    """What the recorder goes by, as chosen now. zone: what hours and days are cut by.

    cameras: the registered ones, each with its rules; results of others are passed over.
    """

    cameras: Mapping[int, CameraRules] = field(default_factory=dict)
    preferences: Preferences = field(default_factory=Preferences)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a partition is recorded, and by which transaction."""

    applied: str
    version: int


@dataclass(frozen=True, slots=True)
class FinishedTrack:
    """A track that has ended, as it becomes a sighting.

    is_required: whether masks had to be worn where and when it began; where not, the
    sighting is kept, but not counted. timeline: as `core/timelines.py` writes it.
    """

    camera_id: int
    started_at: datetime
    ended_at: datetime
    verdict: Verdict
    probabilities: tuple[float, float, float]
    faces: int
    is_continuation: bool
    model_version: str
    is_required: bool = True
    changes: int = 0
    timeline: bytes | None = None
    picture: SightingPicture | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """All that one transaction writes for one partition.

    snapshots: camera id -> its open tracks; empty bytes where none are open.
    seen: minutes (their starts) in which a camera delivered.
    pictures: the best faces of open tracks that have changed; None where one is to go.
    accounts: what became of the frames of minutes, in the place of what stood there.
    """

    partition: int
    applied: str
    finished: Sequence[FinishedTrack] = ()
    snapshots: Mapping[int, bytes] = field(default_factory=dict)
    seen: Iterable[Slot] = ()
    pictures: Mapping[TrackKey, OpenPicture | None] = field(default_factory=dict)
    accounts: Mapping[Slot, FrameAccount] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredPartition:
    """A partition as it stands in SQL: its mark, its open tracks by camera, their pictures."""

    mark: Mark
    snapshots: Mapping[int, bytes]
    pictures: Mapping[TrackKey, OpenPicture]


def read_partitions(session: Session, partitions: Iterable[int]) -> dict[int, StoredPartition]:
    """Read partitions, all as of one moment."""
    return {
        partition: StoredPartition(
            read_mark(session, partition),
            read_open_tracks(session, partition),
            read_open_pictures(session, partition),
        )
        for partition in partitions
    }


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


def read_watch(session: Session) -> Watch:
    """Read the registered cameras with their rules, and what else was chosen."""
    query = select(CameraRow.id, CameraRow.rules).where(CameraRow.removed_at.is_(None))
    cameras = {row.id: read_rules(row.rules) for row in session.execute(query)}
    return Watch(cameras, read_preferences(session), read_time_zone(session))


def record(
    session: Session, recordings: Sequence[Recording], marks: Mapping[int, Mark]
) -> dict[int, Mark]:
    """Write recordings of partitions that still stand at our marks; returns the new marks.

    One that is missing in the answer has another owner, and nothing of its recording
    was written: the caller discards its state and reads anew.
    """
    moved = _move_marks(session, recordings, marks)
    ours = [recording for recording in recordings if recording.partition in moved]
    finished = [track for recording in ours for track in recording.finished]
    add_history(session, finished, {slot for recording in ours for slot in recording.seen})
    _keep_snapshots(session, _merge(recording.snapshots for recording in ours))
    keep_open_pictures(session, _merge(recording.pictures for recording in ours))
    keep_accounts(session, _merge(recording.accounts for recording in ours))
    return moved


def add_history(session: Session, finished: Sequence[FinishedTrack], seen: Iterable[Slot]) -> None:
    """Add people, and the minutes in which their cameras delivered, to the history."""
    _add_sightings(session, finished)
    _count(session, finished, seen)


def supersede(session: Session, camera_ids: Iterable[int]) -> None:
    """Make recorders throw away what they hold of these cameras, and read it anew.

    For whoever changes open tracks, open pictures or minutes behind the recorder, in
    the same transaction: else it would write its own back.
    """
    row = PartitionRow
    partitions = {partition_of(camera_id) for camera_id in camera_ids}
    session.execute(update(row).where(row.id.in_(partitions)).values(version=row.version + 1))


def _move_marks(
    session: Session, recordings: Sequence[Recording], marks: Mapping[int, Mark]
) -> dict[int, Mark]:
    """Move the marks that are still ours, and hold them until the transaction ends.

    They are taken in order: of two recorders that both hold some, none waits for the
    other in a circle.
    """
    row = PartitionRow
    held = [(one.partition, marks[one.partition].version) for one in recordings]
    query = select(row.id).where(tuple_(row.id, row.version).in_(held))
    found = set(session.scalars(query.order_by(row.id).with_for_update()))
    moved = {
        one.partition: Mark(one.applied, marks[one.partition].version + 1)
        for one in recordings
        if one.partition in found
    }
    values = [
        {"partition": partition, "now_applied": mark.applied, "now_version": mark.version}
        for partition, mark in moved.items()
    ]
    if values:
        session.execute(_MOVE, values)
    return moved


_PARTITIONS: Any = PartitionRow.__table__
_MOVE = (
    update(_PARTITIONS)
    .where(_PARTITIONS.c.id == bindparam("partition"))
    .values(applied=bindparam("now_applied"), version=bindparam("now_version"))
)


def _merge(parts: Iterable[Mapping[_Key, _Value]]) -> dict[_Key, _Value]:
    """Put what partitions are to write together: no two have a camera in common."""
    return {key: value for part in parts for key, value in part.items()}


def _add_sightings(session: Session, finished: Sequence[FinishedTrack]) -> None:
    if not finished:
        return
    statement = insert(SightingRow).returning(SightingRow.id, sort_by_parameter_order=True)
    ids = session.scalars(statement, [_sighting_values(track) for track in finished]).all()
    pictures = [(one, track.picture) for one, track in zip(ids, finished, strict=True)]
    add_sighting_pictures(session, [(one, picture) for one, picture in pictures if picture])


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
        "is_required": track.is_required,
        "changes": track.changes,
        "timeline": track.timeline,
        "model_version": track.model_version,
    }


def _count(session: Session, finished: Sequence[FinishedTrack], seen: Iterable[Slot]) -> None:
    """Count new people by verdict, where masks were required, and the minutes seen.

    A continuation is the same person, counted before.
    """
    people: dict[Slot, Counter[str]] = {}
    versions: dict[Slot, str] = {}
    for track in finished:
        if track.is_required and not track.is_continuation:
            slot = _minute_of(track)
            people.setdefault(slot, Counter())[track.verdict.value] += 1
            versions[slot] = join_versions(versions.get(slot, ""), track.model_version)
    minutes = {*seen, *map(_minute_of, finished)}
    add_to_rollups(session, people, minutes, read_time_zone(session), versions)


def _minute_of(track: FinishedTrack) -> Slot:
    return track.camera_id, track.started_at.replace(second=0, microsecond=0)


def _keep_snapshots(session: Session, snapshots: Mapping[int, bytes]) -> None:
    if not snapshots:
        return
    table: Any = OpenTracksRow.__table__
    statement = upsert(session, table)
    statement = statement.on_conflict_do_update(
        index_elements=[table.c.camera_id], set_={"snapshot": statement.excluded.snapshot}
    )
    values = [
        {"camera_id": camera_id, "snapshot": snapshot}
        for camera_id, snapshot in sorted(snapshots.items())
    ]
    # With rows to return SQLAlchemy sends many at once; PostgreSQL takes them one by one else.
    session.execute(statement.returning(table.c.camera_id), values).all()
