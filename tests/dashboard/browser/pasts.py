"""A past for the pages: quarters of an hour in which cameras delivered, and who passed in them."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, update

from core.buckets import Bucket
from core.storage.engine import Database
from core.storage.rollups import ROWS, rebuild
from core.storage.tables import CameraRow, QuarterRollupRow

QUARTER = timedelta(minutes=15)
NOBODY: Mapping[str, int] = {"mask": 0, "incorrect_mask": 0, "no_mask": 0, "unsure": 0}

PeopleOf: TypeAlias = Callable[[datetime], Mapping[str, int] | None]
"""Who passed in the quarter that begins then, by verdict; None where the camera did not deliver."""


def write_past(
    database: Database, pasts: Mapping[int, PeopleOf], start: datetime, end: datetime
) -> None:
    """Write what cameras, registered at `start`, saw: by quarters, hours and days, not minutes."""
    rows = [row for camera_id, past in pasts.items() for row in _rows(camera_id, past, start, end)]
    with database.write() as session:
        there = update(CameraRow).where(CameraRow.id.in_(pasts))
        session.execute(there.values(created_at=start))
        session.execute(insert(QuarterRollupRow), rows)
        rebuild(session, Bucket.QUARTER, Bucket.HOUR, ZoneInfo("UTC"))
        rebuild(session, Bucket.HOUR, Bucket.DAY, ZoneInfo("UTC"))


def forget_past(database: Database) -> None:
    """Take all counts out, those of cameras that were removed too."""
    with database.write() as session:
        for row in ROWS.values():
            session.execute(delete(row))


def _rows(camera_id: int, past: PeopleOf, start: datetime, end: datetime) -> list[dict[str, Any]]:
    moments = [start + number * QUARTER for number in range((end - start) // QUARTER)]
    known = [(moment, past(moment)) for moment in moments]
    return [
        {
            "camera_id": camera_id,
            "start": moment,
            **NOBODY,
            **counts,
            "seen_minutes": 15,
            "model_version": "2026.1" if any(counts.values()) else "",
        }
        for moment, counts in known
        if counts is not None
    ]
