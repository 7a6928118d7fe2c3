"""Cameras in SQL, on both servers."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from core.access_scopes import CameraScope
from core.camera_rules import NO_RULES, CameraRules
from core.errors import BadRequest, NameTaken, NotFound, SecretUnreadable
from core.secrets import SecretBox
from core.storage.audit import Actor, ActorKind
from core.storage.cameras import (
    Camera,
    NewCamera,
    add_camera,
    change_camera,
    find_camera,
    get_camera,
    hold_camera,
    list_cameras,
    remove_camera,
)
from core.storage.engine import Database
from core.storage.tables import AuditRow, CameraRow

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


def test_what_is_so_already_makes_no_new_version(database: Database, box: SecretBox) -> None:
    with database.write() as session:
        added = add_camera(session, box, DOOR)
        same = change_camera(session, box, added.id, name=" door ", site="North", zone="Hall")
    assert same == added


def test_rules_go_with_a_camera(any_database: Database, box: SecretBox) -> None:
    rules = CameraRules(face_px_min=24, include=(((0, 0), (1, 0), (1, 1)),))
    with any_database.write() as session:
        added = add_camera(session, box, replace(DOOR, rules=rules))
        plain = change_camera(session, box, added.id, rules=NO_RULES)
    assert (added.rules, plain.rules) == (rules, NO_RULES)


def test_fifty_cameras_are_listed_in_one_question(database: Database, box: SecretBox) -> None:
    with database.write() as session:
        for number in range(50):
            add_camera(session, box, replace(DOOR, name=f"door {number:02}", site=f"s{number}"))
    with database.read() as session:
        asked: list[str] = []
        event.listen(session.get_bind(), "before_cursor_execute", lambda *a: asked.append(a[2]))
        listed = list_cameras(session, box)
    assert [camera.site for camera in listed] == [f"s{number}" for number in range(50)]
    assert len(asked) == 1


def two_sites(database: Database, box: SecretBox) -> tuple[Camera, Camera, Camera]:
    with database.write() as session:
        return (
            add_camera(session, box, DOOR),
            add_camera(session, box, replace(DOOR, name="gate", site="South")),
            add_camera(session, box, replace(DOOR, name="shed", site="", zone="")),
        )


def test_what_is_out_of_scope_does_not_exist(any_database: Database, box: SecretBox) -> None:
    north, south, nowhere = two_sites(any_database, box)
    scope = CameraScope(frozenset([north.site_id or 0]))
    with any_database.write() as session:
        assert list_cameras(session, box, scope) == [north]
        assert get_camera(session, box, north.id, scope) == north
        for hidden in (south, nowhere):
            with pytest.raises(NotFound):
                get_camera(session, box, hidden.id, scope)
            with pytest.raises(NotFound):
                change_camera(session, box, hidden.id, scope=scope, name="mine")
            with pytest.raises(NotFound):
                remove_camera(session, hidden.id, scope=scope)
        assert list_cameras(session, box, CameraScope(frozenset())) == []


@pytest.mark.parametrize("site", ["South", "New", ""])
def test_who_is_limited_hangs_cameras_only_where_they_see(
    database: Database, box: SecretBox, site: str
) -> None:
    north, _, _ = two_sites(database, box)
    scope = CameraScope(frozenset([north.site_id or 0]))
    with pytest.raises(BadRequest) as refused, database.write() as session:
        add_camera(session, box, replace(DOOR, name="second", site=site), scope=scope)
    assert refused.value.field == "site"
    with pytest.raises(BadRequest), database.write() as session:
        change_camera(session, box, north.id, scope=scope, site=site)
    with database.write() as session:
        add_camera(session, box, replace(DOOR, name="second"), scope=scope)
        assert [one.name for one in list_cameras(session, box, scope)] == ["door", "second"]


def test_a_held_camera_is_read_as_it_is_now(any_database: Database, box: SecretBox) -> None:
    north, _, _ = two_sites(any_database, box)
    with any_database.write() as session:
        before = hold_camera(session, box, north.id)
        change_camera(session, box, north.id, is_paused=True)
        assert hold_camera(session, box, north.id).version == before.version + 1


def test_a_camera_is_found_by_its_name_before_its_number(
    any_database: Database, box: SecretBox
) -> None:
    door, gate, _ = two_sites(any_database, box)
    with any_database.write() as session:
        named = add_camera(session, box, replace(DOOR, name=str(gate.id)))
        found = [find_camera(session, box, word).id for word in ("door", str(gate.id))]
        assert found == [door.id, named.id]
        assert find_camera(session, box, str(door.id)).id == door.id
        for nothing in ("", "99", "9" * 40, "²"):
            with pytest.raises(NotFound):
                find_camera(session, box, nothing)


def test_changes_at_once_wait_for_each_other(any_database: Database, box: SecretBox) -> None:
    north, _, _ = two_sites(any_database, box)

    def pause(number: int) -> None:
        with any_database.write() as session:
            camera = hold_camera(session, box, north.id)
            change_camera(session, box, north.id, long_side=camera.long_side + 1)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(pause, range(12)))
    with any_database.read() as session:
        after = get_camera(session, box, north.id)
    assert (after.long_side, after.version) == (north.long_side + 12, north.version + 12)


def test_every_change_is_audited_without_secrets(database: Database, box: SecretBox) -> None:
    ann = Actor("ann", ActorKind.USER, "192.0.2.1")
    with database.write() as session:
        added = add_camera(session, box, DOOR, ann)
        change_camera(session, box, added.id, ann, rules=CameraRules(face_px_min=24))
        change_camera(session, box, added.id, ann, address="rtsp://ann:other@door/1")
        remove_camera(session, added.id, ann)
        change = [(row.action, row.before, row.after) for row in session.query(AuditRow)]
    assert [action for action, _, _ in change] == [
        "camera.add",
        "camera.change",
        "camera.change",
        "camera.remove",
    ]
    assert change[1][1:] == ('{"rules": {}}', '{"rules": {"face_px_min": 24}}')
    assert change[2][2] == '{"url": "rtsp://door/1 (with another user or password)"}'
    assert "secret" not in str(change)
    assert "other@" not in str(change)


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
        assert session.get(CameraRow, first.id) is not None
        with pytest.raises(NotFound):
            get_camera(session, box, first.id)
        with pytest.raises(NotFound):
            remove_camera(session, first.id)


def test_a_name_like_that_of_a_removed_camera_is_an_error_in_words(
    database: Database, box: SecretBox
) -> None:
    with database.write() as session:
        first = add_camera(session, box, DOOR)
        add_camera(session, box, replace(DOOR, name=f"door (removed {first.id})"))
    with pytest.raises(NameTaken), database.write() as session:
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
        ({"name": "two\nlines"}, "name"),
        ({"site": "x" * 101}, "site"),
        ({"zone": "nul\0"}, "zone"),
    ],
)
def test_values_that_cannot_work_are_refused(
    database: Database, box: SecretBox, changes: dict[str, Any], field: str
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
    with pytest.raises(NameTaken, match="taken already"), any_database.write() as session:
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
