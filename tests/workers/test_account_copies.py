"""Frame accounts of minutes: copied until they change no more, and never twice."""

from datetime import datetime, timedelta

import pytest
from redis import Redis

from core.accounts import MINUTES_KEPT, FrameAccount, read_this_minute
from core.secrets import SecretBox
from core.storage.cameras import NewCamera, add_camera, remove_camera
from core.storage.engine import Database
from core.storage.frame_accounts import keep_accounts
from core.storage.rollups import Slot
from core.storage.tables import CameraRow
from core.types import from_microseconds
from workers.account_copies import AccountCopier, CameraCopies

DONE = FrameAccount(captured=5, analysed=3, unchanged=2)
IN_HAND = FrameAccount(captured=5, analysed=2, unchanged=2)


@pytest.fixture
def camera_id(database: Database, box: SecretBox) -> int:
    """A camera that was registered over an hour ago."""
    with database.write() as session:
        camera_id = add_camera(session, box, NewCamera("door", "0", "0")).id
        session.get_one(CameraRow, camera_id).created_at -= timedelta(minutes=90)
    return camera_id


class Copies:
    """What one owner of the camera's partition copies, and does not write."""

    def __init__(self, redis: Redis, database: Database, camera_id: int) -> None:
        self.redis = redis
        self.camera_id = camera_id
        self.this_minute = read_this_minute(redis)
        self.held: dict[int, dict[int, CameraCopies]] = {camera_id % 32: {}}
        self._copier = AccountCopier(redis, database, lambda: self.this_minute)

    def count(self, ago: int, account: FrameAccount) -> None:
        """Let Redis say so of a minute."""
        key = f"mw:{{0}}:account:{self.camera_id}:{self.this_minute - ago}"
        self.redis.delete(key)
        self.redis.hset(key, "captured", account.captured)
        self.redis.hset(key, "analysed", account.analysed)
        self.redis.hset(key, "unchanged", account.unchanged)

    def copy(self) -> dict[Slot, FrameAccount]:
        return self._copier.copy(self.held).get(self.camera_id % 32, {})

    def slot(self, ago: int) -> Slot:
        return self.camera_id, self.start(ago)

    def start(self, ago: int) -> datetime:
        return from_microseconds((self.this_minute - ago) * 60_000_000)

    def catch_up(self) -> dict[Slot, FrameAccount]:
        found: dict[Slot, FrameAccount] = {}
        for _ in range(2):
            found |= self.copy()
        return found


@pytest.fixture
def copies(redis: Redis, database: Database, camera_id: int) -> Copies:
    return Copies(redis, database, camera_id)


def test_what_was_missed_is_caught_up_in_steps(copies: Copies) -> None:
    for ago in (1, 30, 90):
        copies.count(ago, DONE)
    assert copies.copy() == {copies.slot(90): DONE}
    assert copies.copy() == {copies.slot(1): DONE, copies.slot(30): DONE}
    assert copies.copy() == {}


def test_after_an_outage_of_days_the_last_day_is_caught_up(
    copies: Copies, database: Database
) -> None:
    with database.write() as session:
        session.get_one(CameraRow, copies.camera_id).created_at -= timedelta(days=7)
    copies.count(MINUTES_KEPT + 1, DONE)
    copies.count(MINUTES_KEPT, DONE)
    assert copies.copy() == {copies.slot(MINUTES_KEPT): DONE}


def test_the_minute_that_runs_is_left_alone(copies: Copies) -> None:
    copies.count(0, DONE)
    copies.count(-1, DONE)
    assert copies.catch_up() == {}


def test_a_minute_is_copied_again_until_all_its_frames_are_resolved(copies: Copies) -> None:
    copies.count(3, IN_HAND)
    assert copies.catch_up() == {copies.slot(3): IN_HAND}
    assert copies.copy() == {}

    copies.count(3, DONE)
    assert copies.copy() == {copies.slot(3): DONE}
    copies.count(3, FrameAccount(captured=99, analysed=99))
    assert copies.copy() == {}


def test_what_was_in_hand_when_redis_lost_its_data_is_lost(copies: Copies) -> None:
    copies.count(3, IN_HAND)
    copies.catch_up()
    copies.redis.flushall()
    lost = FrameAccount(captured=5, analysed=2, unchanged=2, lost=1)
    assert copies.copy() == {copies.slot(3): lost}
    assert copies.copy() == {}


def test_another_owner_goes_on_where_sql_stands(copies: Copies, database: Database) -> None:
    copies.count(9, DONE)
    copies.count(4, IN_HAND)
    copies.count(1, DONE)
    with database.write() as session:
        keep_accounts(session, {copies.slot(9): DONE, copies.slot(4): IN_HAND})

    other = Copies(copies.redis, database, copies.camera_id)
    assert other.copy() == {copies.slot(1): DONE}
    copies.count(4, DONE)
    assert other.copy() == {copies.slot(4): DONE}


def test_a_camera_of_another_partition_is_left_to_its_owner(
    redis: Redis, database: Database, camera_id: int
) -> None:
    copies = Copies(redis, database, camera_id)
    copies.held = {(camera_id + 1) % 32: {}}
    copies.count(1, DONE)
    assert copies.copy() == {}


def test_a_camera_that_was_just_removed_is_still_counted(
    copies: Copies, database: Database
) -> None:
    with database.write() as session:
        remove_camera(session, copies.camera_id)
    copies.count(1, DONE)
    assert copies.catch_up() == {copies.slot(1): DONE}


def test_a_new_camera_has_no_day_to_catch_up(
    redis: Redis, database: Database, box: SecretBox
) -> None:
    with database.write() as session:
        camera_id = add_camera(session, box, NewCamera("gate", "0", "0")).id
    copies = Copies(redis, database, camera_id)
    copies.count(1, DONE)
    assert copies.copy() == {copies.slot(1): DONE}


def test_what_redis_forgot_by_age_stays_as_it_is() -> None:
    held = CameraCopies(2000, {100: IN_HAND, 1600: IN_HAND})
    assert held.due(2000) == [1600]
    assert held.unsettled == {1600: IN_HAND}
