"""While SQL is away for long: results wait, bounded; then frames do; nothing recorded is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import select, text

from core.accounts import FrameAccount, read_accounts
from core.encoding import decode_result
from core.errors import DatabaseAway
from core.frames import CROPS_WAITING_MAX, FrameQueue
from core.results import ResultQueue, count_waiting_results
from core.secrets import SecretBox
from core.storage.cameras import NewCamera, add_camera
from core.storage.engine import Database
from core.storage.tables import SightingRow
from core.types import FaceCrop, Frame
from tests.workers.scenes import analysed, at, box
from workers.account_copies import AccountCopier
from workers.recorder import Recorder

BOUND = 40
FRAMES = 60


@pytest.fixture
def camera_id(database: Database, box: SecretBox) -> int:
    with database.write() as session:
        return add_camera(session, box, NewCamera("door", "0", "0")).id


@contextmanager
def away(database: Database) -> Iterator[None]:
    """Take a table away: every step of the recorder fails as if the server were gone."""
    with database.write() as session:
        session.execute(text("ALTER TABLE partitions RENAME TO away"))
    yield
    with database.write() as session:
        session.execute(text("ALTER TABLE away RENAME TO partitions"))


def recorder(redis: Redis, database: Database) -> Recorder:
    copier = AccountCopier(redis, database, lambda: 0)
    return Recorder(database, ResultQueue(redis, "me"), lambda overlays: None, lambda: 1, copier)


def pass_frame(queue: FrameQueue, camera_id: int, number: int, crop: bool = False) -> None:
    """Push a frame in which someone stands, and let a worker analyse what it is given."""
    queue.push(Frame(camera_id, at(number * 0.2), (960, 540), b"jpeg"))
    for leased in queue.take(8, 0):
        seconds = (leased.frame.captured_at - at(0)) / timedelta(seconds=1)
        result = analysed(seconds, [box(100)], camera_id=camera_id)
        crops = (FaceCrop(0, b"picture", is_sharp=False),) if crop else ()
        queue.finish(leased, replace(result, crops=crops))


def test_a_long_outage_costs_frames_but_no_result(
    redis: Redis, database: Database, camera_id: int
) -> None:
    queue, one = FrameQueue(redis, results_bound=BOUND), recorder(redis, database)
    one.step(at(0), 0.01)
    with away(database):
        for number in range(FRAMES):
            pass_frame(queue, camera_id, number)
            if number % 20 == 0:
                with pytest.raises(DatabaseAway):
                    one.step(at(number * 0.2), 0.01)

    assert count_waiting_results(redis) == BOUND
    assert read_accounts(redis, [camera_id])[camera_id] == FrameAccount(
        captured=FRAMES, analysed=BOUND, superseded=FRAMES - BOUND - 1, waiting=1
    )
    assert one.step(at(12), 0.01) == BOUND
    pass_frame(queue, camera_id, FRAMES)
    assert one.step(at(13), 0.01) == 1
    one.step(at(30), 0.01)
    with database.read() as session:
        assert session.scalars(select(SightingRow.faces)).all() == [BOUND + 1]


def test_a_still_scene_fills_nothing_while_sql_is_away(redis: Redis, camera_id: int) -> None:
    queue = FrameQueue(redis, results_bound=1)
    for number in range(3):
        redis.delete("mw:{0}:told")  # a second has passed
        queue.push_unchanged(camera_id, at(number))
    assert count_waiting_results(redis) == 1
    assert read_accounts(redis, [camera_id])[camera_id].unchanged == 3


def test_pictures_are_the_first_to_be_given_up(redis: Redis, camera_id: int) -> None:
    queue, stream = FrameQueue(redis), f"mw:{{0}}:results:{camera_id}"

    def last_crops() -> int:
        entries: Any = redis.xrevrange(stream, count=1)
        return len(decode_result(entries[0][1][b"r"]).crops)

    for number in range(CROPS_WAITING_MAX - 1):
        redis.xadd(stream, {"r": str(number)})
    pass_frame(queue, camera_id, 0, crop=True)
    assert last_crops() == 1
    pass_frame(queue, camera_id, 1, crop=True)
    assert last_crops() == 0
    redis.xtrim(stream, maxlen=1)
    pass_frame(queue, camera_id, 2, crop=True)
    assert last_crops() == 1
