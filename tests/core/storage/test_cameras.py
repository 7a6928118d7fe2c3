"""Cameras in SQL, on both servers."""

import pytest

from core.errors import BadRequest, NameTaken, NotFound, SecretUnreadable
from core.secrets import SecretBox
from core.storage.cameras import (
    NewCamera,
    add_camera,
    camera_exists,
    change_camera,
    get_camera,
    list_cameras,
    remove_camera,
)
from core.storage.engine import Database
from core.storage.tables import CameraRow

DOOR = NewCamera("door", "rtsp://ann:secret@door/1", "rtsp://door/1", site="North", zone="Hall")


def test_a_camera_is_added_listed_and_read(any_database: Database, box: SecretBox) -> None:
    with any_database.write() as session:
        added = add_camera(session, box, DOOR)
    with any_database.read() as session:
        assert list_cameras(session, box) == [added]
        assert get_camera(session, box, added.id) == added
    assert (added.address, added.frames_per_second, added.long_side) == (DOOR.address, 5.0, 960)


def test_the_address_is_sealed_at_rest_and_hidden_in_print(
    database: Database, box: SecretBox
) -> None:
    with database.write() as session:
        added = add_camera(session, box, DOOR)
    with database.read() as session:
        row = session.get_one(CameraRow, added.id)
        assert b"secret" not in row.sealed_address
    assert "secret" not in repr(added)


def test_a_change_makes_a_new_version(database: Database, box: SecretBox) -> None:
    with database.write() as session:
        added = add_camera(session, box, DOOR)
    with database.write() as session:
        changed = change_camera(session, box, added.id, is_paused=True, name=" gate ")
    assert (changed.name, changed.is_paused, changed.version) == ("gate", True, added.version + 1)
    assert changed.address == DOOR.address


def test_a_removed_camera_frees_its_name_and_keeps_its_row(
    database: Database, box: SecretBox
) -> None:
    with database.write() as session:
        first = add_camera(session, box, DOOR)
    with database.write() as session:
        remove_camera(session, first.id)
    with database.write() as session:
        second = add_camera(session, box, DOOR)
        assert [camera.id for camera in list_cameras(session, box)] == [second.id]
        assert camera_exists(session, first.id)
        with pytest.raises(NotFound):
            get_camera(session, box, first.id)
        with pytest.raises(NotFound):
            remove_camera(session, first.id)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"transport": "smoke"}, "transport"),
        ({"frames_per_second": 0}, "frames_per_second"),
        ({"frames_per_second": float("nan")}, "frames_per_second"),
        ({"long_side": 100}, "long_side"),
    ],
)
def test_values_that_cannot_work_are_refused(
    database: Database, box: SecretBox, changes: dict[str, object], field: str
) -> None:
    with database.write() as session:
        added = add_camera(session, box, DOOR)
    with pytest.raises(BadRequest) as refused, database.write() as session:
        change_camera(session, box, added.id, **changes)
    assert refused.value.field == field
    with database.read() as session:
        assert get_camera(session, box, added.id) == added


def test_a_name_is_used_once(any_database: Database, box: SecretBox) -> None:
    with any_database.write() as session:
        add_camera(session, box, DOOR)
    with pytest.raises(NameTaken, match="there already"), any_database.write() as session:
        add_camera(session, box, DOOR)


def test_another_key_names_the_camera_that_it_cannot_open(
    database: Database, box: SecretBox
) -> None:
    from cryptography.fernet import Fernet

    with database.write() as session:
        add_camera(session, box, DOOR)
    with (
        pytest.raises(SecretUnreadable, match='camera "door"'),
        database.read() as session,
    ):
        list_cameras(session, SecretBox([Fernet.generate_key()]))
