"""Frame accounts in SQL: written once, whatever comes twice; added up by buckets."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.access_scopes import CameraScope
from core.accounts import FrameAccount
from core.buckets import Bucket
from core.errors import NotFound
from core.secrets import SecretBox
from core.storage.cameras import NewCamera, add_camera, remove_camera
from core.storage.engine import Database, utc_now
from core.storage.frame_accounts import (
    CopiedMinutes,
    FrameAccountBucket,
    counted_cameras,
    frame_accounts,
    keep_accounts,
    read_copied,
)
from core.storage.rollups import Slot

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
DONE = FrameAccount(captured=5, analysed=3, superseded=1, lost=1)
IN_HAND = FrameAccount(captured=5, analysed=4)
NOWHERE = CameraScope(frozenset())


@pytest.fixture
def camera_id(any_database: Database, box: SecretBox) -> int:
    with any_database.write() as session:
        return add_camera(session, box, NewCamera("door", "0", "0")).id


def minute(number: int) -> datetime:
    return NOON + timedelta(minutes=number)


def keep(database: Database, accounts: dict[Slot, FrameAccount]) -> None:
    with database.write() as session:
        keep_accounts(session, accounts)


def test_the_last_word_of_a_minute_stands(any_database: Database, camera_id: int) -> None:
    keep(any_database, {(camera_id, NOON): IN_HAND, (camera_id, minute(1)): DONE})
    keep(any_database, {(camera_id, NOON): DONE})
    keep(any_database, {(camera_id, NOON): DONE})
    keep(any_database, {})
    with any_database.read() as session:
        found = frame_accounts(session, NOON, minute(9), Bucket.MINUTE, BERLIN)
    assert list(found.values()) == [
        FrameAccountBucket(NOON, DONE, 1),
        FrameAccountBucket(minute(1), DONE, 1),
    ]


def test_buckets_add_up_cameras_and_minutes(
    any_database: Database, camera_id: int, box: SecretBox
) -> None:
    with any_database.write() as session:
        other = add_camera(session, box, NewCamera("gate", "0", "0")).id
    keep(any_database, {(camera_id, minute(n)): DONE for n in (0, 59, 60)})
    keep(any_database, {(other, NOON): DONE})
    with any_database.read() as session:
        hours = frame_accounts(session, NOON, minute(180), Bucket.HOUR, BERLIN)
        days = frame_accounts(session, NOON, minute(180), Bucket.DAY, BERLIN)
        own = frame_accounts(session, NOON, minute(60), Bucket.HOUR, BERLIN, camera_id)
    assert [(at, one.account.captured, one.delivered_minutes) for at, one in hours.items()] == [
        (NOON, 15, 3),
        (minute(60), 5, 1),
    ]
    assert list(days) == [datetime(2026, 2, 28, 23, tzinfo=UTC)]  # midnight in Berlin
    assert own[NOON].account == DONE + DONE
    assert not own[NOON].is_gap


def test_cameras_out_of_scope_are_not_counted(any_database: Database, camera_id: int) -> None:
    keep(any_database, {(camera_id, NOON): DONE})
    with any_database.read() as session:
        asked = (session, NOON, minute(1), Bucket.HOUR, BERLIN)
        assert frame_accounts(*asked, scope=NOWHERE) == {}
        with pytest.raises(NotFound):
            frame_accounts(*asked, camera_id, NOWHERE)
        with pytest.raises(NotFound):
            frame_accounts(*asked, 999)


def test_how_far_cameras_are_copied_is_told(any_database: Database, camera_id: int) -> None:
    keep(any_database, {(camera_id, minute(n)): IN_HAND for n in (0, 1)})
    keep(any_database, {(camera_id, minute(2)): DONE})
    with any_database.read() as session:
        copied = read_copied(session, [camera_id, 77], minute(1))
        assert read_copied(session, [], NOON) == {}
    assert copied == {
        camera_id: CopiedMinutes(minute(2), {minute(1): IN_HAND}),
        77: CopiedMinutes(),
    }


def test_cameras_count_until_they_were_removed_long_ago(
    any_database: Database, camera_id: int
) -> None:
    with any_database.write() as session:
        remove_camera(session, camera_id)
    with any_database.read() as session:
        assert set(counted_cameras(session, utc_now() - timedelta(hours=1))) == {camera_id}
        assert counted_cameras(session, utc_now() + timedelta(hours=1)) == {}
