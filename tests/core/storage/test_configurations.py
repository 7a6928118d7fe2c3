"""Configurations, gathered from SQL and taken over again."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.camera_rules import CameraRules
from core.configurations import Configuration, read_yaml, write_yaml
from core.errors import BadList
from core.preferences import EvidenceMode, Preferences
from core.secrets import SecretBox
from core.storage.audit import Actor, ActorKind
from core.storage.cameras import NewCamera, add_camera, list_cameras
from core.storage.configurations import Change, apply_configuration, read_configuration
from core.storage.engine import Database
from core.storage.groups import add_group, list_groups
from core.storage.limits import find_ids, read_names
from core.storage.preferences import read_preferences, write_preferences
from core.storage.sites import list_sites, list_zones
from core.storage.tables import AuditRow
from core.storage.users import Role, add_user
from migrations import upgrade

ANN = Actor("ann", ActorKind.COMMAND)
DOOR = NewCamera("door", "rtsp://me:secret@door/1", "rtsp://door/1", site="North", zone="Hall")
RULES = CameraRules.model_validate(
    {"face_px_min": 24, "schedule": [{"days": ["sunday"], "from": "22:00", "to": "06:00"}]}
)


@pytest.fixture
def house(any_database: Database, box: SecretBox) -> Database:
    """Two cameras, a group with a user, and other preferences than the default."""
    with any_database.write() as session:
        add_camera(session, box, replace(DOOR, rules=RULES))
        add_camera(session, box, NewCamera("yard", "0", "0", zone="Yard"))
        user = add_user(session, "bob", Role.VIEWER, None)
        add_group(session, "night", find_ids(session, "site", ["North"]), frozenset([user.id]))
        write_preferences(session, Preferences(evidence=EvidenceMode.NUMBERS))
    return any_database


@pytest.fixture
def other(tmp_path: Path) -> Database:
    """An empty installation, but for the user."""
    url = f"sqlite:///{tmp_path / 'other.db'}"
    upgrade(url)
    database = Database(url)
    with database.write() as session:
        add_user(session, "bob", Role.VIEWER, None)
    return database


def export(database: Database, box: SecretBox, *, with_secrets: bool = False) -> str:
    with database.read() as session:
        return write_yaml(read_configuration(session, box, with_secrets=with_secrets))


def apply(
    database: Database, box: SecretBox, wanted: str | dict[str, Any], *, dry: bool = False
) -> list[Change]:
    read = (
        read_yaml(wanted.encode())
        if isinstance(wanted, str)
        else Configuration.model_validate({"format": 1, **wanted})
    )
    with database.write() as session:
        changes = apply_configuration(session, box, Path("/media"), read, ANN)
        if dry:
            session.rollback()
    return changes


def audited(database: Database) -> list[str]:
    with database.read() as session:
        return [row.action for row in session.query(AuditRow).order_by(AuditRow.id)]


def test_a_house_is_built_again_from_its_configuration(
    house: Database, other: Database, box: SecretBox
) -> None:
    text = export(house, box, with_secrets=True)
    apply(other, box, text)
    assert export(other, box, with_secrets=True) == text
    with other.read() as session:
        door, _ = list_cameras(session, box)
        (group,) = list_groups(session)
        assert (door.address, door.rules, door.zone) == (DOOR.address, RULES, "Hall")
        assert read_names(session, "site", group.site_ids) == ["North"]
        assert read_preferences(session).evidence is EvidenceMode.NUMBERS


def test_taking_it_over_once_more_changes_nothing(house: Database, box: SecretBox) -> None:
    before = audited(house)
    for with_secrets in (True, False):
        assert apply(house, box, export(house, box, with_secrets=with_secrets)) == []
    assert audited(house) == before


def test_without_secrets_no_password_leaves_and_known_cameras_keep_theirs(
    house: Database, box: SecretBox
) -> None:
    text = export(house, box)
    assert "secret" not in text
    assert text.count("password_left_out: true") == 1
    apply(house, box, text.replace("Hall", "Gate"))
    with house.read() as session:
        door, _ = list_cameras(session, box)
    assert (door.address, door.zone) == (DOOR.address, "Gate")


def test_a_new_camera_without_its_password_is_refused(
    house: Database, other: Database, box: SecretBox
) -> None:
    with pytest.raises(BadList, match='"door" is new here'):
        apply(other, box, export(house, box))
    assert audited(other) == []


def test_a_dry_run_tells_the_same_and_changes_nothing(
    house: Database, other: Database, box: SecretBox
) -> None:
    text = export(house, box, with_secrets=True)
    told = apply(other, box, text, dry=True)
    assert audited(other) == []
    assert apply(other, box, text) == told
    assert [change.action for change in told] == audited(other)
    assert [change.action for change in told] == [
        "preferences.change",
        "camera.add",
        "camera.add",
        "group.add",
    ]


def test_what_is_not_named_stays(house: Database, box: SecretBox) -> None:
    (change,) = apply(house, box, {"preferences": {"retention": {"pictures_days": 7}}})
    assert change.action == "preferences.change"
    assert '"pictures_days": 7' in (change.after or "")
    with house.read() as session:
        preferences = read_preferences(session)
        assert len(list_cameras(session, box)) == 2
    assert (preferences.retention.pictures_days, preferences.evidence) == (7, EvidenceMode.NUMBERS)


def test_places_without_cameras_are_made(any_database: Database, box: SecretBox) -> None:
    wanted = {"sites": [{"name": "North", "zones": ["Hall", "Gate"]}], "zones": ["Yard"]}
    changes = apply(any_database, box, wanted)
    assert [change.action for change in changes] == ["site.add", "zone.add", "zone.add", "zone.add"]
    assert apply(any_database, box, wanted) == []
    with any_database.read() as session:
        assert [zone.name for zone in list_sites(session)[0].zones] == ["Gate", "Hall"]
        assert len(list_zones(session)) == 3


def test_a_group_gets_the_sites_and_users_that_are_named(house: Database, box: SecretBox) -> None:
    with house.write() as session:
        add_user(session, "cy", Role.VIEWER, None)
    wanted = {"groups": [{"name": "night", "sites": [], "users": ["cy"]}]}
    (change,) = apply(house, box, wanted)
    assert (change.action, change.before) == (
        "group.change",
        '{"sites": ["North"], "users": ["bob"]}',
    )
    assert apply(house, box, wanted) == []


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"preferences": {"evidence": "all"}}, "preferences: evidence"),
        ({"preferences": {"colour": "red"}}, "preferences: colour"),
        ({"cameras": [{"name": "new"}]}, "cameras.0: url"),
        ({"cameras": [{"name": "new", "url": "ftp://x"}]}, "cameras.0: url"),
        ({"cameras": [{"url": "0"}]}, "cameras.0: name"),
        ({"cameras": [{"name": "x", "url": "0", "rules": {"schedule": []}}]}, "rules.schedule"),
        ({"groups": [{"name": "g", "sites": ["nowhere"]}]}, 'no site "nowhere"'),
        ({"groups": [{"name": "g", "users": ["nobody"]}]}, 'no user "nobody"'),
    ],
)
def test_what_cannot_be_taken_is_told_and_nothing_is_changed(
    house: Database, box: SecretBox, wanted: dict[str, Any], words: str
) -> None:
    before = audited(house)
    with pytest.raises(BadList, match=words):
        apply(house, box, {"sites": [{"name": "Made"}], **wanted})
    assert audited(house) == before
    with house.read() as session:
        assert [site.name for site in list_sites(session)] == ["North"]
