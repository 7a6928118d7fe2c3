"""Lists of cameras, as CSV."""

from dataclasses import replace

import pytest

from core.camera_lists import (
    CAMERAS_MAX,
    COLUMNS,
    ListedCamera,
    ListFormat,
    read_csv,
    read_listed,
    scan_list,
    write_csv,
    write_yaml,
)
from core.camera_rules import CameraRules
from core.errors import BadList
from core.storage.cameras import NewCamera

DOOR = NewCamera("door", "rtsp://ann:secret@door/1", "rtsp://door/1", site="North", zone="Hall")


def given(camera: ListedCamera) -> dict[str, object]:
    """What the list says of a camera."""
    return {name: getattr(camera.wanted, name) for name in camera.wanted.model_fields_set}


def faults_of(text: str) -> list[str]:
    with pytest.raises(BadList) as refused:
        read_csv(text.encode())
    return [str(fault) for fault in refused.value.faults]


def test_a_list_is_read_with_the_lines_that_its_cameras_stand_in() -> None:
    text = "name,url,frames_per_second\n\ndoor, rtsp://door/1 ,2.5\n'gate',0,5\n"
    door, gate = read_csv(text.encode())
    assert (door.place, door.name, gate.place, gate.name) == ("line 3", "door", "line 4", "'gate'")
    assert given(door) == {"name": "door", "url": "rtsp://door/1", "frames_per_second": 2.5}


def test_a_column_that_is_left_out_says_nothing_and_an_empty_cell_the_default() -> None:
    (door,) = read_csv(b"name,url,site,is_paused,long_side,rules\ndoor,,,,,\n")
    assert given(door) == {
        "name": "door",
        "site": "",
        "is_paused": False,
        "long_side": 960,
        "rules": CameraRules(),
    }


def test_spreadsheets_of_europe_and_their_marks_are_read() -> None:
    (door,) = read_csv('\ufeffname;url;is_paused\r\n"Tür; Nord";0;yes\r\n'.encode())
    assert (door.name, door.wanted.url, door.wanted.is_paused) == ("Tür; Nord", "0", True)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Name;URL\nDoor;0\n", id="capitals"),
        pytest.param("name\turl\nDoor\t0\n", id="tabs"),
        pytest.param("sep=;\nname;url\nDoor;0\n", id="told its separator"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_spreadsheets_make_of_a_list_is_read(text: str, encoding: str) -> None:
    (door,) = read_csv(text.encode(encoding))
    assert (door.name, door.wanted.url) == ("Door", "0")


def test_a_rate_is_read_with_a_decimal_comma() -> None:
    (door,) = read_csv(b"name;frames_per_second\nDoor;2,5\n")
    assert door.wanted.frames_per_second == 2.5


def test_what_is_written_is_read_again() -> None:
    rules = CameraRules.model_validate(
        {
            "include": [[[0, 0], [1, 0], [0.5, 1]]],
            "schedule": [{"days": ["monday"], "from": "08:00", "to": "18:00"}],
        }
    )
    cameras = [DOOR, replace(DOOR, name='the "big", gate', is_paused=True, rules=rules)]
    text = write_csv(cameras)
    assert "secret" not in text
    for camera, listed in zip(cameras, read_csv(text.encode()), strict=True):
        fields = {name: getattr(listed.wanted, name) for name in COLUMNS}
        assert fields.pop("url") == camera.redacted_address
        assert fields == {name: getattr(camera, name) for name in fields}


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "'=quoted"])
def test_no_name_becomes_a_formula_and_each_is_read_back(name: str) -> None:
    text = write_csv([replace(DOOR, name=name)])
    assert text.splitlines()[1].startswith("'")
    assert read_csv(text.encode())[0].name == name


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param("", "line 1: expected columns", id="nothing"),
        pytest.param("\n\n", "line 1: expected columns", id="empty lines"),
        pytest.param("url\n0\n", "line 1: name: expected a column name", id="no name"),
        pytest.param("name,name\na,b\n", "each column once", id="a column twice"),
        pytest.param("name,colour\na,red\n", "line 1: colour: no such column", id="unknown"),
        pytest.param("name,url\na\n", "line 2: expected 2 cells, found 1", id="short line"),
        pytest.param("name,url\na,0,1\n", "line 2: expected 2 cells, found 3", id="long line"),
        pytest.param('name,url\n"a,0\n', "it is no CSV", id="open quotes"),
        pytest.param("name,url\n,0\n", "line 2: name", id="no name in a line"),
        pytest.param("name,url\na,0\nb,0\na,1\n", '"a" stands in line 2 already', id="twice"),
        pytest.param("name,url,long_side\na,0,9\n", "line 2: long_side", id="too small"),
        pytest.param("name,url,rules\na,0,{\n", "line 2: rules", id="rules that are none"),
        pytest.param("name,url\na\0b,0\n", "line 2: name", id="null character"),
        pytest.param("name,url\na,rtsp://h/\0\n", "line 2: url", id="null character in a url"),
    ],
)
def test_what_cannot_be_taken_is_told_with_its_line(text: str, fault: str) -> None:
    assert any(fault in one for one in faults_of(text)), faults_of(text)


def test_other_encodings_are_refused() -> None:
    with pytest.raises(BadList, match="UTF-8"):
        read_csv("name,url\nTür,0\n".encode("latin-1"))


def test_every_fault_is_told() -> None:
    faults = faults_of("name,url,long_side\na,0,9\nb,0,960\nc,0,wide\n")
    assert [fault.partition(":")[0] for fault in faults] == ["line 2", "line 4"]


def test_a_list_without_end_is_refused() -> None:
    lines = "".join(f"camera {number},0\n" for number in range(CAMERAS_MAX + 1))
    assert faults_of("name,url\n" + lines) == [f"the whole: expected at most {CAMERAS_MAX} cameras"]


def test_a_list_of_no_cameras_is_empty() -> None:
    assert read_csv(b"name,url\n") == []
    assert read_listed([]) == []


RULES = CameraRules.model_validate(
    {"schedule": [{"days": ["monday"], "from": "08:00", "to": "18:00"}], "face_px_min": 24}
)


def test_yaml_is_written_briefly_and_read_again() -> None:
    cameras = [DOOR, replace(DOOR, name="1_000", site="", is_paused=True, rules=RULES)]
    text = write_yaml(cameras)
    assert "secret" not in text
    assert text.startswith(
        "cameras:\n- name: door\n  url: rtsp://door/1\n  site: North\n  zone: Hall\n"
    )
    found = scan_list(text.encode(), ListFormat.YAML)
    assert found.faults == ()
    door, other = found.cameras
    assert (door.place, other.place, other.name) == ("line 2", "line 6", "1_000")
    assert (other.wanted.is_paused, other.wanted.rules) == (True, RULES)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param("", "line 1: expected cameras: and a list", id="nothing"),
        pytest.param("cameras: 5", "line 1: expected cameras: and a list", id="no list"),
        pytest.param("cameras:\n- name: [a", "line 2: it is no YAML", id="open bracket"),
        pytest.param("cameras:\n- door\n", "line 2: expected a camera", id="a text"),
        pytest.param("- name: a\n- {1: 2, name: b}\n", "line 2: 1", id="a number as a field"),
        pytest.param("format: 1\nsites: []\n", "line 2: expected nothing beside", id="more"),
        pytest.param("cameras: [&a {name: a}, *a]", "aliases", id="aliases"),
        pytest.param("cameras: [!!python/name:os.system x]", "it is no YAML", id="an object"),
        pytest.param("cameras:\n- ? [a]\n  : b\n", "line 2: it is no YAML", id="a list as a key"),
        pytest.param("- name: a\n  url: 0\n- name: a\n", "line 3: name", id="twice"),
        pytest.param("- name: a\n  long_side: 9\n", "line 1: long_side", id="too small"),
        pytest.param("[" * 20_000, "it is no YAML", id="very deep"),
    ],
)
def test_what_yaml_cannot_say_is_told_with_its_line(text: str, fault: str) -> None:
    found = scan_list(text.encode(), ListFormat.YAML)
    assert any(str(one).startswith(fault) or fault in str(one) for one in found.faults), found


def test_a_scan_gives_what_can_be_taken() -> None:
    found = scan_list(b"name,url\na,0\nb\nc,0\n", ListFormat.CSV)
    assert [one.name for one in found.cameras] == ["a", "c"]
    assert [str(one) for one in found.faults] == ["line 3: expected 2 cells, found 1"]
