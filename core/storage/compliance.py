"""Questions about compliance: rollups in, rates with intervals out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from core.buckets import Bucket, following, starts_between
from core.errors import BadRequest
from core.statistics import Counts
from core.storage.camera_filters import CameraFilter, choose_cameras
from core.storage.camera_lives import read_lives
from core.storage.rollup_sums import (
    SUMS_WIDTH,
    cover,
    find_versions,
    fitting_grains,
    read_history,
    sum_by_bucket,
    sum_by_camera,
)
from core.types import to_microseconds

BUCKETS_MAX = 10_000
NOBODY = Counts()


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts, and how many minutes cameras delivered, of those in which they were there to."""

    counts: Counts = NOBODY
    minutes_seen: int = 0
    minutes_expected: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.counts + other.counts,
            self.minutes_seen + other.minutes_seen,
            self.minutes_expected + other.minutes_expected,
        )

    @property
    def is_gap(self) -> bool:
        """Say whether no camera delivered, so that zero is not known."""
        return self.minutes_seen == 0

    @property
    def seen(self) -> float | None:
        """Give the share of minutes in which cameras delivered; None where none was there to.

        At most 1: a recorded video may bring minutes from before its camera was there.
        """
        if self.minutes_seen >= self.minutes_expected:
            return 1.0 if self.minutes_seen else None
        return self.minutes_seen / self.minutes_expected


@dataclass(frozen=True, slots=True)
class ComplianceBucket:
    """What one stretch of time counted."""

    start: datetime
    tally: Tally

    @property
    def counts(self) -> Counts:
        return self.tally.counts

    @property
    def is_gap(self) -> bool:
        return self.tally.is_gap


@dataclass(frozen=True, slots=True)
class Compliance:
    """Counts of a range by buckets, in columns: there may be 10,000 of them.

    starts: of n buckets. table: (n, 6) mask, incorrect_mask, no_mask, unsure, and the
    minutes seen and expected. model_versions: what judged. minutes_from: since when
    minutes are kept; None where none was ever pruned.
    """

    starts: Sequence[datetime]
    table: NDArray[np.int64]
    model_versions: tuple[str, ...]
    minutes_from: datetime | None

    @property
    def series(self) -> list[ComplianceBucket]:
        """Give the buckets one by one."""
        rows = zip(self.starts, self.table.tolist(), strict=True)
        return [ComplianceBucket(start, _tally(row)) for start, row in rows]

    @property
    def total(self) -> Tally:
        return _tally(self.table.sum(axis=0).tolist())

    @property
    def totals(self) -> Counts:
        return self.total.counts


@dataclass(frozen=True, slots=True)
class Span:
    """A range, and the buckets of a time zone that it is counted by.

    now: no camera is expected to have delivered since; None where time stands at the end.
    """

    start: datetime
    end: datetime
    bucket: Bucket
    zone: ZoneInfo
    now: datetime | None = None


def compliance(
    session: Session,
    start: datetime,
    end: datetime,
    bucket: Bucket,
    zone: ZoneInfo,
    cameras: CameraFilter | None = None,
    now: datetime | None = None,
) -> Compliance:
    """Count sightings that began in [start, end), by buckets of a time zone.

    Days are those of the zone: 23 or 25 hours long where clocks change. Whole
    minutes are counted, those of both ends too; where minutes are kept no more,
    whole quarters of an hour, and buckets of a minute are gaps. now: no camera is
    expected to have delivered since. Raises BadRequest on an empty range or one of
    over 10,000 buckets.
    """
    span = Span(start, end, bucket, zone, now)
    starts = list_starts(start, end, bucket, zone)
    chosen = choose_cameras(session, cameras or CameraFilter())
    table = _count(session, span, starts, chosen)
    history = read_history(session)
    versions = find_versions(session, tuple(cover(history, start, end)), chosen)
    return Compliance(starts, table, versions, history.minutes_from)


def counts_by_camera(
    session: Session, start: datetime, end: datetime, cameras: CameraFilter | None = None
) -> dict[int, Counts]:
    """Count sightings that began in [start, end), per camera, by whole minutes."""
    chosen = choose_cameras(session, cameras or CameraFilter())
    sums = sum_by_camera(session, tuple(cover(read_history(session), start, end)), chosen)
    found = {camera_id: Counts(*row[:-1].tolist()) for camera_id, row in sums.items()}
    return {camera_id: counts for camera_id, counts in found.items() if counts != Counts()}


def tally_by_camera(
    session: Session,
    start: datetime,
    end: datetime,
    camera_ids: Sequence[int],
    now: datetime | None = None,
) -> dict[int, Tally]:
    """Count over a range per camera; those that were not there and saw nothing are left out."""
    pieces = tuple(cover(read_history(session), start, end))
    sums = sum_by_camera(session, pieces, camera_ids)
    expected = read_lives(session, camera_ids).minutes_by_camera(start, end, now)
    nothing = (0,) * SUMS_WIDTH
    tallies = {}
    for camera_id in camera_ids:
        *counts, seen = sums[camera_id].tolist() if camera_id in sums else nothing
        tallies[camera_id] = Tally(Counts(*counts), seen, expected[camera_id])
    return {camera_id: tally for camera_id, tally in tallies.items() if tally != Tally()}


def tally_by_group(
    session: Session,
    span: Span,
    starts: Sequence[datetime],
    groups: Sequence[int],
    groups_count: int,
    camera_ids: Sequence[int],
) -> list[Tally]:
    """Count over a range per group of buckets; groups: the number of each bucket's, from 0 on."""
    table = _count(session, span, starts, camera_ids)
    joined = np.zeros((groups_count, table.shape[1]), np.int64)
    np.add.at(joined, groups, table)
    return [_tally(row) for row in joined.tolist()]


def _count(
    session: Session, span: Span, starts: Sequence[datetime], camera_ids: Sequence[int]
) -> NDArray[np.int64]:
    """Count per bucket: (n, 6), the columns of Sums and the minutes expected."""
    start, end = span.start, span.end
    history = read_history(session)
    edges_us = _edges(starts, span)
    grains = fitting_grains(history, start, end, span.bucket, span.zone)
    pieces = tuple(cover(history, start, end, grains))
    sums = sum_by_bucket(session, pieces, edges_us, camera_ids)
    expected = read_lives(session, camera_ids).minutes_by_bucket(edges_us, start, end, span.now)
    return np.column_stack((sums, expected))


def _tally(row: Sequence[int]) -> Tally:
    mask, incorrect_mask, no_mask, unsure, seen, expected = row
    return Tally(Counts(mask, incorrect_mask, no_mask, unsure), seen, expected)


def list_starts(
    start: datetime, end: datetime, bucket: Bucket, zone: ZoneInfo, most: int = BUCKETS_MAX
) -> list[datetime]:
    """List the starts of a range's buckets.

    Raises BadRequest on an empty range or one of over 10,000 buckets.
    """
    check_range(start, end)
    starts = list(islice(starts_between(start, end, bucket, zone), most + 1))
    if len(starts) > most:
        raise BadRequest("bucket", f"the range has over {most} buckets; choose a longer bucket")
    return starts


def check_range(start: datetime, end: datetime) -> None:
    """Raise BadRequest where a range is empty."""
    if end <= start:
        raise BadRequest("to", f"`to` ({end}) must be later than `from` ({start})")


def _edges(starts: Sequence[datetime], span: Span) -> NDArray[np.int64]:
    """Give the moments in microseconds where buckets begin and the last one ends: (n + 1,)."""
    edges = [*starts, following(starts[-1], span.bucket, span.zone)]
    return np.array([to_microseconds(edge) for edge in edges], np.int64)
