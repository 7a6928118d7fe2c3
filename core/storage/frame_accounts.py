"""Questions about what became of frames, by camera and minute.

Redis counts and keeps a day of minutes (`core/accounts.py`); the recorder copies
those that are over. What stands here is what Redis said last.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, cast, func, literal_column, or_, select
from sqlalchemy import type_coerce as as_type
from sqlalchemy.orm import Session

from core.access_scopes import EVERYWHERE, CameraScope
from core.accounts import OUTCOMES, FrameAccount
from core.buckets import Bucket, floor
from core.storage.engine import Moment
from core.storage.rollups import Slot, upsert
from core.storage.scopes import camera_ids_in, check_camera
from core.storage.tables import CameraRow, FrameAccountRow

COUNTED = ("captured", *OUTCOMES)


@dataclass(frozen=True, slots=True)
class CopiedMinutes:
    """What is copied of a camera. unsettled: minutes with frames that had become nothing yet."""

    latest: datetime | None = None
    unsettled: Mapping[datetime, FrameAccount] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FrameAccountBucket:
    """Frames of one stretch of time. delivered_minutes: summed over the cameras."""

    start: datetime
    account: FrameAccount
    delivered_minutes: int

    @property
    def is_gap(self) -> bool:
        return self.delivered_minutes == 0


def keep_accounts(session: Session, accounts: Mapping[Slot, FrameAccount]) -> None:
    """Write accounts of minutes, in the place of what stood there."""
    if not accounts:
        return
    row = FrameAccountRow
    values = [
        {"camera_id": camera_id, "start": start} | {name: getattr(one, name) for name in COUNTED}
        for (camera_id, start), one in sorted(accounts.items())
    ]
    statement = upsert(session, row)
    fresh = {name: statement.excluded[name] for name in COUNTED}
    key = [row.camera_id, row.start]
    session.execute(statement.on_conflict_do_update(index_elements=key, set_=fresh), values)


def counted_cameras(session: Session, since: datetime) -> dict[int, datetime]:
    """Tell since when cameras are registered, without those removed before `since`."""
    camera = CameraRow
    query = select(camera.id, camera.created_at)
    query = query.where(or_(camera.removed_at.is_(None), camera.removed_at >= since))
    return {row.id: row.created_at for row in session.execute(query)}


def read_copied(
    session: Session, camera_ids: Iterable[int], since: datetime
) -> dict[int, CopiedMinutes]:
    """Tell how far the minutes of cameras are copied; those before `since` are passed over."""
    row, ids = FrameAccountRow, list(camera_ids)
    recent = (row.camera_id.in_(ids), row.start >= since)
    last = select(row.camera_id, func.max(row.start)).where(*recent).group_by(row.camera_id)
    latest = dict(session.execute(last).all())
    resolved = sum((getattr(row, name) for name in OUTCOMES[1:]), getattr(row, OUTCOMES[0]))
    unsettled: dict[int, dict[datetime, FrameAccount]] = defaultdict(dict)
    for one in session.scalars(select(row).where(*recent, row.captured != resolved)):
        unsettled[one.camera_id][one.start] = _read(one)
    return {
        camera_id: CopiedMinutes(latest.get(camera_id), unsettled.get(camera_id, {}))
        for camera_id in ids
    }


def frame_accounts(
    session: Session,
    start: datetime,
    end: datetime,
    bucket: Bucket,
    zone: ZoneInfo,
    camera_id: int | None = None,
    scope: CameraScope = EVERYWHERE,
) -> dict[datetime, FrameAccountBucket]:
    """Add up the frames captured in [start, end), by buckets of a time zone.

    Whole minutes are counted; a bucket in which no camera delivered is left out.
    Raises NotFound for a camera out of scope.
    """
    if camera_id is not None:
        check_camera(session, camera_id, scope)
    row = FrameAccountRow
    # SUM of integers is NUMERIC on PostgreSQL.
    sums = [cast(func.sum(getattr(row, name)), BigInteger) for name in COUNTED]
    slot = row.start if bucket is Bucket.MINUTE else _quarter()
    query = select(slot, func.count(), *sums).group_by(slot)
    query = query.where(row.start >= floor(start, Bucket.MINUTE, zone), row.start < end)
    chosen = [camera_id] if camera_id is not None else camera_ids_in(scope)
    buckets: dict[datetime, FrameAccountBucket] = {}
    for moment, minutes, *counts in session.execute(query.where(row.camera_id.in_(chosen))):
        at = floor(moment, bucket, zone)
        known = buckets.get(at, FrameAccountBucket(at, FrameAccount(), 0))
        account = known.account + FrameAccount(*counts)
        buckets[at] = FrameAccountBucket(at, account, known.delivered_minutes + minutes)
    return buckets


def accounts_by_camera(
    session: Session, start: datetime, end: datetime, camera_ids: Iterable[int]
) -> dict[int, FrameAccount]:
    """Add up the frames of each camera, by the whole minutes that begin in [start, end)."""
    row, ids = FrameAccountRow, list(camera_ids)
    sums = [cast(func.sum(getattr(row, name)), BigInteger) for name in COUNTED]
    query = select(row.camera_id, *sums).where(row.camera_id.in_(ids))
    query = query.where(row.start >= start, row.start < end).group_by(row.camera_id)
    found = {camera_id: FrameAccount(*counts) for camera_id, *counts in session.execute(query)}
    return {camera_id: found.get(camera_id, FrameAccount()) for camera_id in ids}


def last_delivered_minutes(
    session: Session, camera_ids: Iterable[int]
) -> dict[int, datetime | None]:
    """Tell the start of the last minute in which each camera delivered; None: never."""
    row = FrameAccountRow
    return {
        one: session.scalar(select(func.max(row.start)).where(row.camera_id == one))
        for one in camera_ids
    }


def _quarter() -> ColumnElement[datetime]:
    """Cut starts to quarters of an hour, the finest offset of any zone, to group by.

    The number is written out: PostgreSQL takes two bound numbers for two groupings.
    """
    microseconds = as_type(FrameAccountRow.start, BigInteger)
    return as_type(microseconds - microseconds % literal_column("900000000"), Moment())


def _read(row: FrameAccountRow) -> FrameAccount:
    return FrameAccount(**{name: getattr(row, name) for name in COUNTED})
