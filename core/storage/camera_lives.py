"""Since when, and until when, a camera was there to deliver."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.storage.tables import CameraRow, MinuteRollupRow
from core.types import to_microseconds

_MINUTE_US = 60_000_000
_FOR_EVER_US = 2**62


@dataclass(frozen=True, slots=True)
class Lives:
    """Cameras, and the whole minutes from which and up to which they were there.

    camera_ids: (m,); first_us, last_us: (m,) microseconds.
    """

    camera_ids: Sequence[int]
    first_us: NDArray[np.int64]
    last_us: NDArray[np.int64]

    def minutes_by_bucket(
        self,
        edges_us: NDArray[np.int64],
        start: datetime,
        end: datetime,
        now: datetime | None = None,
    ) -> NDArray[np.int64]:
        """Count the cameras' minutes of [start, end) up to now in each bucket.

        edges_us: (n + 1,) where buckets begin, and the last one's end. Returns (n,).
        """
        edges = edges_us.clip(*_whole_minutes(start, end, now))
        passed = np.zeros(len(edges), np.int64)
        for first, last in zip(self.first_us, self.last_us, strict=True):
            passed += edges.clip(first, last) - first
        minutes: NDArray[np.int64] = np.diff(passed) // _MINUTE_US
        return minutes

    def minutes_by_camera(
        self, start: datetime, end: datetime, now: datetime | None = None
    ) -> dict[int, int]:
        """Count each camera's minutes of [start, end) up to now."""
        first, last = _whole_minutes(start, end, now)
        spans = self.last_us.clip(first, last) - self.first_us.clip(first, last)
        return dict(zip(self.camera_ids, (spans // _MINUTE_US).tolist(), strict=True))


def read_lives(session: Session, camera_ids: Sequence[int]) -> Lives:
    """Read when cameras were registered and removed.

    One with a history from before, out of a recorded video, was there since then.
    """
    camera, minute = CameraRow, MinuteRollupRow
    oldest = select(func.min(minute.start)).where(minute.camera_id == camera.id)
    query = select(camera.id, camera.created_at, camera.removed_at, oldest.scalar_subquery())
    ids, firsts, lasts = [], [], []
    for camera_id, created, removed, first in session.execute(
        query.where(camera.id.in_(camera_ids))
    ):
        ids.append(camera_id)
        since = created if first is None else min(created, first)
        firsts.append(_floor(to_microseconds(since)))
        lasts.append(_FOR_EVER_US if removed is None else _ceiling(to_microseconds(removed)))
    # A camera never ends before it begins, whatever the clock did meanwhile.
    first_us = np.array(firsts, np.int64)
    return Lives(ids, first_us, np.maximum(np.array(lasts, np.int64), first_us))


def _whole_minutes(start: datetime, end: datetime, now: datetime | None) -> tuple[int, int]:
    """Widen a range to whole minutes, and end it with the minute that is now."""
    last = end if now is None else min(end, now)
    first_us = _floor(to_microseconds(start))
    return first_us, max(first_us, _ceiling(to_microseconds(last)))


def _floor(moment_us: int) -> int:
    return moment_us - moment_us % _MINUTE_US


def _ceiling(moment_us: int) -> int:
    return -(-moment_us // _MINUTE_US) * _MINUTE_US
