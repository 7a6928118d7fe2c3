"""Lists of cameras, taken over as a whole or not at all."""

from pathlib import Path

import pytest

from core.access_scopes import EVERYWHERE, CameraScope
from core.camera_lists import read_csv, write_csv
from core.errors import BadList
from core.secrets import SecretBox
from core.storage.audit import Actor, ActorKind
from core.storage.camera_imports import import_cameras, record_import
from core.storage.cameras import Camera, NewCamera, add_camera, list_cameras
from core.storage.engine import Database
from core.storage.tables import AuditRow

ANN = Actor("ann", ActorKind.USER)
DOOR = NewCamera("door", "rtsp://ann:secret@door/1", "rtsp://door/1", site="North", zone="Hall")


@pytest.fixture
def door(any_database: Database, box: SecretBox) -> Camera:
    with any_database.write() as session:
        return add_camera(session, box, DOOR)


def take(
    database: Database, box: SecretBox, text: str, scope: CameraScope = EVERYWHERE
) -> list[str]:
    with database.write() as session:
        imported = import_cameras(session, box, Path("/media"), read_csv(text.encode()), ANN, scope)
        record_import(session, ANN, imported)
    return [f"{one.name} {one.outcome}" for one in imported]


def cameras_of(database: Database, box: SecretBox) -> list[Camera]:
    with database.read() as session:
        return list_cameras(session, box)


def test_new_cameras_are_added_and_known_ones_changed(
    any_database: Database, box: SecretBox, door: Camera
) -> None:
    text = "name,url,zone\ndoor,,Gate\nyard,rtsp://u:p@yard/1,\n"
    assert take(any_database, box, text) == ["door changed", "yard added"]
    changed, added = cameras_of(any_database, box)
    assert (changed.address, changed.site, changed.zone) == (DOOR.address, "North", "Gate")
    assert (added.address, added.redacted_address) == ("rtsp://u:p@yard/1", "rtsp://yard/1")


def test_an_export_changes_nothing(any_database: Database, box: SecretBox, door: Camera) -> None:
    text = write_csv([door])
    assert take(any_database, box, text) == ["door unchanged"]
    assert cameras_of(any_database, box) == [door]
    with any_database.read() as session:
        assert [row.action for row in session.query(AuditRow)] == ["camera.add"]


def test_a_list_with_a_fault_changes_nothing(
    any_database: Database, box: SecretBox, door: Camera
) -> None:
    text = "name,url,zone\ndoor,,Gate\nyard,ftp://yard/1,\ncourt,,\n"
    with pytest.raises(BadList) as refused:
        take(any_database, box, text)
    assert [fault.place for fault in refused.value.faults] == ["line 3", "line 4"]
    assert cameras_of(any_database, box) == [door]


def test_who_is_limited_adds_where_they_see_and_takes_no_hidden_name(
    any_database: Database, box: SecretBox, door: Camera
) -> None:
    take(any_database, box, "name,url,site\nhidden,0,South\n")
    scope = CameraScope(frozenset([door.site_id or 0]))
    text = "name,url,site\nnew,0,North\nelsewhere,0,South\nhidden,0,North\n"
    with pytest.raises(BadList) as refused:
        take(any_database, box, text, scope)
    assert [(fault.place, fault.field) for fault in refused.value.faults] == [
        ("line 3", "site"),
        ("line 4", "name"),
    ]
    assert take(any_database, box, "name,url,site\nnew,0,North\n", scope) == ["new added"]


def test_a_list_is_audited_camera_by_camera_and_in_sum(
    any_database: Database, box: SecretBox, door: Camera
) -> None:
    take(any_database, box, "name,url,is_paused\ndoor,,yes\nyard,rtsp://u:p@yard/1,\n")
    with any_database.read() as session:
        rows = session.query(AuditRow).filter(AuditRow.actor == "ann").all()
    assert [row.action for row in rows] == ["camera.change", "camera.add", "camera.import"]
    assert rows[2].after == '{"door": "changed", "yard": "added"}'
    assert not any("u:p" in f"{row.after}" for row in rows)
