"""Pictures of sightings: while their track is open, and once it is written."""

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from core.access_scopes import CameraScope
from core.errors import NotFound
from core.secrets import SecretBox
from core.storage.cameras import NewCamera, add_camera
from core.storage.engine import Database
from core.storage.pictures import (
    OpenPicture,
    PictureFigures,
    SightingPicture,
    add_sighting_pictures,
    keep_open_pictures,
    measure_pictures,
    read_open_pictures,
    read_picture,
)
from core.storage.tables import SightingRow
from tests.workers.scenes import at

PICTURE = SightingPicture(at(0.4), False, b"\xff\xd8 a face")


@pytest.fixture
def camera_id(any_database: Database, box: SecretBox) -> int:
    with any_database.write() as session:
        return add_camera(session, box, NewCamera("door", "0", "0", site="north")).id


def add_sighting(session: Session, camera_id: int) -> int:
    values = {
        "camera_id": camera_id,
        "started_at": at(0),
        "ended_at": at(1),
        "verdict": "mask",
        "mask": 1.0,
        "incorrect_mask": 0.0,
        "no_mask": 0.0,
        "faces": 5,
        "model_version": "masks-1",
    }
    return session.scalars(insert(SightingRow).returning(SightingRow.id), [values]).one()


def picture(seconds: float, content: bytes = b"face") -> OpenPicture:
    return OpenPicture(at(seconds), 0.25, True, content)


def test_open_pictures_are_kept_replaced_and_removed(
    any_database: Database, camera_id: int
) -> None:
    first, second, better = picture(0), picture(1), picture(2, b"better")
    with any_database.write() as session:
        keep_open_pictures(session, {(camera_id, 7): first, (camera_id, 8): second})
    with any_database.write() as session:
        keep_open_pictures(session, {(camera_id, 7): better, (camera_id, 8): None})
    with any_database.read() as session:
        assert read_open_pictures(session, camera_id % 32) == {(camera_id, 7): better}
        assert read_open_pictures(session, (camera_id + 1) % 32) == {}


def test_removing_what_is_not_there_and_writing_nothing_are_fine(
    any_database: Database, camera_id: int
) -> None:
    with any_database.write() as session:
        keep_open_pictures(session, {(camera_id, 7): None})
        keep_open_pictures(session, {})
        add_sighting_pictures(session, [])
    with any_database.read() as session:
        assert read_open_pictures(session, camera_id % 32) == {}
        assert measure_pictures(session) == PictureFigures(0, 0)


def test_a_picture_of_a_sighting_is_read_back(any_database: Database, camera_id: int) -> None:
    with any_database.write() as session:
        sighting_id = add_sighting(session, camera_id)
        add_sighting_pictures(session, [(sighting_id, PICTURE)])
    with any_database.read() as session:
        assert read_picture(session, sighting_id) == PICTURE
        assert measure_pictures(session) == PictureFigures(1, len(PICTURE.content))


def test_a_sighting_without_a_picture_says_so(any_database: Database, camera_id: int) -> None:
    with any_database.write() as session:
        sighting_id = add_sighting(session, camera_id)
    with any_database.read() as session, pytest.raises(NotFound, match="no picture"):
        read_picture(session, sighting_id)


def test_an_unknown_sighting_is_not_found(any_database: Database) -> None:
    with any_database.read() as session, pytest.raises(NotFound, match="no sighting 99"):
        read_picture(session, 99)


def test_a_picture_out_of_scope_does_not_exist(any_database: Database, camera_id: int) -> None:
    with any_database.write() as session:
        sighting_id = add_sighting(session, camera_id)
        add_sighting_pictures(session, [(sighting_id, PICTURE)])
    with any_database.read() as session:
        with pytest.raises(NotFound, match="there is no sighting"):
            read_picture(session, sighting_id, CameraScope(frozenset()))
        assert read_picture(session, sighting_id, CameraScope(frozenset([1]))) == PICTURE


def test_a_picture_goes_with_its_sighting(any_database: Database, camera_id: int) -> None:
    with any_database.write() as session:
        sighting_id = add_sighting(session, camera_id)
        add_sighting_pictures(session, [(sighting_id, PICTURE)])
    with any_database.write() as session:
        session.delete(session.get_one(SightingRow, sighting_id))
    with any_database.read() as session:
        assert measure_pictures(session).count == 0
