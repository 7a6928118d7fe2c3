"""Measure questions about a generated year: compliance by buckets, sightings by cursor.

Run: .venv/bin/python -m benchmarks.history --database URL [--cameras 50] [--days 365]
The database must be an empty one of your own, made for this: it is filled. 50
cameras and a year are 26 million minutes, 3 GB, and take PostgreSQL some minutes.
Prints one JSON line per kind of question: median, 95th percentile and worst, in
milliseconds, of questions with random ranges, zones and filters.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np
from cryptography.fernet import Fernet
from sqlalchemy import text
from sqlalchemy.orm import Session

import migrations
from core.buckets import Bucket
from core.secrets import SecretBox
from core.storage.cameras import NewCamera, add_camera
from core.storage.compliance import CameraFilter, compliance
from core.storage.engine import Database
from core.storage.rollups import rebuild, settle_time_zone
from core.storage.sightings import SightingFilter, list_sightings

END = datetime(2026, 1, 1, tzinfo=UTC)
HOUSE = ZoneInfo("Europe/Berlin")
ASKED_ZONES = (HOUSE, HOUSE, ZoneInfo("UTC"), ZoneInfo("America/New_York"))
RANGE_DAYS = {Bucket.MINUTE: 2.0, Bucket.HOUR: 365.0, Bucket.DAY: 365.0}
"""The longest range that is asked by such a bucket."""
QUESTIONS = 100
PAGE = 50
SITES = 5

_SERIES = {
    "postgresql": "SELECT generate_series(0, CAST(:count AS bigint) - 1) AS number",
    "sqlite": "WITH RECURSIVE series(number) AS (SELECT 0 UNION ALL SELECT number + 1 "
    "FROM series WHERE number < :count - 1) SELECT number FROM series",
}
_DICE = {"postgresql": "floor(random() * {})::int", "sqlite": "(abs(random()) % {})"}


def main() -> None:
    options = _parse()
    migrations.upgrade(options.database)
    database = Database(options.database)
    days = int(options.days)
    _report("generated", [_timed(partial(_fill, database, options.cameras, days))])
    rng = np.random.default_rng(1)
    for bucket in Bucket:
        asked = [_timed(partial(_ask, database, bucket, days, rng)) for _ in range(QUESTIONS)]
        _report(f"compliance by {bucket}", asked)
    for kind in (None, 1):
        pages = [_timed(partial(_page, database, days, kind, rng)) for _ in range(QUESTIONS)]
        _report(f"sightings, {'one camera' if kind else 'all cameras'}", pages)
    database.close()


def _fill(database: Database, cameras: int, days: int) -> None:
    """Every minute of every camera, their hours and days, and a sighting for each fifth."""
    minutes = days * 24 * 60
    start_us = int((END - timedelta(days=days)).timestamp() * 1_000_000)
    with database.write() as session:
        dialect = session.get_bind().dialect.name
        settle_time_zone(session, HOUSE)
        series, dice = _SERIES[dialect], _DICE[dialect]
        # Sealed with a key that is thrown away: nobody opens these cameras.
        box = SecretBox([Fernet.generate_key()])
        for number in range(cameras):
            new = NewCamera(f"camera {number}", "0", "0", site=f"site {number % SITES}")
            values = {"camera": add_camera(session, box, new).id, "start": start_us}
            _insert_minutes(session, series, dice, values | {"count": minutes})
            _insert_sightings(session, series, dice, values | {"count": minutes // 5})
        rebuild(session, Bucket.MINUTE, Bucket.HOUR, HOUSE)
        rebuild(session, Bucket.HOUR, Bucket.DAY, HOUSE)
    _analyse(database)


def _insert_minutes(session: Session, series: str, dice: str, values: dict[str, int]) -> None:
    counts = ", ".join(dice.format(sides) for sides in (4, 2, 2, 2))
    session.execute(
        text(
            "INSERT INTO rollups_minute (camera_id, start, mask, incorrect_mask, no_mask, unsure) "  # noqa: S608
            f"SELECT :camera, :start + number * 60000000, {counts} FROM ({series}) AS minutes"
        ),
        values,
    )


def _insert_sightings(session: Session, series: str, dice: str, values: dict[str, int]) -> None:
    started = f":start + number * 300000000 + {dice.format(1_000_000)}"
    verdict = f"CASE {dice.format(5)} WHEN 0 THEN 'no_mask' WHEN 1 THEN 'unsure' ELSE 'mask' END"
    session.execute(
        text(
            "INSERT INTO sightings (camera_id, started_at, ended_at, verdict, mask, "  # noqa: S608
            "incorrect_mask, no_mask, faces, is_continuation, model_version) "
            f"SELECT :camera, {started}, :start + number * 300000000 + 3000000, {verdict}, "
            f"0.9, 0.05, 0.05, 12, false, 'generated' FROM ({series}) AS fifths"
        ),
        values,
    )


def _analyse(database: Database) -> None:
    with database.write() as session:
        session.execute(text("ANALYZE"))


def _ask(database: Database, bucket: Bucket, days: int, rng: np.random.Generator) -> None:
    longest = min(days, RANGE_DAYS[bucket])
    length = timedelta(days=float(rng.uniform(0.1, 1.0)) * longest)
    end = END - timedelta(days=float(rng.uniform(0, days)) * (1 - length.days / days))
    zone = ASKED_ZONES[rng.integers(len(ASKED_ZONES))]
    site = f"site {rng.integers(SITES)}" if rng.random() < 0.3 else None
    camera_id = int(rng.integers(1, SITES)) if rng.random() < 0.3 else None
    with database.read() as session:
        compliance(session, end - length, end, bucket, zone, CameraFilter(camera_id, site))


def _page(database: Database, days: int, camera_id: int | None, rng: np.random.Generator) -> None:
    """Read a page somewhere in the year: by its cursor, as the page before would give it."""
    moment = END - timedelta(days=float(rng.uniform(0, days)))
    cursor = f"{int(moment.timestamp() * 1_000_000)}-0"
    wanted = SightingFilter(END - timedelta(days=days), END, camera_id=camera_id)
    with database.read() as session:
        list_sightings(session, wanted, cursor, PAGE)


def _timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _report(name: str, measured_ms: Sequence[float]) -> None:
    median, late = np.percentile(measured_ms, [50, 95])
    figures = {"median_ms": median, "p95_ms": late, "worst_ms": max(measured_ms)}
    line = {"measurement": name, **{key: round(value, 1) for key, value in figures.items()}}
    print(json.dumps(line), flush=True)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True, help="SQLAlchemy address of an empty one.")
    parser.add_argument("--cameras", type=int, default=50)
    parser.add_argument("--days", type=int, default=365)
    return parser.parse_args()


if __name__ == "__main__":
    main()
