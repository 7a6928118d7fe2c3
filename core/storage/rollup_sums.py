"""Sum rollups up over a range: coarse ones inside, fine ones at its edges."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, ColumnElement, cast, func, select
from sqlalchemy import type_coerce as as_type
from sqlalchemy.orm import Session

from core.buckets import Bucket, floor, following, hours_agree
from core.storage.installation import read_minutes_from, read_time_zone
from core.storage.rollups import COUNTS, ROWS
from core.storage.tables import SEVERAL_VERSIONS, QuarterRollupRow
from core.types import from_microseconds

Sums: TypeAlias = NDArray[np.int64]
"""(n, 5): mask, incorrect_mask, no_mask, unsure, and minutes in which cameras delivered."""
SUMS_WIDTH = 5

_INNER_QUARTERS_US = np.array([15, 30, 45], np.int64) * 60_000_000
_GRAINS = tuple(ROWS)
_MIXED_MAX = 8
_LONGEST = {
    Bucket.QUARTER: timedelta(minutes=15),
    Bucket.HOUR: timedelta(hours=1),
    Bucket.DAY: timedelta(hours=25),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a range that is read from the rollups of one grain."""

    grain: Bucket
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class History:
    """What decides which rollups may be read.

    counted_by: the zone that hours and days are cut by. minutes_from: since when
    minutes are kept; None for all of them.
    """

    counted_by: ZoneInfo
    minutes_from: datetime | None


def read_history(session: Session) -> History:
    return History(read_time_zone(session), read_minutes_from(session))


def fitting_grains(
    history: History, start: datetime, end: datetime, bucket: Bucket, zone: ZoneInfo
) -> tuple[Bucket, ...]:
    """List the grains whose rollups add up to such buckets of a zone, finest first.

    Hours add up to days of any zone: where one begins amid an hour, `sum_by_bucket` divides it.
    """
    if bucket is Bucket.DAY:
        return _GRAINS if zone.key == history.counted_by.key else _GRAINS[:3]
    if bucket is Bucket.HOUR and hours_agree(zone, history.counted_by, start, end):
        return _GRAINS[:3]
    return _GRAINS[:1] if bucket is Bucket.MINUTE else _GRAINS[:2]


def cover(
    history: History, start: datetime, end: datetime, grains: Sequence[Bucket] = _GRAINS
) -> Iterator[Piece]:
    """Cover a range with the coarsest of the grains, and its edges with finer ones.

    Minutes that are kept no more are covered by the quarters that they lie in;
    where minutes alone are asked for, by nothing.
    """
    has_quarters = Bucket.QUARTER in grains
    for piece in _cover(start, end, grains, history.counted_by):
        if piece.grain is Bucket.MINUTE and history.minutes_from is not None:
            yield from _replace_pruned(piece, history.minutes_from, has_quarters)
        else:
            yield piece


def sum_by_bucket(
    session: Session,
    pieces: Sequence[Piece],
    edges_us: NDArray[np.int64],
    camera_ids: Sequence[int],
) -> Sums:
    """Sum the pieces up into buckets; edges_us: (n + 1,) where they begin, and the last one's end.

    Each rollup counts to the bucket in which it begins; hours amid which one begins are divided.
    """
    sums = np.zeros((len(edges_us) - 1, SUMS_WIDTH), np.int64)
    for piece in pieces:
        starts_us, counts = _sum_by_start(session, piece.grain, *_within(piece, camera_ids))
        _add(sums, edges_us, starts_us, counts)
        if piece.grain is Bucket.HOUR:
            _divide_hours(session, sums, edges_us, starts_us, camera_ids)
    return sums


def sum_by_camera(
    session: Session, pieces: Sequence[Piece], camera_ids: Sequence[int]
) -> dict[int, Sums]:
    """Sum the pieces up by camera; those without any rollup are left out. Each: (5,)."""
    sums: dict[int, Sums] = {}
    for piece in pieces:
        row: Any = ROWS[piece.grain]
        query = select(row.camera_id, *_sums(piece.grain)).group_by(row.camera_id)
        for camera_id, *counts in session.execute(query.where(*_within(piece, camera_ids))):
            sums[camera_id] = sums.get(camera_id, 0) + np.array(counts, np.int64)
    return sums


def find_versions(
    session: Session, pieces: Sequence[Piece], camera_ids: Sequence[int]
) -> tuple[str, ...]:
    """List the model versions that judged, by name.

    Where rollups name several, the finer ones within tell which; of each grain the
    first few mixed ones are looked into, for a model is changed seldom. `several`
    itself is answered only where nothing tells more.
    """
    found: set[str] = set()
    mixed: list[Piece] = list(pieces)
    while mixed:
        names, mixed = _versions_of(session, mixed, camera_ids)
        found |= names
    named = found - {"", SEVERAL_VERSIONS}
    return tuple(sorted(named)) if named else tuple(found & {SEVERAL_VERSIONS})


def _cover(
    start: datetime, end: datetime, grains: Sequence[Bucket], zone: ZoneInfo
) -> Iterator[Piece]:
    *finer, coarsest = grains
    if not finer:
        yield Piece(coarsest, floor(start, coarsest, zone), end)
        return
    first, last = _ceiling(start, coarsest, zone), floor(end, coarsest, zone)
    if first >= last:
        yield from _cover(start, end, finer, zone)
        return
    if start < first:
        yield from _cover(start, first, finer, zone)
    yield Piece(coarsest, first, last)
    if last < end:
        yield from _cover(last, end, finer, zone)


def _replace_pruned(piece: Piece, kept_from: datetime, has_quarters: bool) -> Iterator[Piece]:
    """Cover minutes before `kept_from` by quarters; the mark is a quarter's start itself."""
    utc = ZoneInfo("UTC")
    if piece.start < kept_from and has_quarters:
        start = floor(piece.start, Bucket.QUARTER, utc)
        end = min(_ceiling(piece.end, Bucket.QUARTER, utc), kept_from)
        yield Piece(Bucket.QUARTER, start, end)
    if piece.end > kept_from:
        yield Piece(Bucket.MINUTE, max(piece.start, kept_from), piece.end)


def _ceiling(moment: datetime, bucket: Bucket, zone: ZoneInfo) -> datetime:
    start = floor(moment, bucket, zone)
    return start if start == moment else following(start, bucket, zone)


def _sum_by_start(
    session: Session, grain: Bucket, *conditions: ColumnElement[bool]
) -> tuple[NDArray[np.int64], Sums]:
    """Sum rollups up over cameras; gives their starts in microseconds, (n,), and sums."""
    start = as_type(ROWS[grain].start, BigInteger)
    query = select(start, *_sums(grain)).where(*conditions).group_by(start)
    # Plain tuples: numpy asks each of SQLAlchemy's rows at length what it is.
    found = [tuple(row) for row in session.execute(query)]
    table = np.array(found, np.int64).reshape(-1, 1 + SUMS_WIDTH)
    return table[:, 0], table[:, 1:]


def _add(
    sums: Sums, edges_us: NDArray[np.int64], starts_us: NDArray[np.int64], counts: Sums
) -> None:
    np.add.at(sums, np.searchsorted(edges_us, starts_us, "right") - 1, counts)


def _divide_hours(
    session: Session,
    sums: Sums,
    edges_us: NDArray[np.int64],
    hours_us: NDArray[np.int64],
    camera_ids: Sequence[int],
) -> None:
    """Move what of an hour lies behind the beginning of a bucket over to that one, by quarters."""
    row, behind = QuarterRollupRow, _behind_edges(edges_us, hours_us)
    if not behind:
        return
    conditions = row.start.in_(behind), row.camera_id.in_(camera_ids)
    quarters_us, counts = _sum_by_start(session, Bucket.QUARTER, *conditions)
    _add(sums, edges_us, quarters_us, counts)
    _add(sums[:-1], edges_us[1:], quarters_us, -counts)


def _behind_edges(edges_us: NDArray[np.int64], hours_us: NDArray[np.int64]) -> list[datetime]:
    """List the quarters of hours, (n,), that belong to another bucket than their hour's start."""
    hours_us = np.sort(hours_us)
    quarters_us = hours_us[:, None] + _INNER_QUARTERS_US  # (n, 3)
    buckets = np.searchsorted(edges_us, hours_us, "right")
    is_behind = np.searchsorted(edges_us, quarters_us, "right") > buckets[:, None]
    # Where clocks change by half an hour, an hour is a short one.
    is_behind[:-1] &= quarters_us[:-1] < hours_us[1:, None]
    return [from_microseconds(quarter) for quarter in quarters_us[is_behind].tolist()]


def _within(piece: Piece, camera_ids: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
    row = ROWS[piece.grain]
    return row.start >= piece.start, row.start < piece.end, row.camera_id.in_(camera_ids)


def _sums(grain: Bucket) -> list[ColumnElement[int]]:
    row: Any = ROWS[grain]
    seen = func.count() if grain is Bucket.MINUTE else func.sum(row.seen_minutes)
    # SUM of integers is NUMERIC on PostgreSQL.
    sums = [cast(func.sum(getattr(row, name)), BigInteger) for name in COUNTS]
    return [*sums, cast(seen, BigInteger)]


def _versions_of(
    session: Session, pieces: Sequence[Piece], camera_ids: Sequence[int]
) -> tuple[set[str], list[Piece]]:
    """Name what judged in some pieces, and where to look closer."""
    found: set[str] = set()
    mixed: list[Piece] = []
    for piece in pieces:
        row = ROWS[piece.grain]
        query = select(row.model_version).where(*_within(piece, camera_ids)).distinct()
        names = set(session.scalars(query))
        if SEVERAL_VERSIONS in names and piece.grain is not Bucket.MINUTE:
            mixed += _mixed_pieces(session, piece, camera_ids)
        found |= names
    return found, mixed[:_MIXED_MAX]


def _mixed_pieces(session: Session, piece: Piece, camera_ids: Sequence[int]) -> Iterator[Piece]:
    """Name the finer stretches within those that several versions judged."""
    row = ROWS[piece.grain]
    query = select(row.start).where(*_within(piece, camera_ids)).distinct()
    query = query.where(row.model_version == SEVERAL_VERSIONS).order_by(row.start)
    finer = _GRAINS[_GRAINS.index(piece.grain) - 1]
    for start in session.scalars(query.limit(_MIXED_MAX)):
        yield Piece(finer, start, min(start + _LONGEST[piece.grain], piece.end))
