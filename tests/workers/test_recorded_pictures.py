"""Pictures and their sightings are written together, or not at all, whoever records them."""

from dataclasses import replace

import pytest
from redis import Redis
from sqlalchemy import select, text

from core.errors import DatabaseAway
from core.preferences import EvidenceMode, Preferences
from core.secrets import SecretBox
from core.storage.cameras import NewCamera, add_camera
from core.storage.engine import Database
from core.storage.pictures import SightingPicture, read_open_pictures, read_picture
from core.storage.preferences import write_preferences
from core.storage.tables import SightingPictureRow
from core.types import FaceCrop, Result
from tests.workers.scenes import NO_MASK, analysed, at, box
from tests.workers.test_recorder import House


@pytest.fixture
def camera_id(database: Database, box: SecretBox) -> int:
    with database.write() as session:
        return add_camera(session, box, NewCamera("door", "0", "0")).id


@pytest.fixture
def house(redis: Redis, database: Database) -> House:
    return House(redis, database)


def visit(camera_id: int) -> list[Result]:
    """A face that comes nearer for 1 s, with a crop of each moment; then 5 s of nobody."""
    seen = [
        replace(
            analysed(step * 0.2, [box(10 + step * 5, width=30 + 8 * step)], NO_MASK, camera_id),
            crops=(FaceCrop(0, f"crop {step}".encode(), False),),
        )
        for step in range(5)
    ]
    return seen + [analysed(1 + step * 0.2, [], camera_id=camera_id) for step in range(25)]


def pictures(database: Database) -> list[SightingPicture]:
    with database.read() as session:
        ids = session.scalars(select(SightingPictureRow.sighting_id)).all()
        return [read_picture(session, sighting_id) for sighting_id in ids]


def open_contents(database: Database, camera_id: int) -> list[bytes]:
    with database.read() as session:
        return [one.content for one in read_open_pictures(session, camera_id % 32).values()]


BEST = SightingPicture(at(0.8), False, b"crop 4")


def test_the_best_crop_of_a_visit_is_kept_with_its_sighting(house: House, camera_id: int) -> None:
    house.write(*visit(camera_id))
    house.step()
    assert pictures(house.database) == [BEST]
    assert [one.has_picture for one in house.sightings()] == [True]
    assert open_contents(house.database, camera_id) == []


def test_the_best_crop_so_far_outlives_a_killed_recorder(house: House, camera_id: int) -> None:
    results = visit(camera_id)
    house.write(*results[:5])
    house.step()
    assert open_contents(house.database, camera_id) == [b"crop 4"]

    successor = House(house.redis, house.database)
    successor.write(*results[5:])
    successor.step()

    assert pictures(house.database) == [BEST]
    assert open_contents(house.database, camera_id) == []


def test_a_paused_owner_changes_no_picture_of_the_one_that_took_over(
    house: House, camera_id: int
) -> None:
    results = visit(camera_id)
    house.write(*results[:3])
    house.step()
    house.redis.delete(f"mw:{{0}}:recorder:{camera_id}")  # its lease ran out
    other = House(house.redis, house.database, "other")
    other.write(*results[3:])
    other.step()
    house.write(replace(results[4], captured_at=at(9), crops=(FaceCrop(0, b"stale", False),)))
    house.recorder._keep_up = lambda: None  # type: ignore[method-assign]  # a pause before upkeep
    house.step()

    assert pictures(house.database) == [BEST]
    assert open_contents(house.database, camera_id) == []
    other.step(2)
    assert open_contents(house.database, camera_id) == [b"stale"]


def test_a_sighting_whose_picture_cannot_be_written_is_not_written_either(
    house: House, camera_id: int
) -> None:
    house.step()
    _rename(house.database, "sighting_pictures", "away")
    house.write(*visit(camera_id))
    with pytest.raises(DatabaseAway):
        house.step()

    _rename(house.database, "away", "sighting_pictures")
    assert house.sightings() == []
    assert open_contents(house.database, camera_id) == []
    house.step()
    assert pictures(house.database) == [BEST]


def test_a_flicker_leaves_no_picture(house: House, camera_id: int) -> None:
    house.write(visit(camera_id)[0])
    house.step(0)
    assert len(open_contents(house.database, camera_id)) == 1
    house.step(30)
    assert pictures(house.database) == []
    assert open_contents(house.database, camera_id) == []


def test_once_no_picture_may_be_kept_none_is_written(house: House, camera_id: int) -> None:
    house.write(*visit(camera_id)[:5])
    house.step(0)
    with house.database.write() as session:
        write_preferences(session, Preferences(evidence=EvidenceMode.NUMBERS))
    house.write(*visit(camera_id)[5:])
    house.step(2)
    assert len(house.sightings()) == 1
    assert pictures(house.database) == []
    assert open_contents(house.database, camera_id) == []


def _rename(database: Database, table: str, name: str) -> None:
    with database.write() as session:
        session.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))
