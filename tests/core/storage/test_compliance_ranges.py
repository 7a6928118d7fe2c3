"""Any range, by any bucket of any zone, against a slow obvious count of its minutes."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

import migrations
from core.buckets import Bucket
from core.secrets import SecretBox
from core.statistics import Counts
from core.storage.cameras import NewCamera, add_camera
from core.storage.compliance import compliance
from core.storage.engine import Database
from core.storage.installation import write_minutes_from
from core.storage.rollups import Slot, add_to_rollups, settle_time_zone
from core.storage.tables import CameraRow, MinuteRollupRow

FIRST = datetime(2026, 3, 27, tzinfo=UTC)
"""Ten days in which Berlin's clocks go forward by an hour and Lord Howe's back by half of one."""
MINUTES = 10 * 24 * 60
MINUTE, QUARTER = timedelta(minutes=1), timedelta(minutes=15)
PRUNED_TO = FIRST + timedelta(days=4, hours=3)
ZONES = ["UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe"]

Key: TypeAlias = tuple[object, ...]


@dataclass(frozen=True)
class House:
    """A database, and what was told to it: people by camera and minute; minutes_from."""

    database: Database
    told: dict[Slot, Counter[str]]
    minutes_from: datetime | None


@pytest.fixture(
    scope="module",
    params=[(zone, mark) for zone in (*ZONES[:3], ZONES[-1]) for mark in (None, PRUNED_TO)],
    ids=lambda param: f"{param[0]} {'pruned' if param[1] else 'whole'}",
)
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    zone, mark = request.param
    folder = tmp_path_factory.mktemp("house")
    database = Database(_migrated(folder))
    told = _tell(database, SecretBox.open(folder / "secret.key", create=True), ZoneInfo(zone))
    if mark is not None:
        with database.write() as session:
            write_minutes_from(session, mark)
            # Half of them are there still, as while they are being deleted.
            old = delete(MinuteRollupRow).where(MinuteRollupRow.start < mark)
            session.execute(old.where(MinuteRollupRow.camera_id == 1))
    yield House(database, told, mark)
    database.close()


def _migrated(folder: Path) -> str:
    url = f"sqlite:///{folder / 'maskwatch.db'}"
    migrations.upgrade(url)
    return url


def _tell(database: Database, box: SecretBox, zone: ZoneInfo) -> dict[Slot, Counter[str]]:
    """Two cameras that deliver now and then; one of them is down for a day and a half."""
    rng = np.random.default_rng(3)
    with database.write() as session:
        settle_time_zone(session, zone)
        ids = [add_camera(session, box, NewCamera(name, "0", "0")).id for name in ("a", "b")]
        session.execute(update(CameraRow).values(created_at=FIRST))
        told = {
            (ids[int(rng.integers(2))], FIRST + minute * MINUTE): _people(rng)
            for minute in rng.choice(MINUTES, MINUTES // 3, replace=False).tolist()
            if not 3_000 < minute < 5_000
        }
        add_to_rollups(session, told, told, zone)
    return told


def _people(rng: np.random.Generator) -> Counter[str]:
    return Counter(mask=int(rng.integers(5)), no_mask=int(rng.integers(2)), unsure=1)


def key_of(moment: datetime, bucket: Bucket, zone: ZoneInfo) -> Key:
    """Name a bucket as a clock on the wall shows it; a repeated hour tells by its offset."""
    local = moment.astimezone(zone)
    if bucket is Bucket.DAY:
        return (local.date(),)
    if bucket is Bucket.HOUR:
        return local.date(), local.hour, local.utcoffset()
    step = 15 if bucket is Bucket.QUARTER else 1
    return local.date(), local.hour, local.minute // step, local.utcoffset()


def counted_range(
    house: House, start: datetime, end: datetime, bucket: Bucket
) -> tuple[datetime, datetime]:
    """Widen a range to what is counted of it: whole minutes, or quarters where those are pruned."""
    mark = house.minutes_from
    start -= (start - FIRST) % MINUTE
    end += -(end - FIRST) % MINUTE
    if mark is None:
        return start, end
    if bucket is Bucket.MINUTE:
        return max(start, mark), end
    if start < mark:
        start -= (start - FIRST) % QUARTER
    return start, min(end + -(end - FIRST) % QUARTER, mark) if end < mark else end


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    start_s=st.integers(-3_000, MINUTES * 60),
    length_s=st.one_of(st.integers(1, 8_000), st.integers(1, MINUTES * 60)),
    bucket=st.sampled_from(list(Bucket)),
    zone_name=st.sampled_from(ZONES),
)
def test_a_range_holds_what_its_minutes_hold(
    house: House, start_s: int, length_s: int, bucket: Bucket, zone_name: str
) -> None:
    zone = ZoneInfo(zone_name)
    start = FIRST + timedelta(seconds=start_s)
    end = start + timedelta(seconds=min(length_s, 9_000 * 60))
    with house.database.read() as session:
        found = compliance(session, start, end, bucket, zone)

    first, last = counted_range(house, start, end, bucket)
    expected: dict[Key, Counter[str]] = defaultdict(Counter)
    for (_, minute), people in house.told.items():
        if first <= minute < last:
            expected[key_of(minute, bucket, zone)].update(people)
    keys = [key_of(one.start, bucket, zone) for one in found.series]
    assert len(set(keys)) == len(keys)
    assert set(expected) <= set(keys)
    for key, one in zip(keys, found.series, strict=True):
        counts = expected.get(key, Counter())
        assert one.counts == Counts(**counts), one.start
        assert one.is_gap == (key not in expected)
    assert found.totals == sum((Counts(**counts) for counts in expected.values()), Counts())


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(start_s=st.integers(0, MINUTES * 60), length_s=st.integers(1, 90_000))
def test_the_share_seen_is_that_of_the_cameras_minutes(
    house: House, start_s: int, length_s: int
) -> None:
    start = FIRST + timedelta(seconds=start_s)
    end = start + timedelta(seconds=length_s)
    with house.database.read() as session:
        found = compliance(session, start, end, Bucket.DAY, ZoneInfo("Europe/Berlin"))
    first, last = counted_range(house, start, end, Bucket.DAY)
    seen = sum(first <= minute < last for _, minute in house.told)
    whole_first, whole_last = start - (start - FIRST) % MINUTE, end + -(end - FIRST) % MINUTE
    there = 2 * ((whole_last - whole_first) // MINUTE)
    assert found.total.minutes_expected == there
    assert found.total.seen == pytest.approx(min(1, seen / there))
