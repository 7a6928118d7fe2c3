"""Compliance by buckets of a time zone, on both servers."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from core.access_scopes import CameraScope
from core.buckets import Bucket
from core.errors import BadRequest
from core.secrets import SecretBox
from core.statistics import Counts
from core.storage.camera_filters import CameraFilter
from core.storage.cameras import NewCamera, add_camera
from core.storage.compliance import compliance, counts_by_camera
from core.storage.compliance_groups import Grouping, compliance_groups
from core.storage.engine import Database
from core.storage.installation import read_time_zone
from core.storage.rollups import add_to_rollups
from core.storage.tables import SEVERAL_VERSIONS, CameraRow

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONDON, UTC_ZONE = ZoneInfo("Europe/London"), ZoneInfo("UTC")


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


def test_a_camera_that_was_down_shows_how_little_is_known(
    any_database: Database, box: SecretBox
) -> None:
    with any_database.write() as session:
        a, b = add_two_cameras(session, box)
        session.execute(update(CameraRow).values(created_at=NOON - timedelta(days=1)))
        for minute in range(60):
            add_minute(session, a, NOON + timedelta(minutes=minute))
            if minute < 30:
                add_minute(session, b, NOON + timedelta(minutes=minute), mask=1)
    with any_database.read() as session:
        end = NOON + timedelta(hours=2)
        both = compliance(session, NOON, end, Bucket.HOUR, UTC_ZONE)
        one = compliance(session, NOON, end, Bucket.HOUR, UTC_ZONE, CameraFilter(b))
    assert [bucket.tally.seen for bucket in both.series] == [0.75, 0.0]
    assert [bucket.is_gap for bucket in both.series] == [False, True]
    assert both.total.seen == 0.375
    assert [bucket.tally.seen for bucket in one.series] == [0.5, 0.0]


def test_nobody_expects_a_camera_before_it_is_there_nor_after_nor_in_the_future(
    any_database: Database, box: SecretBox
) -> None:
    with any_database.write() as session:
        a, b = add_two_cameras(session, box)
        times = {
            a: (NOON + timedelta(minutes=30, seconds=20), None),
            b: (NOON, NOON + timedelta(minutes=45)),
        }
        for camera_id, (created, removed) in times.items():
            row = session.get_one(CameraRow, camera_id)
            row.created_at, row.removed_at = created, removed
        add_minute(session, a, NOON + timedelta(minutes=30))
    with any_database.read() as session:
        end = NOON + timedelta(hours=3)
        now = NOON + timedelta(hours=1, minutes=29, seconds=59)
        start = NOON - timedelta(hours=1)
        found = compliance(session, start, end, Bucket.HOUR, UTC_ZONE, now=now)
    expected = [bucket.tally.minutes_expected for bucket in found.series]
    assert expected == [0, 30 + 45, 30, 0]
    assert [bucket.tally.seen for bucket in found.series] == [None, 1 / 75, 0.0, None]


def test_a_recorded_video_from_before_its_camera_is_wholly_seen(
    any_database: Database, box: SecretBox
) -> None:
    with any_database.write() as session:
        a, _ = add_two_cameras(session, box)
        add_minute(session, a, NOON, mask=1)
    with any_database.read() as session:
        minute = NOON + timedelta(minutes=1)
        found = compliance(session, NOON, minute, Bucket.MINUTE, UTC_ZONE)
    assert found.total.seen == 1.0


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([], ()),
        (["m1"], ("m1",)),
        (["m1", "m2", "m1"], ("m1", "m2")),
        (["m1", "m2", "m3"], ("m1", "m2", "m3")),
        ([SEVERAL_VERSIONS], (SEVERAL_VERSIONS,)),
        ([SEVERAL_VERSIONS, "m1"], ("m1",)),
    ],
)
def test_an_answer_names_the_models_that_judged_however_coarse_it_is_counted(
    any_database: Database, box: SecretBox, told: list[str], expected: tuple[str, ...]
) -> None:
    with any_database.write() as session:
        a, _ = add_two_cameras(session, box)
        for number, version in enumerate(told):
            slot = (a, NOON + timedelta(minutes=7 * number))
            zone = read_time_zone(session)
            add_to_rollups(session, {slot: Counter(mask=1)}, [slot], zone, {slot: version})
    with any_database.read() as session:
        start = NOON - timedelta(days=3)
        found = compliance(session, start, NOON + timedelta(days=3), Bucket.DAY, UTC_ZONE)
    assert found.model_versions == expected


def test_cameras_out_of_scope_are_not_counted(any_database: Database, box: SecretBox) -> None:
    with any_database.write() as session:
        a, b = add_two_cameras(session, box)
        add_minute(session, a, NOON, mask=1)
        add_minute(session, b, NOON, mask=2)
        south = session.get_one(CameraRow, b).site_id
    assert south is not None
    only = CameraFilter(scope=CameraScope(frozenset({south})))
    with any_database.read() as session:
        end = NOON + timedelta(hours=1)
        found = compliance(session, NOON, end, Bucket.HOUR, UTC_ZONE, only)
        assert found.totals == Counts(mask=2)
        assert counts_by_camera(session, NOON, end, only) == {b: Counts(mask=2)}


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (Grouping.CAMERA, [("a", 1, 3), ("b", 2, 2), ("c", 3, 4)]),
        (Grouping.SITE, [("", None, 4), ("North", None, 3), ("South", None, 2)]),
        (Grouping.ZONE, [("", None, 4), ("Hall", None, 5)]),
    ],
)
def test_groups_are_cameras_sites_or_zones_by_name(
    any_database: Database, box: SecretBox, by: Grouping, expected: list[tuple[str, int, int]]
) -> None:
    with any_database.write() as session:
        ids = [
            *add_two_cameras(session, box),
            add_camera(session, box, NewCamera("c", "2", "2")).id,
        ]
        for camera_id, masks in zip(ids, (3, 2, 4), strict=True):
            add_minute(session, camera_id, NOON, mask=masks)
        late = add_camera(session, box, NewCamera("late", "3", "3")).id
        session.get_one(CameraRow, late).created_at = NOON + timedelta(days=9)
    with any_database.read() as session:
        end = NOON + timedelta(days=1)
        groups = compliance_groups(session, NOON, end, by, UTC_ZONE)
    assert [(one.name, one.camera_id, one.tally.counts.mask) for one in groups] == expected


def test_hours_of_the_week_are_those_of_local_clocks(
    any_database: Database, box: SecretBox
) -> None:
    monday = datetime(2026, 3, 2, 8, tzinfo=UTC)
    with any_database.write() as session:
        a, _ = add_two_cameras(session, box)
        for week in range(6):  # the last one is in summer time: an hour later on the clock
            add_minute(session, a, monday + timedelta(weeks=week), mask=1)
    with any_database.read() as session:
        groups = compliance_groups(
            session,
            monday - timedelta(days=1),
            monday + timedelta(weeks=7),
            Grouping.HOUR_OF_WEEK,
            LONDON,
        )
    assert [(one.weekday, one.hour) for one in groups] == [
        (day, hour) for day in range(7) for hour in range(24)
    ]
    counted = {one.name: one.tally.counts.mask for one in groups if not one.tally.is_gap}
    assert counted == {"monday 08:00": 4, "monday 09:00": 2}
    assert groups[0].tally.seen == 0.0


def test_a_week_of_hours_is_not_counted_over_decades(database: Database) -> None:
    start = NOON - timedelta(days=3_000)
    with pytest.raises(BadRequest, match="50000"), database.read() as session:
        compliance_groups(session, start, NOON, Grouping.HOUR_OF_WEEK, LONDON)
