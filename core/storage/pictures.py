"""Questions about pictures of sightings: the best face of each, where one is kept.

While a track is open, its best face so far waits in `open_pictures`; it moves to
`sighting_pictures` in the transaction that writes the sighting.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import delete, func, insert, select, tuple_, update
from sqlalchemy.orm import Session

from core.access_scopes import EVERYWHERE, CameraScope
from core.errors import NotFound
from core.keys import PARTITIONS
from core.storage.rollups import upsert
from core.storage.scopes import camera_ids_in
from core.storage.tables import OpenPictureRow, SightingPictureRow, SightingRow

TrackKey: TypeAlias = tuple[int, int]
"""Camera and track; a track's number is unique among the open ones of its camera."""


@dataclass(frozen=True, slots=True)
class OpenPicture:
    """The best face so far of an open track; content as in `FaceCrop`."""

    taken_at: datetime
    quality: float
    is_sharp: bool
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SightingPicture:
    """The best face of a sighting; content as in `FaceCrop`."""

    taken_at: datetime
    is_sharp: bool
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What is known of a picture without reading it."""

    taken_at: datetime
    is_sharp: bool


@dataclass(frozen=True, slots=True)
class PictureFigures:
    """How many pictures of sightings are kept, and their bytes."""

    count: int
    content_bytes: int


def read_open_pictures(session: Session, partition: int) -> dict[TrackKey, OpenPicture]:
    """Read the pictures of open tracks of the partition's cameras."""
    row = OpenPictureRow
    query = select(row).where(row.camera_id % PARTITIONS == partition)
    return {
        (one.camera_id, one.track_id): OpenPicture(
            one.taken_at, one.quality, one.is_sharp, one.content
        )
        for one in session.scalars(query)
    }


def keep_open_pictures(session: Session, changes: Mapping[TrackKey, OpenPicture | None]) -> None:
    """Write the open pictures that have changed; None removes one."""
    row = OpenPictureRow
    gone = [key for key, picture in changes.items() if picture is None]
    if gone:
        session.execute(delete(row).where(tuple_(row.camera_id, row.track_id).in_(gone)))
    better = [_open_values(key, picture) for key, picture in changes.items() if picture]
    if better:
        statement = upsert(session, row)
        fresh = {
            name: statement.excluded[name]
            for name in ("taken_at", "quality", "is_sharp", "content")
        }
        session.execute(
            statement.on_conflict_do_update(
                index_elements=[row.camera_id, row.track_id], set_=fresh
            ),
            better,
        )


def add_sighting_pictures(
    session: Session, pictures: Sequence[tuple[int, SightingPicture]]
) -> None:
    """Keep pictures of sightings that have just been written, by the sightings' ids."""
    if pictures:
        values = [_sighting_values(sighting_id, picture) for sighting_id, picture in pictures]
        session.execute(insert(SightingPictureRow), values)


def find_picture(session: Session, sighting_id: int) -> PictureFacts | None:
    """Say of what kind the picture of a sighting is; None where none is kept."""
    row = SightingPictureRow
    query = select(row.taken_at, row.is_sharp).where(row.sighting_id == sighting_id)
    found = session.execute(query).one_or_none()
    return PictureFacts(found.taken_at, found.is_sharp) if found else None


def read_picture(
    session: Session, sighting_id: int, scope: CameraScope = EVERYWHERE
) -> SightingPicture:
    """Read the picture of a sighting. Raises NotFound: no sighting in scope, or none is kept."""
    sighting, picture = SightingRow, SightingPictureRow
    query = (
        select(picture.taken_at, picture.is_sharp, picture.content)
        .select_from(sighting)
        .outerjoin(picture, picture.sighting_id == sighting.id)
        .where(sighting.id == sighting_id, sighting.camera_id.in_(camera_ids_in(scope)))
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound(f"there is no sighting {sighting_id}")
    if found.content is None:
        raise NotFound(
            f"no picture of sighting {sighting_id} is kept: none was taken, or its time is over"
        )
    return SightingPicture(found.taken_at, found.is_sharp, found.content)


def measure_pictures(session: Session) -> PictureFigures:
    """Count the pictures of sightings and add up their sizes."""
    row = SightingPictureRow
    count, size = session.execute(
        select(func.count(), func.coalesce(func.sum(row.content_bytes), 0)).select_from(row)
    ).one()
    return PictureFigures(count, int(size))


def count_sharp_pictures(session: Session) -> int:
    query = select(func.count()).where(SightingPictureRow.is_sharp)
    return session.scalar(query) or 0


def read_sharp_pictures(session: Session, after: int, limit: int) -> dict[int, bytes]:
    """Read sealed pictures by the ids of their sightings, the first ones above `after`."""
    row = SightingPictureRow
    query = select(row.sighting_id, row.content).where(row.is_sharp, row.sighting_id > after)
    rows = session.execute(query.order_by(row.sighting_id).limit(limit))
    return {one.sighting_id: one.content for one in rows}


def replace_by_blurred(session: Session, pictures: Mapping[int, bytes]) -> int:
    """Put blurred pictures in the place of sharp ones; returns how many were still there."""
    row, replaced = SightingPictureRow, 0
    for sighting_id, content in pictures.items():
        values = {"content": content, "content_bytes": len(content), "is_sharp": False}
        statement = update(row).where(row.sighting_id == sighting_id, row.is_sharp)
        done = session.execute(statement.values(values).returning(row.sighting_id))
        replaced += len(done.all())
    return replaced


def remove_pictures(session: Session, sighting_ids: Collection[int]) -> int:
    """Remove pictures, and leave their sightings; returns how many there were."""
    row = SightingPictureRow
    statement = delete(row).where(row.sighting_id.in_(sighting_ids))
    return len(session.execute(statement.returning(row.sighting_id)).all())


def _open_values(key: TrackKey, picture: OpenPicture) -> dict[str, object]:
    camera_id, track_id = key
    return {
        "camera_id": camera_id,
        "track_id": track_id,
        "taken_at": picture.taken_at,
        "quality": picture.quality,
        "is_sharp": picture.is_sharp,
        "content": picture.content,
    }


def _sighting_values(sighting_id: int, picture: SightingPicture) -> dict[str, object]:
    return {
        "sighting_id": sighting_id,
        "taken_at": picture.taken_at,
        "is_sharp": picture.is_sharp,
        "content": picture.content,
        "content_bytes": len(picture.content),
    }
