"""The recorder by its step: what is in the stream is in SQL, once."""

import pytest
from redis import Redis
from sqlalchemy import select, text

from core.accounts import read_this_minute
from core.encoding import encode_result
from core.errors import DatabaseAway
from core.live import Overlay
from core.results import ResultQueue
from core.secrets import SecretBox
from core.storage.cameras import NewCamera, add_camera, remove_camera
from core.storage.compliance import counts_by_camera
from core.storage.engine import Database
from core.storage.recording import read_open_tracks, supersede
from core.storage.sightings import Sighting, SightingFilter, list_sightings
from core.storage.tables import FrameAccountRow, PartitionRow
from core.types import Result, Verdict
from tests.workers.scenes import NO_MASK, analysed, at, box, unchanged
from workers.account_copies import AccountCopier
from workers.recorder import Recorder


@pytest.fixture
def camera_id(database: Database, box: SecretBox) -> int:
    with database.write() as session:
        return add_camera(session, box, NewCamera("door", "0", "0")).id


class House:
    """A recorder with its servers, and what it has published."""

    def __init__(self, redis: Redis, database: Database, name: str = "me") -> None:
        self.redis = redis
        self.database = database
        self.published: list[Overlay] = []
        self.recorders = 1
        self.minute = read_this_minute(redis)
        results = ResultQueue(redis, name)
        copier = AccountCopier(redis, database, lambda: self.minute)
        self.recorder = Recorder(
            database, results, self.published.extend, lambda: self.recorders, copier
        )

    def write(self, *results: Result) -> None:
        for result in results:
            stream = f"mw:{{0}}:results:{result.camera_id % 32}"
            self.redis.xadd(stream, {"r": encode_result(result)})

    def step(self, seconds: float = 0.0) -> int:
        return self.recorder.step(at(seconds), 0.01)

    def sightings(self) -> list[Sighting]:
        with self.database.read() as session:
            return list_sightings(session, SightingFilter(at(-9999), at(9999)), None, 100)[0]


@pytest.fixture
def house(redis: Redis, database: Database) -> House:
    return House(redis, database)


def visit(camera_id: int, start: float = 0.0) -> list[Result]:
    """A bare face for 1 s, then an empty scene until it is forgotten."""
    seen = [
        analysed(start + step * 0.2, [box(10 + step * 5)], NO_MASK, camera_id) for step in range(5)
    ]
    return seen + [analysed(start + 1 + step * 0.2, [], camera_id=camera_id) for step in range(14)]


def test_a_visit_becomes_one_sighting(house: House, camera_id: int) -> None:
    house.write(*visit(camera_id))
    house.step()

    (sighting,) = house.sightings()
    assert sighting.verdict is Verdict.NO_MASK
    assert (sighting.started_at, sighting.ended_at) == (at(0), at(0.8))
    assert (sighting.faces, sighting.model_version) == (5, "masks-1")
    with house.database.read() as session:
        assert counts_by_camera(session, at(-60), at(60))[camera_id].no_mask == 1


def test_what_is_recorded_leaves_the_stream(house: House, camera_id: int) -> None:
    house.write(*visit(camera_id))
    assert house.step() == 19
    assert house.redis.xlen(f"mw:{{0}}:results:{camera_id}") == 0
    assert house.step() == 0
    assert len(house.sightings()) == 1


def test_each_analysed_frame_gives_an_overlay(house: House, camera_id: int) -> None:
    house.write(*visit(camera_id)[:4], unchanged(1.5, camera_id))
    house.step()

    assert [overlay.captured_at for overlay in house.published] == [
        at(0), at(0.2), at(0.4), at(0.6),
    ]  # fmt: skip
    assert [overlay.faces[0].verdict for overlay in house.published] == [
        None, None, Verdict.NO_MASK, Verdict.NO_MASK,
    ]  # fmt: skip
    assert [overlay.people_now for overlay in house.published] == [0, 1, 1, 1]


def test_a_restart_goes_on_with_the_open_tracks(house: House, camera_id: int) -> None:
    results = visit(camera_id)
    house.write(*results[:3])
    house.step()

    successor = House(house.redis, house.database)
    successor.write(*results[3:])
    successor.step()

    assert [one.faces for one in house.sightings()] == [5]


def test_results_applied_but_not_trimmed_are_not_counted_again(
    house: House, camera_id: int
) -> None:
    stream = f"mw:{{0}}:results:{camera_id}"
    house.write(*visit(camera_id))
    dump = house.redis.dump(stream)
    house.step()
    assert dump is not None
    house.redis.restore(stream, 0, dump, replace=True)  # as if killed between commit and trim

    successor = House(house.redis, house.database)
    successor.step()

    assert len(house.sightings()) == 1


def test_a_paused_owner_gives_way_to_the_one_that_took_over(house: House, camera_id: int) -> None:
    results = visit(camera_id)
    house.write(*results[:3])
    house.step()
    house.redis.delete(f"mw:{{0}}:recorder:{camera_id}")  # its lease ran out
    other = House(house.redis, house.database, "other")
    other.write(*results[3:])
    other.step()

    stale = analysed(9, [box(10)], camera_id=camera_id)
    house.write(stale)
    house.recorder._keep_up = lambda: None  # type: ignore[method-assign]  # a pause before upkeep
    house.step()

    assert len(house.sightings()) == 1
    assert other.step(2) == 1
    assert [overlay.captured_at for overlay in other.published][-1] == at(9)


def test_the_tracks_of_a_silent_camera_are_closed(house: House, camera_id: int) -> None:
    house.write(*visit(camera_id)[:5])
    house.step(1)
    assert house.sightings() == []
    house.step(7)
    assert [one.ended_at for one in house.sightings()] == [at(0.8)]
    with house.database.read() as session:
        assert read_open_tracks(session, camera_id % 32) == {camera_id: b""}


@pytest.mark.parametrize("ahead_s", [-600, 600])
def test_a_clock_that_differs_from_the_cameras_does_not_end_tracks(
    house: House, camera_id: int, ahead_s: float
) -> None:
    house.step(ahead_s)
    for step, result in enumerate(visit(camera_id)[:5]):
        house.write(result)
        house.step(ahead_s + 1.1 * step)
    assert house.sightings() == []
    house.step(ahead_s + 20)
    assert [one.faces for one in house.sightings()] == [5]


def test_who_is_in_view_after_an_outage_of_ours_is_one_person(house: House, camera_id: int) -> None:
    """As long as results wait, a camera that seems silent is not."""
    for number in range(5):
        house.write(analysed(number * 0.2, [box(10)], NO_MASK, camera_id))
    house.step(1)
    for number in range(5, 250):
        house.write(analysed(number * 0.2, [box(10)], NO_MASK, camera_id))
    successor = House(house.redis, house.database)
    while successor.step(50.2):
        pass
    assert successor.sightings() == []
    successor.step(60)
    assert [one.faces for one in successor.sightings()] == [250]


def test_a_flicker_is_not_recorded(house: House, camera_id: int) -> None:
    house.write(analysed(0, [box(10)], camera_id=camera_id))
    house.step(0)
    house.step(10)
    assert house.sightings() == []


def test_results_of_unknown_cameras_are_passed_over(house: House, camera_id: int) -> None:
    with house.database.write() as session:
        remove_camera(session, camera_id)
    house.write(*visit(camera_id), *visit(77))
    assert house.step() == 38
    assert house.sightings() == []
    assert house.published == []


def test_broken_entries_are_refused_and_counted(house: House, camera_id: int) -> None:
    house.redis.xadd(f"mw:{{0}}:results:{camera_id}", {"r": b"\xff"})
    house.write(*visit(camera_id))
    house.step()
    assert house.recorder.refused == 1
    assert len(house.sightings()) == 1


def test_results_wait_while_the_database_is_away(house: House, camera_id: int) -> None:
    house.step()
    with house.database.write() as session:
        session.execute(text("ALTER TABLE partitions RENAME TO away"))
    house.write(*visit(camera_id))

    with pytest.raises(DatabaseAway):
        house.step()
    assert house.redis.xlen(f"mw:{{0}}:results:{camera_id}") == 19

    with house.database.write() as session:
        session.execute(text("ALTER TABLE away RENAME TO partitions"))
    house.step()
    assert len(house.sightings()) == 1


def test_recorders_share_the_partitions(house: House, redis: Redis, database: Database) -> None:
    other = House(redis, database, "other")
    house.step(0)
    assert len(house.recorder.partitions) == 32

    house.recorders = other.recorders = 2
    house.step(2)
    other.step(2)

    assert len(house.recorder.partitions) == len(other.recorder.partitions) == 16
    assert not house.recorder.partitions & other.recorder.partitions
    house.recorder.stop()
    other.recorders = 1
    other.step(4)
    assert len(other.recorder.partitions) == 32


def test_frame_accounts_are_copied_each_ten_seconds(house: House, camera_id: int) -> None:
    def captured() -> int:
        with house.database.read() as session:
            rows = session.scalars(select(FrameAccountRow.captured)).all()
        return sum(rows)

    key = f"mw:{{0}}:account:{camera_id}:{house.minute - 1}"
    house.redis.hset(key, mapping={"captured": 5, "analysed": 4})
    house.step(0)
    assert captured() == 5
    house.redis.hset(key, mapping={"captured": 6, "analysed": 6})
    house.step(5)
    assert captured() == 5
    house.step(10)
    assert captured() == 6


def test_an_owner_that_was_overtaken_copies_no_accounts(house: House, camera_id: int) -> None:
    house.step(0)
    with house.database.write() as session:
        supersede(session, [camera_id])
    house.minute += 1
    key = f"mw:{{0}}:account:{camera_id}:{house.minute - 1}"
    house.redis.hset(key, mapping={"captured": 5, "analysed": 4})
    house.step(10)
    with house.database.read() as session:
        assert session.scalar(select(FrameAccountRow.captured)) is None
    house.step(20)
    with house.database.read() as session:
        assert session.scalar(select(FrameAccountRow.captured)) == 5


def test_a_redis_that_lost_its_data_is_noticed(house: House, camera_id: int) -> None:
    with house.database.write() as session:
        partition = session.get_one(PartitionRow, camera_id % 32)
        partition.applied = "9999999999999-5"  # by a clock that was ahead
    house.step(0)
    house.redis.flushall()
    house.step(2)
    house.write(*visit(camera_id))
    assert house.step(2) == 19
    assert len(house.sightings()) == 1
