"""What is erased does not come back from the memory of a recorder that runs."""

from datetime import timedelta

import pytest
from redis import Redis

from core.erasure import ErasureParameters
from core.secrets import SecretBox
from core.storage.audit import SYSTEM
from core.storage.cameras import NewCamera, add_camera
from core.storage.compliance import counts_by_camera
from core.storage.engine import Database
from core.storage.erasure import erase
from core.types import Result
from tests.core.storage.past import Silent
from tests.workers.scenes import NO_MASK, analysed, at, box
from tests.workers.test_recorder import House, visit


@pytest.fixture
def house(redis: Redis, database: Database) -> House:
    return House(redis, database)


@pytest.fixture
def cameras(database: Database, box: SecretBox) -> tuple[int, int]:
    with database.write() as session:
        first, second = (
            add_camera(session, box, NewCamera(name, "0", "0")).id for name in ("door", "gate")
        )
    return first, second


def long_visit(camera_id: int) -> list[Result]:
    """A bare face for 2 s, then an empty scene until it is forgotten."""
    seen = [analysed(n * 0.2, [box(10 + n * 5)], NO_MASK, camera_id) for n in range(10)]
    return seen + [analysed(2 + n * 0.2, [], camera_id=camera_id) for n in range(14)]


def test_open_tracks_of_an_erased_camera_are_forgotten_and_others_go_on(
    house: House, cameras: tuple[int, int]
) -> None:
    door, gate = cameras
    for camera_id in cameras:
        house.write(*visit(camera_id, start=-30.0), *long_visit(camera_id)[:5])
    house.step()

    erase(house.database, ErasureParameters(camera_id=door), SYSTEM, Silent())
    for camera_id in cameras:
        house.write(*long_visit(camera_id)[5:])
    for second in range(5):  # the partition is read anew, and the rest of the visit recorded
        house.step(second)

    begun = sorted((one.camera_id, one.started_at) for one in house.sightings())
    assert begun == [(door, at(1.0)), (gate, at(-30)), (gate, at(0))]
    with house.database.read() as session:
        counts = counts_by_camera(session, at(-3600), at(3600))
    assert (counts[door].no_mask, counts[gate].no_mask) == (1, 2)


def test_minutes_are_seen_anew_after_an_erasure(house: House, cameras: tuple[int, int]) -> None:
    door, _ = cameras
    house.write(*visit(door))
    house.step()
    erase(house.database, ErasureParameters(camera_id=door), SYSTEM, Silent())

    house.write(*visit(door, start=10.0))
    for second in range(4):
        house.step(10 + second)

    with house.database.read() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT COUNT(*), SUM(no_mask) FROM rollups_minute"
        )
        assert tuple(rows.one()) == (1, 1)
        assert counts_by_camera(session, at(0) - timedelta(hours=1), at(3600))[door].no_mask == 1
