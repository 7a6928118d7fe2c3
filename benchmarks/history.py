"""Measure questions about a generated year: compliance by buckets, sightings by cursor, exports.

Run: .venv/bin/python -m benchmarks.history --server postgresql|sqlite [--cameras 50] [--days 365]
    [--questions 100] [--keep FOLDER] [--database URL] [--one-core]
A dashboard is served over a database of its own in a temporary folder, which is deleted
afterwards: 50 cameras and a year are 26 million minutes and 5 million sightings, 5 GB and
minutes. With --keep, the key and an SQLite database stay in FOLDER and are taken again;
--database names one on PostgreSQL that is taken again.
Prints one JSON line per kind of question: percentiles in milliseconds of what the whole answer
took by the clock, and of the CPU that the dashboard and its PostgreSQL spent on it, which other
work on the machine disturbs less. That leaves out PostgreSQL's parallel workers: with --one-core
it has none.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks.history_served import Served, Taken, serve_year
from benchmarks.history_years import END, HOUSE, SITES, ZONES, Year
from core.buckets import Bucket
from core.settings import load_settings
from core.storage.compliance_groups import Grouping
from core.storage.sightings import Order
from core.types import Verdict
from tests.postgres import new_database, run_postgres

PAGE = 50
EXPORT_ROWS = 1_000_000
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


PAGES: Mapping[str, Mapping[str, Any]] = {
    "all": {},
    "a camera": {"camera_id": 3},
    "a camera that is silent": {"camera_id": 10},
    "a verdict": {"verdict": Verdict.NO_MASK},
    "a rare verdict": {"verdict": Verdict.INCORRECT_MASK},
    "a camera's rare verdict": {"camera_id": 3, "verdict": Verdict.INCORRECT_MASK},
    "a site": {"site": "site 1"},
    "a site's verdict": {"site": "site 1", "verdict": Verdict.UNSURE},
    "a zone that is silent": {"zone": "zone 9"},
    "not required": {"is_required": "false"},
    "with a picture": {"has_picture": "true"},
    "reviewed": {"reviewed": "true"},
    "a camera's reviewed": {"camera_id": 3, "reviewed": "true"},
    "not reviewed": {"reviewed": "false", "verdict": Verdict.NO_MASK},
}


class Bench:
    """Draws questions about a year, asks them, and notes what each took."""

    def __init__(self, served: Served, year: Year, questions: int) -> None:
        self._served, self._year, self._questions = served, year, questions
        self._rng = np.random.default_rng(1)

    def measure(self, name: str, ask: Callable[[], Taken]) -> list[Taken]:
        ask()
        taken = [ask() for _ in range(self._questions)]
        _print(name, _percentiles(taken))
        return taken

    def compliance(self, kind: Kind) -> Taken:
        asked = {"bucket": kind.bucket, "tz": kind.zone.key, **self._range(kind), **self._cameras()}
        return self._served.ask("compliance", **asked)

    def groups(self, by: Grouping) -> Taken:
        between = self._range(Kind("", Bucket.HOUR, HOUSE, 7, 90))
        return self._served.ask(
            "compliance/groups", by=by, tz=HOUSE.key, **between, **self._cameras()
        )

    def page(self, order: Order = Order.NEWEST, **wanted: object) -> Taken:
        """Read a page somewhere in the year: by its cursor, as the page before would give it."""
        moment = END - timedelta(days=float(self._rng.uniform(0, self._year.days)))
        cursor = f"{int(moment.timestamp() * 1_000_000)}-0"
        asked = {**_times(self._year.start, END), "cursor": cursor, "order": order, "limit": PAGE}
        return self._served.ask("sightings", **asked, **wanted)

    def export(self, kind: str) -> None:
        between = _times(self._year.start, END)
        figures = self._served.export(f"exports/sightings.{kind}", EXPORT_ROWS, **between)
        _print(f"export of sightings as {kind}", figures)

    def _range(self, kind: Kind) -> dict[str, object]:
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
        return _times(start, max(end, start + timedelta(hours=1)))

    def _cameras(self) -> dict[str, object]:
        """Draw a filter: all cameras, a site's, a zone's or one, equally often."""
        number = int(self._rng.integers(SITES))
        filters: tuple[dict[str, object], ...] = (
            {},
            {"site": f"site {number}"},
            {"zone": f"zone {int(self._rng.integers(ZONES))}"},
            {"camera_id": number + 1},
        )
        return filters[self._rng.integers(4)]


def main() -> None:
    options = _parse()
    year = Year(options.cameras or (50 if options.server == "postgresql" else 8), options.days)
    with (
        tempfile.TemporaryDirectory(prefix="maskwatch-history-") as made,
        _database(options) as url,
        serve_year(options.keep or Path(made), year, url) as served,
    ):
        _ask_all(Bench(served, year, options.questions))


def _ask_all(bench: Bench) -> None:
    compliance = [bench.measure(kind.name, partial(bench.compliance, kind)) for kind in KINDS]
    for by in Grouping:
        compliance.append(bench.measure(f"groups by {by}", partial(bench.groups, by)))
    _print("compliance, all together", _percentiles(chain(*compliance)))
    pages = [bench.measure(f"page: {name}", partial(bench.page, **PAGES[name])) for name in PAGES]
    for name in ("all", "a camera that is silent", "a site's verdict"):
        oldest_first = partial(bench.page, Order.OLDEST, **PAGES[name])
        pages.append(bench.measure(f"page, oldest first: {name}", oldest_first))
    _print("pages, all together", _percentiles(chain(*pages)))
    for kind in ("csv", "ndjson"):
        bench.export(kind)


@contextmanager
def _database(options: argparse.Namespace) -> Iterator[str | None]:
    """Give the address of a database on PostgreSQL; None for SQLite."""
    if options.server == "sqlite":
        yield None
    elif options.database is not None:
        yield options.database + (_ONE_CORE if options.one_core else "")
    else:
        with run_postgres() as address:
            url = load_settings(database_url=new_database(address)).database
            yield url + (_ONE_CORE if options.one_core else "")


def _times(start: datetime, end: datetime) -> dict[str, object]:
    return {"from": start.isoformat(), "to": end.isoformat()}


def _percentiles(taken: Iterable[Taken]) -> dict[str, object]:
    table = np.array([(one.wall_ms, one.cpu_ms) for one in taken])  # (n, 2)
    wall, cpu = np.percentile(table, [50, 95, 99], axis=0).T.round(1).tolist()
    return {"wall_ms_p50_p95_p99": wall, "cpu_ms_p50_p95_p99": cpu}


def _print(name: str, figures: Mapping[str, object]) -> None:
    print(json.dumps({"measurement": name, **figures}), flush=True)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", choices=("postgresql", "sqlite"), required=True)
    parser.add_argument("--cameras", type=int, help="default: 50 on PostgreSQL, 8 on SQLite")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--questions", type=int, default=100, help="Of each kind.")
    parser.add_argument("--keep", type=Path, help="folder for the key, and for SQLite")
    parser.add_argument("--database", help="URL on PostgreSQL; default: a server of its own")
    parser.add_argument("--one-core", action="store_true", help="no parallel workers")
    return parser.parse_args()


if __name__ == "__main__":
    main()
