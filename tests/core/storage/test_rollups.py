"""Minutes, hours and days say the same, whatever range and zone they are asked by."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import delete, func, select

from core.buckets import Bucket, floor
from core.secrets import SecretBox
from core.statistics import Counts
from core.storage.cameras import NewCamera, add_camera
from core.storage.compliance import compliance, counts_by_camera
from core.storage.engine import Database
from core.storage.installation import read_time_zone, write_minutes_from
from core.storage.rollups import (
    ROWS,
    Slot,
    add_to_rollups,
    erase_counts,
    rebuild,
    settle_time_zone,
)
from core.storage.tables import DayRollupRow, HourRollupRow, MinuteRollupRow, QuarterRollupRow

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
        for row in (QuarterRollupRow, HourRollupRow, DayRollupRow):
            sums = session.execute(select(func.sum(row.mask), func.sum(row.seen_minutes))).one()
            assert sums == (sum(n["mask"] for n in people.values()), len(people))


def test_an_odd_zone_cuts_the_hours_anew_though_the_minutes_are_gone(
    any_database: Database, people: dict[Slot, Counter[str]]
) -> None:
    count(any_database, people, BERLIN)
    with any_database.write() as session:
        session.execute(delete(MinuteRollupRow))
        settle_time_zone(session, KOLKATA)
        starts = session.scalars(select(HourRollupRow.start)).all()
        assert {start.minute for start in starts} == {30}
        sums = session.execute(select(func.sum(HourRollupRow.mask))).scalar_one()
        assert sums == sum(n["mask"] for n in people.values())


def test_four_quarters_are_counted_in_an_hour(any_database: Database, camera_id: int) -> None:
    slots = [(camera_id, SPRING + minute * MINUTE) for minute in (0, 14, 15, 45)]
    count(any_database, {slot: Counter(mask=1) for slot in slots}, BERLIN)
    with any_database.read() as session:
        row = QuarterRollupRow
        found = session.execute(select(row.start, row.mask, row.seen_minutes).order_by(row.start))
        minutes = [((at - SPRING) // MINUTE, mask, seen) for at, mask, seen in found]
        assert minutes == [(0, 2, 2), (15, 1, 1), (45, 1, 1)]


@pytest.mark.parametrize(
    ("first", "last", "kept_from"),
    [
        pytest.param(100, 3_000, None, id="more than a day"),
        pytest.param(61, 62, None, id="one minute"),
        pytest.param(60, 120, None, id="an hour"),
        pytest.param(0, 5_760, None, id="everything"),
        pytest.param(100, 3_000, 2_880, id="minutes pruned at the first edge"),
    ],
)
def test_erased_minutes_are_in_no_count(
    any_database: Database,
    people: dict[Slot, Counter[str]],
    camera_id: int,
    first: int,
    last: int,
    kept_from: int | None,
) -> None:
    count(any_database, people, BERLIN)
    start, end = SPRING + first * MINUTE, SPRING + last * MINUTE
    with any_database.write() as session:
        if kept_from is not None:
            moment = SPRING + kept_from * MINUTE
            write_minutes_from(session, moment)
            session.execute(delete(MinuteRollupRow).where(MinuteRollupRow.start < moment))
            start_erased = floor(start, Bucket.QUARTER, BERLIN)
        else:
            start_erased = start
        erase_counts(session, start, end, camera_id)
    left = [n["mask"] for (_, at), n in people.items() if not start_erased <= at < end]
    with any_database.read() as session:
        for row in (QuarterRollupRow, HourRollupRow, DayRollupRow):
            sums = session.execute(select(func.sum(row.mask), func.sum(row.seen_minutes))).one()
            assert sums == (sum(left) or None, len(left) or None)


def test_erasing_a_camera_leaves_the_others(any_database: Database, box: SecretBox) -> None:
    with any_database.write() as session:
        ids = [add_camera(session, box, NewCamera(name, "0", "0")).id for name in ("a", "b")]
        slots = [(camera_id, SPRING) for camera_id in ids]
        zone = read_time_zone(session)
        add_to_rollups(session, {slot: Counter(mask=1) for slot in slots}, slots, zone)
        assert erase_counts(session, SPRING, SPRING + MINUTE, ids[0]) == 1
        for row in ROWS.values():
            assert session.scalars(select(row.camera_id)).all() == [ids[1]]
        assert erase_counts(session, SPRING, SPRING + MINUTE) == 1
        for row in ROWS.values():
            assert session.scalars(select(row.camera_id)).all() == []


def count_by(database: Database, slot: Slot, version: str) -> None:
    with database.write() as session:
        zone = read_time_zone(session)
        add_to_rollups(session, {slot: Counter(mask=1)}, [slot], zone, {slot: version})


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([("", 0)], ["", "", "", ""]),
        ([("m1", 0), ("m1", 0)], ["m1"] * 4),
        ([("", 0), ("m1", 0)], ["m1"] * 4),
        ([("m1", 0), ("", 0)], ["m1"] * 4),
        ([("m1", 0), ("m2", 0)], ["several"] * 4),
        ([("several", 0), ("m1", 0)], ["several"] * 4),
        ([("m1", 0), ("m2", 1)], ["m1", "m2", *["several"] * 3]),
        ([("m1", 0), ("m2", 60)], [*["m1", "m2"] * 3, "several"]),
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
                for row in ROWS.values()
                for version in session.scalars(select(row.model_version).order_by(row.start))
            ]

    assert versions() == expected
    with any_database.write() as session:
        rebuild(session, Bucket.MINUTE, Bucket.QUARTER, BERLIN)
        rebuild(session, Bucket.QUARTER, Bucket.HOUR, BERLIN)
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
