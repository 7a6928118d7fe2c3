"""Lists of cameras over the API."""

from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.secrets import SecretBox
from core.storage.cameras import list_cameras
from core.storage.engine import Database
from tests.dashboard.api.conftest import ADDRESS


def send(client: FlaskClient, text: str | bytes, **fields: str) -> TestResponse:
    content = text.encode() if isinstance(text, str) else text
    form = {"file": (BytesIO(content), "cameras.csv"), **fields}
    return client.post("/api/v1/cameras/import", data=form)


def test_a_list_is_given_out_without_passwords(
    operator: FlaskClient, camera: dict[str, Any]
) -> None:
    answer = operator.get("/api/v1/cameras/export")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert "cameras.csv" in answer.headers["Content-Disposition"]
    # Spreadsheets know UTF-8 by this mark.
    assert answer.text.splitlines() == [
        "\ufeffname,url,transport,site,zone,is_paused,frames_per_second,long_side,rules",
        f"door,{camera['url']},tcp,,,no,5.0,960,",
    ]


def test_a_list_that_was_given_out_is_edited_and_taken_over(
    operator: FlaskClient, camera: dict[str, Any], database: Database, box: SecretBox
) -> None:
    text = operator.get("/api/v1/cameras/export").text
    edited = text.replace(",tcp,,", ",tcp,North,") + "yard,rtsp://u:p@yard/1,,,,yes,,,\r\n"
    dry = send(operator, edited, dry_run="true").get_json()
    assert (dry["faults"], dry["dry_run"]) == ([], True)
    outcomes = [(one["line"], one["name"], one["outcome"]) for one in dry["items"]]
    assert outcomes == [("line 2", "door", "changed"), ("line 3", "yard", "added")]
    assert dry["items"][0]["changes"] == [{"field": "site", "before": "", "after": "North"}]
    told = {one["field"]: one for one in dry["items"][1]["changes"]}
    assert told["url"] == {"field": "url", "before": None, "after": "rtsp://yard/1"}
    assert len(operator.get("/api/v1/cameras").get_json()["items"]) == 1
    assert send(operator, edited).get_json() == {**dry, "dry_run": False}
    with database.read() as session:
        door, yard = list_cameras(session, box)
    assert (door.address, door.site) == (ADDRESS, "North")
    assert (yard.address, yard.is_paused) == ("rtsp://u:p@yard/1", True)


def test_every_line_that_cannot_be_taken_is_told(
    operator: FlaskClient, camera: dict[str, Any]
) -> None:
    answer = send(operator, "name,url,long_side\ngate,0,960\nyard,ftp://x,960\nhall,0,9\n")
    assert answer.status_code == 422
    (fault,) = answer.get_json()["errors"]
    assert fault["expected"].startswith("line 4: long_side")
    answer = send(operator, "name,url\ngate,0\nyard,ftp://x\nhall,\n")
    assert [fault["parameter"] for fault in answer.get_json()["errors"]] == ["url", "url"]
    assert len(operator.get("/api/v1/cameras").get_json()["items"]) == 1


def test_a_dry_run_tells_what_can_be_taken_and_what_cannot(
    operator: FlaskClient, camera: dict[str, Any]
) -> None:
    text = "name,url,long_side\ngate,0,960\nyard,ftp://x,960\nhall,0,9\nshed,0\ndoor,,800\n"
    answer = send(operator, text, dry_run="true")
    assert answer.status_code == 200
    found = answer.get_json()
    assert [(one["name"], one["outcome"]) for one in found["items"]] == [
        ("gate", "added"),
        ("door", "changed"),
    ]
    assert [(one["line"], one["field"]) for one in found["faults"]] == [
        ("line 5", ""),
        ("line 4", "long_side"),
        ("line 3", "url"),
    ]
    assert len(operator.get("/api/v1/cameras").get_json()["items"]) == 1
    nothing = send(operator, b"\xff", dry_run="true").get_json()
    assert (nothing["items"], len(nothing["faults"])) == ([], 1)


def test_a_new_password_is_told_without_it(operator: FlaskClient, camera: dict[str, Any]) -> None:
    text = "name,url\ndoor,rtsp://ann:new@camera.example/stream1\n"
    (change,) = send(operator, text, dry_run="true").get_json()["items"][0]["changes"]
    assert change["field"] == "url"
    assert "new" not in change["before"] + change["after"]


def test_a_list_goes_out_and_comes_in_as_yaml(
    operator: FlaskClient, camera: dict[str, Any], database: Database, box: SecretBox
) -> None:
    answer = operator.get("/api/v1/cameras/export?format=yaml")
    assert (answer.status_code, answer.mimetype) == (200, "application/yaml")
    assert answer.text == f"cameras:\n- name: door\n  url: {camera['url']}\n"
    edited = answer.text + "  site: North\n- {name: gate, url: '0'}\n"
    found = send(operator, edited, format="yaml").get_json()
    assert [(one["line"], one["outcome"]) for one in found["items"]] == [
        ("line 2", "changed"),
        ("line 5", "added"),
    ]
    with database.read() as session:
        assert list_cameras(session, box)[0].address == ADDRESS
    assert operator.get("/api/v1/cameras/export?format=xml").status_code == 422


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xfe\x00", id="no text"),
        pytest.param(b"\x00" * 1000, id="null characters"),
        pytest.param(b'name,url\n"door,0', id="open quotes"),
        pytest.param(b"name,url\n" + b"x" * 200_000 + b",0\n", id="a cell without end"),
    ],
)
def test_what_is_no_list_is_refused(operator: FlaskClient, content: bytes) -> None:
    assert send(operator, content).status_code == 422


def test_text_in_place_of_a_file_is_refused(operator: FlaskClient) -> None:
    assert operator.post("/api/v1/cameras/import", data={"file": "name,url"}).status_code == 422
    assert operator.post("/api/v1/cameras/import", data={}).status_code == 422


def test_viewers_neither_take_lists_nor_give_them_out(viewer: FlaskClient) -> None:
    assert send(viewer, "name,url\ngate,0\n").status_code == 403
    assert viewer.get("/api/v1/cameras/export").status_code == 403
