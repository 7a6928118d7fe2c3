"""Minutes, hours and days say the same, whatever range and zone they are asked by."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import delete, func, select

from core.buckets import Bucket
from core.errors import BadSettings
from core.secrets import SecretBox
from core.statistics import Counts
from core.storage.cameras import NewCamera, add_camera
from core.storage.compliance import compliance, counts_by_camera
from core.storage.engine import Database
from core.storage.installation import read_time_zone
from core.storage.rollups import Slot, add_to_rollups, rebuild, settle_time_zone
from core.storage.tables import DayRollupRow, HourRollupRow, MinuteRollupRow

SPRING = datetime(2026, 3, 27, tzinfo=UTC)
BERLIN, KOLKATA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def camera_id(any_database: Database, box: SecretBox) -> int:
    with any_database.write() as session:
        return add_camera(session, box, NewCamera("door", "0", "0")).id


@pytest.fixture
def people(camera_id: int) -> dict[Slot, Counter[str]]:
    """People of four days about a change of clocks, in every seventh minute or so."""
    rng = np.random.default_rng(4)
    minutes = rng.choice(4 * 24 * 60, 800, replace=False).tolist()
    return {
        (camera_id, SPRING + minute * MINUTE): Counter(mask=int(rng.integers(1, 9)), unsure=1)
        for minute in minutes
    }


def count(database: Database, people: dict[Slot, Counter[str]], zone: ZoneInfo) -> None:
    with database.write() as session:
        settle_time_zone(session, zone)
        add_to_rollups(session, people, people, zone)


@pytest.mark.parametrize("bucket", [Bucket.HOUR, Bucket.DAY])
@pytest.mark.parametrize("asked", [BERLIN, KOLKATA, ZoneInfo("America/New_York")])
def test_any_range_adds_up_to_its_minutes(
    any_database: Database, people: dict[Slot, Counter[str]], asked: ZoneInfo, bucket: Bucket
) -> None:
    count(any_database, people, BERLIN)
    rng = np.random.default_rng(5)
    with any_database.read() as session:
        for _ in range(20):
            first, last = sorted(rng.choice(4 * 24 * 60, 2, replace=False).tolist())
            start, end = SPRING + first * MINUTE, SPRING + last * MINUTE
            found = compliance(session, start, end, bucket, asked)
            inside = [n["mask"] for (_, at), n in people.items() if start <= at < end]
            assert found.totals == Counts(mask=sum(inside), unsure=len(inside))
            assert sum((one.counts for one in found.series), Counts()) == found.totals
            by_camera = counts_by_camera(session, start, end)
            assert sum(by_camera.values(), Counts()) == found.totals


def test_a_minute_told_twice_is_seen_once(any_database: Database, camera_id: int) -> None:
    slot = (camera_id, SPRING)
    for _ in range(2):
        with any_database.write() as session:
            add_to_rollups(session, {}, [slot, slot], BERLIN)
    with any_database.read() as session:
        assert session.scalars(select(HourRollupRow.seen_minutes)).all() == [1]
        assert session.scalars(select(DayRollupRow.seen_minutes)).all() == [1]


@pytest.mark.parametrize("zone", [KOLKATA, ZoneInfo("America/New_York")])
def test_another_zone_cuts_the_days_anew(
    any_database: Database, people: dict[Slot, Counter[str]], zone: ZoneInfo
) -> None:
    count(any_database, people, BERLIN)
    with any_database.write() as session:
        settle_time_zone(session, zone)
    with any_database.read() as session:
        assert read_time_zone(session) == zone
        starts = session.scalars(select(DayRollupRow.start)).all()
        assert {start.astimezone(zone).hour for start in starts} == {0}
        for row in (HourRollupRow, DayRollupRow):
            sums = session.execute(select(func.sum(row.mask), func.sum(row.seen_minutes))).one()
            assert sums == (sum(n["mask"] for n in people.values()), len(people))


def test_hours_whose_minutes_are_gone_cannot_be_cut_by_an_odd_zone(
    any_database: Database, people: dict[Slot, Counter[str]]
) -> None:
    count(any_database, people, BERLIN)
    with any_database.write() as session:
        session.execute(delete(MinuteRollupRow))
        with pytest.raises(BadSettings, match="Asia/Kolkata"):
            settle_time_zone(session, KOLKATA)
        assert read_time_zone(session) == BERLIN


def count_by(database: Database, slot: Slot, version: str) -> None:
    with database.write() as session:
        zone = read_time_zone(session)
        add_to_rollups(session, {slot: Counter(mask=1)}, [slot], zone, {slot: version})


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([("", 0)], ["", "", ""]),
        ([("m1", 0), ("m1", 0)], ["m1", "m1", "m1"]),
        ([("", 0), ("m1", 0)], ["m1", "m1", "m1"]),
        ([("m1", 0), ("", 0)], ["m1", "m1", "m1"]),
        ([("m1", 0), ("m2", 0)], ["several", "several", "several"]),
        ([("several", 0), ("m1", 0)], ["several", "several", "several"]),
        ([("m1", 0), ("m2", 1)], ["m1", "m2", "several", "several"]),
        ([("m1", 0), ("m2", 60)], ["m1", "m2", "m1", "m2", "several"]),
    ],
)
def test_each_grain_knows_what_judged_its_people(
    any_database: Database, camera_id: int, told: list[tuple[str, int]], expected: list[str]
) -> None:
    with any_database.write() as session:
        settle_time_zone(session, BERLIN)
    for version, minute in told:
        count_by(any_database, (camera_id, SPRING + minute * MINUTE), version)

    def versions() -> list[str]:
        with any_database.read() as session:
            return [
                version
                for row in (MinuteRollupRow, HourRollupRow, DayRollupRow)
                for version in session.scalars(select(row.model_version).order_by(row.start))
            ]

    assert versions() == expected
    with any_database.write() as session:
        rebuild(session, Bucket.MINUTE, Bucket.HOUR, BERLIN)
        rebuild(session, Bucket.HOUR, Bucket.DAY, BERLIN)
    assert versions() == expected


def test_versions_of_one_transaction_are_joined(any_database: Database, camera_id: int) -> None:
    slots = [(camera_id, SPRING + minute * MINUTE) for minute in range(3)]
    people = {slot: Counter(mask=1) for slot in slots}
    versions = {slots[0]: "m1", slots[1]: "m2"}
    with any_database.write() as session:
        add_to_rollups(session, people, slots, BERLIN, versions)
    with any_database.read() as session:
        assert session.scalars(select(HourRollupRow.model_version)).all() == ["several"]
        minutes = session.scalars(select(MinuteRollupRow.model_version)).all()
        assert sorted(minutes) == ["", "m1", "m2"]


def test_weeks_of_minutes_fit_into_one_transaction(any_database: Database, camera_id: int) -> None:
    """A recorded video brings all its minutes at once."""
    seen = [(camera_id, SPRING + minute * MINUTE) for minute in range(10_000)]
    with any_database.write() as session:
        add_to_rollups(session, {slot: Counter(mask=1) for slot in seen}, seen, BERLIN)
    with any_database.read() as session:
        sums = session.execute(select(func.sum(DayRollupRow.mask))).scalar_one()
        assert sums == len(seen)
