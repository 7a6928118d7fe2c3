"""One transaction writes all, once; a second owner writes nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from core.camera_rules import NO_RULES, CameraRules, encode_rules
from core.errors import BadRequest, NotFound
from core.preferences import EvidenceMode, Preferences
from core.secrets import SecretBox
from core.statistics import Counts
from core.storage.cameras import NewCamera, add_camera, remove_camera
from core.storage.compliance import counts_by_camera
from core.storage.engine import Database
from core.storage.installation import write_time_zone
from core.storage.pictures import (
    OpenPicture,
    SightingPicture,
    read_open_pictures,
    read_picture,
)
from core.storage.preferences import write_preferences
from core.storage.recording import (
    FinishedTrack,
    Mark,
    Recording,
    read_mark,
    read_open_tracks,
    read_watch,
    record,
    supersede,
)
from core.storage.sightings import SightingFilter, get_sighting, list_sightings
from core.storage.tables import (
    SEVERAL_VERSIONS,
    CameraRow,
    HourRollupRow,
    MinuteRollupRow,
    SightingRow,
)
from core.types import Verdict

NOON = datetime(2026, 3, 1, 12, 0, 30, tzinfo=UTC)
MINUTE = NOON.replace(second=0)
DAY = SightingFilter(NOON - timedelta(days=1), NOON + timedelta(days=1))


@pytest.fixture
def camera_id(any_database: Database, box: SecretBox) -> int:
    with any_database.write() as session:
        return add_camera(session, box, NewCamera("door", "0", "0")).id


def track(camera_id: int, seconds: int = 0, verdict: Verdict = Verdict.MASK) -> FinishedTrack:
    start = NOON + timedelta(seconds=seconds)
    end = start + timedelta(seconds=4)
    return FinishedTrack(camera_id, start, end, verdict, (0.9, 0.06, 0.04), 12, False, "masks-1")


def write(database: Database, recording: Recording, mark: Mark) -> Mark | None:
    with database.write() as session:
        return record(session, [recording], {recording.partition: mark}).get(recording.partition)


def test_sightings_rollups_tracks_and_mark_come_together(
    any_database: Database, camera_id: int
) -> None:
    partition = camera_id % 32
    tracks = [track(camera_id), track(camera_id, 5), track(camera_id, 60, Verdict.UNSURE)]
    recording = Recording(
        partition, "5-1", tracks, {camera_id: b"open"}, [(camera_id, MINUTE), (camera_id, MINUTE)]
    )

    mark = write(any_database, recording, Mark("0-0", 0))

    assert mark == Mark("5-1", 1)
    with any_database.read() as session:
        assert read_mark(session, partition) == mark
        assert read_open_tracks(session, partition) == {camera_id: b"open"}
        assert session.scalar(select(func.count()).select_from(SightingRow)) == 3
        assert session.scalar(select(HourRollupRow.seen_minutes)) == 2
        found = counts_by_camera(session, DAY.start, DAY.end)
    assert found == {camera_id: Counts(mask=2, unsure=1)}


def test_rollups_grow_and_snapshots_are_replaced(any_database: Database, camera_id: int) -> None:
    partition, mark = camera_id % 32, Mark("0-0", 0)
    for number in (1, 2):
        recording = Recording(
            partition, f"{number}-0", [track(camera_id)], {camera_id: bytes([number])}
        )
        new = write(any_database, recording, mark)
        assert new is not None
        mark = new
    with any_database.read() as session:
        assert counts_by_camera(session, DAY.start, DAY.end) == {camera_id: Counts(mask=2)}
        assert read_open_tracks(session, partition) == {camera_id: b"\x02"}


def test_an_outpaced_owner_writes_nothing(any_database: Database, camera_id: int) -> None:
    partition = camera_id % 32
    assert write(any_database, Recording(partition, "1-0"), Mark("0-0", 0))

    outpaced = Recording(partition, "1-0", [track(camera_id)], {camera_id: b"old"})

    assert write(any_database, outpaced, Mark("0-0", 0)) is None
    with any_database.read() as session:
        assert session.scalar(select(func.count()).select_from(SightingRow)) == 0
        assert read_open_tracks(session, partition) == {}


def test_closing_old_tracks_moves_the_version_though_the_mark_stands(
    any_database: Database, camera_id: int
) -> None:
    closing = Recording(camera_id % 32, "0-0", [track(camera_id)])
    assert write(any_database, closing, Mark("0-0", 0)) == Mark("0-0", 1)
    assert write(any_database, closing, Mark("0-0", 0)) is None


def test_a_continuation_is_listed_and_not_counted(any_database: Database, camera_id: int) -> None:
    goes_on = replace(track(camera_id), is_continuation=True)
    write(any_database, Recording(camera_id % 32, "1-0", [goes_on]), Mark("0-0", 0))
    with any_database.read() as session:
        found, _ = list_sightings(session, DAY, None, 10)
        assert [one.is_continuation for one in found] == [True]
        assert counts_by_camera(session, DAY.start, DAY.end) == {}


def test_pages_of_sightings_join_without_gap_or_double(
    any_database: Database, camera_id: int
) -> None:
    tracks = [track(camera_id, seconds // 2) for seconds in range(7)]  # some begin together
    write(any_database, Recording(camera_id % 32, "1-0", tracks), Mark("0-0", 0))
    with any_database.read() as session:
        pages, cursor = [], None
        while True:
            page, cursor = list_sightings(session, DAY, cursor, 3)
            pages.append([one.id for one in page])
            if cursor is None:
                break
        assert [len(page) for page in pages] == [3, 3, 1]
        listed = [one for page in pages for one in page]
        assert listed == sorted(set(listed), reverse=True)
        assert get_sighting(session, pages[0][0]).verdict is Verdict.MASK


def test_sightings_are_chosen_by_time_verdict_and_camera(
    any_database: Database, camera_id: int
) -> None:
    tracks = [track(camera_id), track(camera_id, 60, Verdict.NO_MASK)]
    write(any_database, Recording(camera_id % 32, "1-0", tracks), Mark("0-0", 0))

    def count(wanted: SightingFilter) -> int:
        with any_database.read() as session:
            return len(list_sightings(session, wanted, None, 10)[0])

    assert count(DAY) == 2
    assert count(replace(DAY, verdict=Verdict.NO_MASK)) == 1
    assert count(replace(DAY, camera_id=camera_id + 1)) == 0
    assert count(replace(DAY, end=NOON)) == 0
    assert count(replace(DAY, start=NOON + timedelta(seconds=1))) == 1


@pytest.mark.parametrize("cursor", ["", "x", "5", "-", "99999999999999999999-1"])
def test_a_foreign_cursor_is_refused(database: Database, cursor: str) -> None:
    with pytest.raises(BadRequest, match="cursor"), database.read() as session:
        list_sightings(session, DAY, cursor, 10)


def test_a_missing_sighting_is_said(database: Database) -> None:
    with pytest.raises(NotFound), database.read() as session:
        get_sighting(session, 5)


def test_the_registered_cameras_are_watched_by_their_rules(
    any_database: Database, camera_id: int, box: SecretBox
) -> None:
    rules = CameraRules(face_px_min=40)
    with any_database.write() as session:
        removed = add_camera(session, box, NewCamera("gate", "0", "0")).id
        remove_camera(session, removed)
        other = add_camera(session, box, NewCamera("yard", "0", "0")).id
        session.get_one(CameraRow, other).rules = encode_rules(rules)
        write_preferences(session, Preferences(evidence=EvidenceMode.NUMBERS))
        write_time_zone(session, ZoneInfo("Europe/Berlin"))
    with any_database.read() as session:
        watch = read_watch(session)
    assert watch.cameras == {camera_id: NO_RULES, other: rules}
    assert watch.preferences.evidence is EvidenceMode.NUMBERS
    assert watch.zone.key == "Europe/Berlin"


def test_broken_rules_rule_nothing(any_database: Database, camera_id: int) -> None:
    with any_database.write() as session:
        session.get_one(CameraRow, camera_id).rules = '{"include": 7}'
    with any_database.read() as session:
        assert read_watch(session).cameras == {camera_id: NO_RULES}


def test_who_needs_no_mask_is_written_but_not_counted(
    any_database: Database, camera_id: int
) -> None:
    free = replace(track(camera_id), is_required=False)
    write(any_database, Recording(camera_id % 32, "1-0", [free]), Mark("0-0", 0))
    with any_database.read() as session:
        assert counts_by_camera(session, DAY.start, DAY.end) == {}
        assert session.scalar(select(SightingRow.is_required)) is False
        assert session.scalar(select(HourRollupRow.seen_minutes)) == 1


def test_rollups_name_the_model_that_judged(any_database: Database, camera_id: int) -> None:
    later = replace(track(camera_id, 60), model_version="masks-2")
    write(any_database, Recording(camera_id % 32, "1-0", [track(camera_id), later]), Mark("0-0", 0))
    with any_database.read() as session:
        minutes = session.scalars(select(MinuteRollupRow.model_version)).all()
        assert sorted(minutes) == ["masks-1", "masks-2"]
        assert session.scalar(select(HourRollupRow.model_version)) == SEVERAL_VERSIONS


def test_a_picture_goes_with_its_sighting(any_database: Database, camera_id: int) -> None:
    partition = camera_id % 32
    open_picture = OpenPicture(NOON, 0.5, False, b"jpeg")
    first = Recording(partition, "1-0", pictures={(camera_id, 1): open_picture})
    mark = write(any_database, first, Mark("0-0", 0))
    assert mark is not None
    with any_database.read() as session:
        assert read_open_pictures(session, partition) == {(camera_id, 1): open_picture}

    picture = SightingPicture(NOON, False, b"jpeg")
    tracks = [track(camera_id), replace(track(camera_id, 5), picture=picture)]
    write(any_database, Recording(partition, "2-0", tracks, pictures={(camera_id, 1): None}), mark)

    with any_database.read() as session:
        assert read_open_pictures(session, partition) == {}
        sightings = list_sightings(session, DAY, None, 10)[0]
        (owner,) = [one for one in sightings if one.started_at == NOON + timedelta(seconds=5)]
        assert read_picture(session, owner.id) == picture


def test_a_recorder_that_is_superseded_writes_nothing(
    any_database: Database, camera_id: int
) -> None:
    partition = camera_id % 32
    with any_database.write() as session:
        supersede(session, [camera_id])
    assert write(any_database, Recording(partition, "1-0"), Mark("0-0", 0)) is None
    with any_database.read() as session:
        assert read_mark(session, partition) == Mark("0-0", 1)
        assert read_mark(session, (partition + 1) % 32) == Mark("0-0", 0)


def test_partitions_are_written_together_and_those_of_others_left_out(
    any_database: Database, camera_id: int, box: SecretBox
) -> None:
    with any_database.write() as session:
        other = add_camera(session, box, NewCamera("gate", "0", "0")).id
        supersede(session, [other])
    recordings = [
        Recording(one % 32, "7-0", [track(one)], {one: b"open"}) for one in (other, camera_id)
    ]
    marks = {one.partition: Mark("0-0", 0) for one in recordings}
    with any_database.write() as session:
        assert record(session, recordings, marks) == {camera_id % 32: Mark("7-0", 1)}
        assert record(session, [], {}) == {}
    with any_database.read() as session:
        assert set(counts_by_camera(session, DAY.start, DAY.end)) == {camera_id}
        assert read_open_tracks(session, other % 32) == {}
