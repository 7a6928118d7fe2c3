"""Measure questions about a generated year: compliance by buckets, sightings by cursor, exports.

Run: .venv/bin/python -m benchmarks.history --server postgresql|sqlite [--cameras 50] [--days 365]
    [--questions 100]
It fills a server of its own in a temporary folder, which it deletes afterwards: 50
cameras and a year are 26 million minutes and 5 million sightings, 5 GB and minutes.
Prints one JSON line per kind of question: percentiles in milliseconds of what a
question took by the clock, and of the CPU that it took here and in the server, which
other work on the machine disturbs less. The server works on one core a question.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import psutil
from sqlalchemy import text

import migrations
from benchmarks.history_years import END, HOUSE, SITES, ZONES, Year, generate
from core.buckets import Bucket
from core.settings import load_settings
from core.storage.camera_filters import CameraFilter
from core.storage.compliance import compliance
from core.storage.compliance_groups import Grouping, compliance_groups
from core.storage.engine import Database
from core.storage.sightings import Order, SightingFilter, list_sightings, read_all_sightings
from core.types import Verdict
from tests.postgres import new_database, run_postgres

PAGE = 50
KOLKATA, NEW_YORK = ZoneInfo("Asia/Kolkata"), ZoneInfo("America/New_York")
_ONE_CORE = "&options=-c%20max_parallel_workers_per_gather%3D0"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of question about compliance: ranges of these lengths, spread by their logarithm."""

    name: str
    bucket: Bucket
    zone: ZoneInfo
    shortest_days: float
    longest_days: float


KINDS = (
    Kind("minutes of an hour to 6 days", Bucket.MINUTE, HOUSE, 1 / 24, 6),
    Kind("hours of a day to 3 months", Bucket.HOUR, HOUSE, 1, 90),
    Kind("hours of 3 months to a year", Bucket.HOUR, HOUSE, 90, 365),
    Kind("days of a week to a year", Bucket.DAY, HOUSE, 7, 365),
    Kind("days of New York, a week to a year", Bucket.DAY, NEW_YORK, 7, 365),
    Kind("hours of Kolkata, a day to 3 months", Bucket.HOUR, KOLKATA, 1, 90),
    Kind("days of Kolkata, a week to 3 months", Bucket.DAY, KOLKATA, 7, 90),
    Kind("days of Kolkata, 3 months to a year", Bucket.DAY, KOLKATA, 90, 365),
)


class Bench:
    """Asks questions of one database, and notes what each took."""

    def __init__(self, database: Database, year: Year, questions: int) -> None:
        self._database, self._year, self._questions = database, year, questions
        self._rng = np.random.default_rng(1)
        self._server = _find_server(database)

    def measure(self, name: str, ask: Callable[[], object]) -> None:
        ask()
        taken = np.array([self._timed(ask) for _ in range(self._questions)])  # (n, 2) wall, CPU
        wall, cpu = np.percentile(taken, [50, 95, 99], axis=0).T.round(1).tolist()
        _print(name, {"wall_ms_p50_p95_p99": wall, "cpu_ms_p50_p95_p99": cpu})

    def compliance(self, kind: Kind) -> None:
        start, end = self._range(kind)
        with self._database.read() as session:
            compliance(session, start, end, kind.bucket, kind.zone, self._cameras())

    def groups(self, by: Grouping) -> None:
        start, end = self._range(Kind("", Bucket.HOUR, HOUSE, 7, 90))
        with self._database.read() as session:
            compliance_groups(session, start, end, by, HOUSE, self._cameras())

    def page(self, order: Order = Order.NEWEST, **wanted: object) -> None:
        """Read a page somewhere in the year: by its cursor, as the page before would give it."""
        moment = END - timedelta(days=float(self._rng.uniform(0, self._year.days)))
        cursor = f"{int(moment.timestamp() * 1_000_000)}-0"
        question = SightingFilter(self._year.start, END, **wanted)  # type: ignore[arg-type]  # any
        with self._database.read() as session:
            list_sightings(session, question, cursor, PAGE, order)

    def export(self) -> None:
        """Read a million sightings page by page; tell how fast, and how much memory grew."""
        before, start, rows = _memory_mb(), time.perf_counter(), 0
        cpu, most = time.process_time(), before
        for page in read_all_sightings(self._database, SightingFilter(self._year.start, END)):
            rows, most = rows + len(page), max(most, _memory_mb())
            if rows >= 1_000_000:
                break
        figures = {
            "rows": rows,
            "seconds": round(time.perf_counter() - start, 1),
            "cpu_seconds": round(time.process_time() - cpu, 1),
            "memory_grew_mb": round(most - before, 1),
        }
        _print("export of sightings", figures)

    def _range(self, kind: Kind) -> tuple[datetime, datetime]:
        """Draw a range of the year; every second one begins and ends at odd minutes."""
        longest = min(kind.longest_days, self._year.days)
        shortest = min(kind.shortest_days, longest)
        logarithm = self._rng.uniform(np.log(shortest), np.log(longest))
        length = timedelta(days=float(np.exp(logarithm)))
        left = self._year.days * 86_400 - length.total_seconds()
        start = self._year.start + timedelta(seconds=float(self._rng.uniform(0, max(left, 0))))
        end = min(start + length, END)
        if self._rng.random() < 0.5:
            start, end = (one.replace(minute=0, second=0, microsecond=0) for one in (start, end))
        return start, max(end, start + timedelta(hours=1))

    def _cameras(self) -> CameraFilter:
        """Draw a filter: all cameras, a site's, a zone's or one, equally often."""
        number = int(self._rng.integers(SITES))
        return (
            CameraFilter(),
            CameraFilter(site=f"site {number}"),
            CameraFilter(zone=f"zone {int(self._rng.integers(ZONES))}"),
            CameraFilter(camera_id=number + 1),
        )[self._rng.integers(4)]

    def _timed(self, ask: Callable[[], object]) -> tuple[float, float]:
        """Measure one question: milliseconds by the clock, and of CPU."""
        wall, cpu = time.perf_counter(), self._cpu_s()
        ask()
        return (time.perf_counter() - wall) * 1000, (self._cpu_s() - cpu) * 1000

    def _cpu_s(self) -> float:
        """Add up the CPU of this process and of the server's that works for it."""
        if self._server is None:
            return time.process_time()
        return time.process_time() + int(self._server.read_text().split()[0]) / 1e9


def main() -> None:
    options = _parse()
    year = Year(options.cameras or (50 if options.server == "postgresql" else 8), options.days)
    with _server(options.server) as url:
        migrations.upgrade(url)
        start = time.perf_counter()
        with closing(Database(url)) as database:
            generate(database, year)
        _print("generated", {"cameras": year.cameras, "seconds": time.perf_counter() - start})
        with closing(Database(url + (_ONE_CORE if "postgres" in url else ""))) as database:
            _ask_all(Bench(database, year, options.questions))


def _ask_all(bench: Bench) -> None:
    for kind in KINDS:
        bench.measure(kind.name, partial(bench.compliance, kind))
    for by in Grouping:
        bench.measure(f"groups by {by}", partial(bench.groups, by))
    pages: dict[str, dict[str, Any]] = {
        "all": {},
        "a camera": {"camera_id": 3},
        "a camera that is silent": {"camera_id": 10},
        "a verdict": {"verdict": Verdict.NO_MASK},
        "a rare verdict": {"verdict": Verdict.INCORRECT_MASK},
        "a camera's rare verdict": {"camera_id": 3, "verdict": Verdict.INCORRECT_MASK},
        "a site": {"site": "site 1"},
        "a site's verdict": {"site": "site 1", "verdict": Verdict.UNSURE},
        "a zone that is silent": {"zone": "zone 9"},
        "not required": {"is_required": False},
        "with a picture": {"has_picture": True},
        "reviewed": {"is_reviewed": True},
        "a camera's reviewed": {"camera_id": 3, "is_reviewed": True},
        "not reviewed": {"is_reviewed": False, "verdict": Verdict.NO_MASK},
    }
    for name, wanted in pages.items():
        bench.measure(f"page: {name}", partial(bench.page, **wanted))
    for name in ("all", "a camera that is silent", "a site's verdict"):
        oldest_first = partial(bench.page, Order.OLDEST, **pages[name])
        bench.measure(f"page, oldest first: {name}", oldest_first)
    bench.export()


@contextmanager
def _server(kind: str) -> Iterator[str]:
    """Run a server of our own; yields the address of an empty database there."""
    if kind == "postgresql":
        with run_postgres() as address:
            yield load_settings(database_url=new_database(address)).database
    else:
        with tempfile.TemporaryDirectory(prefix="maskwatch-history-") as folder:
            yield f"sqlite:///{Path(folder) / 'maskwatch.db'}"


def _find_server(database: Database) -> Path | None:
    """Find where Linux tells the CPU of the server's process; None for SQLite, which has none."""
    if database.url.startswith("sqlite"):
        return None
    with database.read() as session:
        return Path(f"/proc/{session.scalar(text('SELECT pg_backend_pid()'))}/schedstat")


def _memory_mb() -> float:
    """Tell how much memory this process has now."""
    return psutil.Process().memory_info().rss / 2**20


def _print(name: str, figures: Mapping[str, object]) -> None:
    print(json.dumps({"measurement": name, **figures}), flush=True)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", choices=("postgresql", "sqlite"), required=True)
    parser.add_argument("--cameras", type=int, help="default: 50 on PostgreSQL, 8 on SQLite")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--questions", type=int, default=100, help="Of each kind.")
    return parser.parse_args()


if __name__ == "__main__":
    main()
