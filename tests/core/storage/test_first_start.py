"""The first start is done once, and can be left and taken up again until then."""

from core.secrets import SecretBox
from core.storage.cameras import NewCamera, add_camera, remove_camera
from core.storage.engine import Database
from core.storage.first_start import begin_first_start, end_first_start, is_first_start


def is_open(database: Database) -> bool:
    with database.read() as session:
        return is_first_start(session)


def test_an_installation_without_a_camera_is_at_its_first_start(any_database: Database) -> None:
    assert is_open(any_database)


def test_one_that_has_had_a_camera_before_anybody_began_is_not(
    any_database: Database, box: SecretBox
) -> None:
    with any_database.write() as session:
        camera = add_camera(session, box, NewCamera("door", "0", "0"))
        remove_camera(session, camera.id)
    assert not is_open(any_database)


def test_it_stays_open_from_its_beginning_to_its_end(
    any_database: Database, box: SecretBox
) -> None:
    with any_database.write() as session:
        begin_first_start(session)
        begin_first_start(session)
        add_camera(session, box, NewCamera("door", "0", "0"))
    assert is_open(any_database)
    with any_database.write() as session:
        end_first_start(session)
        begin_first_start(session)
    assert not is_open(any_database)
