"""Compliance by buckets of a time zone, on both servers."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from core.buckets import Bucket
from core.errors import BadRequest
from core.secrets import SecretBox
from core.statistics import Counts
from core.storage.cameras import NewCamera, add_camera
from core.storage.compliance import CameraFilter, compliance, counts_by_camera
from core.storage.engine import Database
from core.storage.installation import read_time_zone
from core.storage.rollups import add_to_rollups

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")


def add_two_cameras(session: Session, box: SecretBox) -> tuple[int, int]:
    first = add_camera(session, box, NewCamera("a", "0", "0", site="North", zone="Hall"))
    second = add_camera(session, box, NewCamera("b", "1", "1", site="South", zone="Hall"))
    return first.id, second.id


def add_minute(session: Session, camera_id: int, start: datetime, **counts: int) -> None:
    slot = (camera_id, start)
    add_to_rollups(session, {slot: Counter(counts)}, [slot], read_time_zone(session))


def test_minutes_are_summed_over_cameras_and_gaps_are_told_from_zeros(
    any_database: Database, box: SecretBox
) -> None:
    with any_database.write() as session:
        a, b = add_two_cameras(session, box)
        add_minute(session, a, NOON, mask=2, unsure=1)
        add_minute(session, b, NOON, no_mask=1)
        add_minute(session, a, NOON + timedelta(minutes=1))
    with any_database.read() as session:
        found = compliance(
            session, NOON, NOON + timedelta(minutes=3), Bucket.MINUTE, ZoneInfo("UTC")
        )

    assert [one.counts for one in found.series] == [
        Counts(mask=2, no_mask=1, unsure=1),
        Counts(),
        Counts(),
    ]
    assert [one.is_gap for one in found.series] == [False, False, True]
    assert found.totals == Counts(mask=2, no_mask=1, unsure=1)


@pytest.mark.parametrize(
    ("wanted", "masks"),
    [
        (CameraFilter(), 3),
        (CameraFilter(camera_id=1), 1),
        (CameraFilter(site="South"), 2),
        (CameraFilter(zone="Hall"), 3),
        (CameraFilter(site="North", zone="Hall"), 1),
        (CameraFilter(site="nowhere"), 0),
    ],
)
def test_cameras_are_chosen_by_id_site_and_zone(
    database: Database, box: SecretBox, wanted: CameraFilter, masks: int
) -> None:
    with database.write() as session:
        a, b = add_two_cameras(session, box)
        add_minute(session, a, NOON, mask=1)
        add_minute(session, b, NOON, mask=2)
    with database.read() as session:
        hour = NOON + timedelta(hours=1)
        found = compliance(session, NOON, hour, Bucket.HOUR, ZoneInfo("UTC"), wanted)
    assert found.totals.mask == masks


def test_hours_of_a_zone_with_an_odd_offset_hold_their_own_minutes(
    any_database: Database, box: SecretBox
) -> None:
    kathmandu = ZoneInfo("Asia/Kathmandu")  # UTC+5:45: its hours begin at 15 past
    with any_database.write() as session:
        a, _ = add_two_cameras(session, box)
        add_minute(session, a, NOON + timedelta(minutes=14), mask=1)
        add_minute(session, a, NOON + timedelta(minutes=15), mask=2)
    with any_database.read() as session:
        found = compliance(session, NOON, NOON + timedelta(hours=1), Bucket.HOUR, kathmandu)
    assert [one.counts.mask for one in found.series] == [1, 2]
    assert found.series[1].start == NOON + timedelta(minutes=15)


@pytest.mark.parametrize(("day", "hours"), [(29, 23), (28, 24)])
def test_days_are_as_long_as_their_zone_makes_them(
    database: Database, box: SecretBox, day: int, hours: int
) -> None:
    start = datetime(2026, 3, day, tzinfo=LONDON)
    end = datetime(2026, 3, day, tzinfo=LONDON) + timedelta(days=1)
    with database.read() as session:
        found = compliance(session, start, end, Bucket.DAY, LONDON)
        by_hour = compliance(session, start, end, Bucket.HOUR, LONDON)
    assert len(found.series) == 1
    assert len(by_hour.series) == hours


def test_the_repeated_hour_of_autumn_is_two_buckets(database: Database) -> None:
    start = datetime(2026, 10, 25, tzinfo=LONDON)
    end = datetime(2026, 10, 26, tzinfo=LONDON)
    with database.read() as session:
        found = compliance(session, start, end, Bucket.HOUR, LONDON)
    assert len({one.start for one in found.series}) == 25


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (NOON, NOON, "to"),
        (NOON, NOON - timedelta(days=1), "to"),
        (NOON - timedelta(days=30), NOON, "bucket"),
    ],
)
def test_ranges_that_make_no_sense_are_refused(
    database: Database, start: datetime, end: datetime, field: str
) -> None:
    with pytest.raises(BadRequest) as refused, database.read() as session:
        compliance(session, start, end, Bucket.MINUTE, LONDON)
    assert refused.value.field == field


def test_counts_by_camera_leave_out_cameras_without_sightings(
    any_database: Database, box: SecretBox
) -> None:
    with any_database.write() as session:
        a, _ = add_two_cameras(session, box)
        add_minute(session, a, NOON, mask=1)
        add_minute(session, a, NOON + timedelta(minutes=1), no_mask=1)
    with any_database.read() as session:
        found = counts_by_camera(session, NOON, NOON + timedelta(hours=1))
    assert found == {a: Counts(mask=1, no_mask=1)}
