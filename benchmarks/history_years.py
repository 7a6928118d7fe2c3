"""Generate a year of history in one pass: every minute of every camera, millions of sightings."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.buckets import Bucket
from core.storage.engine import Database, make_engine
from core.storage.rollups import COUNTS, rebuild, settle_time_zone

END = datetime(2026, 1, 1, tzinfo=UTC)
HOUSE = ZoneInfo("Europe/Berlin")
SITES = 5
ZONES = 10
PICTURES_DAYS = 30
REVIEWED_EVERY = 200
"""Of so many sightings one is reviewed: 4,000 a year of 8 cameras, by hand."""

_MINUTE_US, _QUARTER_US, _HOUR_US = 60_000_000, 900_000_000, 3_600_000_000
_SERIES = {
    "postgresql": "SELECT generate_series(0, CAST(:count AS bigint) - 1) AS number",
    "sqlite": "WITH RECURSIVE series(number) AS (SELECT 0 UNION ALL SELECT number + 1 "
    "FROM series WHERE number < :count - 1) SELECT number FROM series",
}
_DICE = {"postgresql": "floor(random() * {})::int", "sqlite": "(abs(random()) % {})"}
_NO_CHECKS = {
    "postgresql": "SET LOCAL session_replication_role = replica",
    "sqlite": "PRAGMA defer_foreign_keys = ON",
}
"""26 million look-ups of foreign keys would take longer than the rows themselves."""
_IS_THERE = "(:is_early OR cameras.id % 10 > 0)"


@dataclass(frozen=True, slots=True)
class Year:
    """What to generate: cameras at 5 sites and in 10 zones, so many days up to 2026.

    A camera sees somebody every five minutes; every tenth is silent for the last
    three months. The model changes after nine months.
    """

    cameras: int
    days: int

    @property
    def start(self) -> datetime:
        return END - timedelta(days=self.days)


def generate(database: Database, year: Year) -> None:
    """Fill an empty, migrated database, in the order of time, as life does.

    The role must be the owner of the server.
    """
    with database.write() as session:
        settle_time_zone(session, HOUSE)
        dialect = session.get_bind().dialect.name
        session.execute(text(_NO_CHECKS[dialect]))
        _make_cameras(session, year)
        for day in range(year.days):
            _make_minutes(session, dialect, year, day)
            _make_sightings(session, dialect, year, day)
        _make_pictures(session)
        _make_reviews(session)
        _sum_up(session, "rollups_minute", "rollups_quarter", _QUARTER_US, "COUNT(*)")
        _sum_up(session, "rollups_quarter", "rollups_hour", _HOUR_US, "SUM(seen_minutes)")
        rebuild(session, Bucket.HOUR, Bucket.DAY, HOUSE)
    _look_over(database)


def _look_over(database: Database) -> None:
    """Do now what a server in use does meanwhile: count the spread of values, and clean up."""
    engine = make_engine(database.url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE")
    engine.dispose()


def _make_cameras(session: Session, year: Year) -> None:
    now = {"now": _microseconds(year.start)}
    for number in range(SITES):
        site = {"name": f"site {number}", **now}
        session.execute(text("INSERT INTO sites (name, created_at) VALUES (:name, :now)"), site)
    for number in range(ZONES):
        zone = {"name": f"zone {number}", "site": number % SITES + 1, **now}
        statement = "INSERT INTO zones (site_id, name, created_at) VALUES (:site, :name, :now)"
        session.execute(text(statement), zone)
    for number in range(year.cameras):
        place = {"site": number % SITES + 1, "zone": number % ZONES + 1}
        session.execute(
            text(
                "INSERT INTO cameras (name, sealed_address, redacted_address, transport, site_id, "
                "zone_id, rules, is_paused, frames_per_second, long_side, version, created_at, "
                "updated_at) VALUES (:name, '', '', 'tcp', :site, :zone, '{}', false, 5, 960, 1, "
                ":now, :now)"
            ),
            {"name": f"camera {number}", **place, **now},
        )


def _make_minutes(session: Session, dialect: str, year: Year, day: int) -> None:
    counts = ", ".join(_DICE[dialect].format(sides) for sides in (4, 2, 2, 2))
    version = "m1" if day < _late(year) else "m2"
    session.execute(
        text(
            f"INSERT INTO rollups_minute (camera_id, start, {', '.join(COUNTS)}, model_version) "  # noqa: S608  # our own words
            f"SELECT cameras.id, :start + number * {_MINUTE_US}, {counts}, '{version}' "
            f"FROM ({_SERIES[dialect]}) AS minutes, cameras "
            f"WHERE {_IS_THERE} ORDER BY number, cameras.id"
        ),
        {**_day(year, day), "count": 1440},
    )


def _make_sightings(session: Session, dialect: str, year: Year, day: int) -> None:
    """One in five minutes; 1 % wear the mask wrongly, 14 % none, 10 % are unsure."""
    dice = _DICE[dialect]
    started = f":start + number * {5 * _MINUTE_US} + {dice.format(1_000_000)}"
    verdict = (
        "CASE WHEN luck < 1 THEN 'incorrect_mask' WHEN luck < 15 THEN 'no_mask' "
        "WHEN luck < 25 THEN 'unsure' ELSE 'mask' END"
    )
    session.execute(
        text(
            "INSERT INTO sightings (camera_id, started_at, ended_at, verdict, mask, "  # noqa: S608  # our own words
            "incorrect_mask, no_mask, faces, is_continuation, is_required, changes, "
            f"model_version) SELECT camera, started, started + 3000000, {verdict}, 0.9, 0.05, "
            "0.05, 12, false, luck < 80, 0, 'm1' FROM "
            f"(SELECT cameras.id AS camera, {started} AS started, {dice.format(100)} AS luck "
            f"FROM ({_SERIES[dialect]}) AS fifths, cameras WHERE {_IS_THERE}) AS people "
            "ORDER BY started"
        ),
        {**_day(year, day), "count": 288},
    )


def _make_pictures(session: Session) -> None:
    """Keep a picture of every second sighting of the last month."""
    first = _microseconds(END - timedelta(days=PICTURES_DAYS))
    session.execute(
        text(
            "INSERT INTO sighting_pictures (sighting_id, taken_at, is_sharp, content, "
            "content_bytes) SELECT id, started_at, false, '', 0 FROM sightings "
            "WHERE started_at >= :first AND id % 2 = 0"
        ),
        {"first": first},
    )


def _make_reviews(session: Session) -> None:
    """Spread reviews over the year."""
    session.execute(
        text(
            "INSERT INTO reviews (sighting_id, started_at, label, reviewed_by, reviewed_at) "
            "SELECT id, started_at, 'no_mask', 'anne', ended_at FROM sightings "
            "WHERE id % :every = 0"
        ),
        {"every": REVIEWED_EVERY},
    )


def _sum_up(session: Session, fine: str, coarse: str, step_us: int, seen: str) -> None:
    """Count quarters and hours at once; hours of Berlin are hours of UTC."""
    sums = ", ".join(f"SUM({name})" for name in COUNTS)
    session.execute(
        text(
            f"INSERT INTO {coarse} (camera_id, start, {', '.join(COUNTS)}, seen_minutes, "  # noqa: S608  # our own words
            f"model_version) SELECT camera_id, start - start % {step_us}, {sums}, {seen}, "
            f"MAX(model_version) FROM {fine} GROUP BY camera_id, start - start % {step_us} "
            "ORDER BY 2, 1"
        )
    )


def _day(year: Year, day: int) -> dict[str, object]:
    """Fill in when a day starts, and whether the cameras that fall silent still deliver."""
    start = year.start + timedelta(days=day)
    return {"start": _microseconds(start), "is_early": day < _late(year)}


def _late(year: Year) -> int:
    """Tell the day after nine months."""
    return year.days * 3 // 4


def _microseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000
