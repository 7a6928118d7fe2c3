"""A start prepares the database and invites the first person."""

from contextlib import closing
from pathlib import Path

import pytest

from core.errors import BadSettings
from core.preferences import EvidenceMode, Preferences
from core.secrets import SecretBox
from core.settings import load_settings
from core.storage.cameras import NewCamera, add_camera, list_cameras
from core.storage.engine import Database
from core.storage.evidence_policy import read_policy
from core.storage.links import is_set_up_link, use_sign_in_link
from core.storage.model_versions import list_versions
from core.storage.preferences import write_preferences
from core.storage.users import Role, add_user
from launch.database import open_database, open_key, prepare_database
from tests.model_folders import make_folder

DOOR = NewCamera("door", "demo:door", "demo:door", site="demo", zone="entrance")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'maskwatch.db'}"


def secret_of(path: str) -> str:
    return path.rpartition("/")[2]


def test_without_users_it_prints_a_link_that_sets_up(url: str, box: SecretBox) -> None:
    greeting = prepare_database(url, box, None)
    assert greeting
    assert greeting.label == "set up"
    assert greeting.path.startswith("/set-up/")
    with closing(Database(url)) as database, database.read() as session:
        assert is_set_up_link(session, secret_of(greeting.path))


def test_with_a_user_it_prints_no_link(url: str, box: SecretBox) -> None:
    prepare_database(url, box, None)
    with closing(Database(url)) as database, database.write() as session:
        add_user(session, "ada", Role.ADMIN, "a long password")
    assert prepare_database(url, box, None) is None


def test_the_demo_signs_in_as_an_administrator(url: str, box: SecretBox) -> None:
    greeting = prepare_database(url, box, [DOOR])
    assert greeting
    assert greeting.label == "sign in"
    with closing(Database(url)) as database, database.write() as session:
        user = use_sign_in_link(session, secret_of(greeting.path))
    assert user
    assert user.role is Role.ADMIN


def test_a_new_demo_keeps_its_portraits_sharp_and_shows_them(url: str, box: SecretBox) -> None:
    greeting = prepare_database(url, box, [DOOR])
    assert greeting
    with closing(Database(url)) as database, database.write() as session:
        assert read_policy(session).mode is EvidenceMode.SHARP
        assert read_policy(session).seal is not None
        user = use_sign_in_link(session, secret_of(greeting.path))
    assert user
    assert user.may_see_faces


def test_a_demo_on_an_installation_with_cameras_keeps_what_is_there(
    url: str, box: SecretBox
) -> None:
    prepare_database(url, box, None)
    with closing(Database(url)) as database, database.write() as session:
        add_camera(session, box, NewCamera("real", "0", "0"))
    prepare_database(url, box, [DOOR])
    assert mode_of(url) is EvidenceMode.BLURRED


def test_a_demo_leaves_what_somebody_has_chosen(url: str, box: SecretBox) -> None:
    prepare_database(url, box, None)
    with closing(Database(url)) as database, database.write() as session:
        write_preferences(session, Preferences(evidence=EvidenceMode.NUMBERS))
    prepare_database(url, box, [DOOR])
    assert mode_of(url) is EvidenceMode.NUMBERS


def test_an_installation_without_a_demo_keeps_pictures_blurred(url: str, box: SecretBox) -> None:
    prepare_database(url, box, None)
    assert mode_of(url) is EvidenceMode.BLURRED


def mode_of(url: str) -> EvidenceMode:
    with closing(Database(url)) as database, database.read() as session:
        return read_policy(session).mode


def test_the_demo_adds_its_cameras_once(url: str, box: SecretBox) -> None:
    for _ in range(2):
        prepare_database(url, box, [DOOR])
    with closing(Database(url)) as database, database.read() as session:
        cameras = list_cameras(session, box)
    assert [(camera.name, camera.address, camera.zone) for camera in cameras] == [
        ("door", "demo:door", "entrance")
    ]


def test_the_demo_leaves_the_users_own_cameras_alone(url: str, box: SecretBox) -> None:
    prepare_database(url, box, [DOOR])
    prepare_database(url, box, None)
    with closing(Database(url)) as database, database.read() as session:
        assert len(list_cameras(session, box)) == 1


def test_another_secret_key_fails_at_start(url: str, box: SecretBox, tmp_path: Path) -> None:
    prepare_database(url, box, None)
    other = SecretBox.open(tmp_path / "other.key", create=True)
    with pytest.raises(BadSettings, match="MASKWATCH_SECRET_KEY_FILE"):
        prepare_database(url, other, None)


def test_it_prepares_postgresql_too(postgres_url: str, box: SecretBox) -> None:
    for _ in range(2):
        greeting = prepare_database(postgres_url, box, [DOOR])
        assert greeting


def test_a_command_finds_the_embedded_database_migrated(tmp_path: Path) -> None:
    settings = load_settings(data=tmp_path / "data")
    with open_database(settings) as database, database.write() as session:
        add_user(session, "ada", Role.VIEWER, "a long password")
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_the_default_key_is_made_and_a_named_one_is_not(tmp_path: Path) -> None:
    open_key(load_settings(data=tmp_path))
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(BadSettings, match="cannot be read"):
        open_key(load_settings(data=tmp_path, secret_key_file=tmp_path / "named.key"))


def test_every_start_makes_this_releases_models_known(url: str, box: SecretBox) -> None:
    for _ in range(2):
        prepare_database(url, box, None, [make_folder("one")])
    with closing(Database(url)) as database, database.read() as session:
        (version,) = list_versions(session)
    assert (version.version, version.is_shipped, version.is_active) == ("one", True, True)
