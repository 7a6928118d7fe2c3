"""Cameras over the API."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis

from core.heartbeats import CameraHealth, CameraState, report_health
from core.live import LiveChannel, Preview
from core.secrets import SecretBox
from core.storage.cameras import get_camera
from core.storage.engine import Database
from core.storage.tables import AuditRow
from core.types import Frame
from dashboard.app import Dashboard
from dashboard.services import Services
from tests.dashboard.api.conftest import ADDRESS
from tests.waiting import wait_for

SECRETS = ("p@ss", "w/rd", "guard")


def test_a_registered_camera_is_answered_with_its_id_and_defaults(
    operator: FlaskClient, camera: dict[str, Any]
) -> None:
    path = f"/api/v1/cameras/{camera['id']}"
    assert operator.get(path).get_json() == camera
    assert (camera["frames_per_second"], camera["long_side"]) == (5.0, 960)
    assert (camera["transport"], camera["is_paused"], camera["health"]) == ("tcp", False, None)


def test_registering_tells_where_the_camera_is(operator: FlaskClient) -> None:
    answer = operator.post("/api/v1/cameras", json={"name": "gate", "url": "rtsp://host/1"})
    assert answer.headers["Location"] == f"/api/v1/cameras/{answer.get_json()['id']}"


def test_no_answer_holds_the_password(operator: FlaskClient, camera: dict[str, Any]) -> None:
    path = f"/api/v1/cameras/{camera['id']}"
    answers = [
        operator.get("/api/v1/cameras"),
        operator.get(path),
        operator.patch(path, json={"site": "north"}),
        operator.post("/api/v1/cameras", json={"name": "door", "url": ADDRESS}),
        operator.post("/api/v1/cameras", json={"name": "", "url": ADDRESS}),
        operator.post("/api/v1/cameras", json={"name": "x", "url": ADDRESS + " x"}),
        operator.post("/api/v1/cameras", json={"name": "x", "url": [ADDRESS]}),
    ]
    for answer in answers:
        assert not any(secret in answer.text for secret in SECRETS)


def test_cameras_are_listed_by_name_with_their_health(
    operator: FlaskClient, camera: dict[str, Any], redis: Redis
) -> None:
    operator.post("/api/v1/cameras", json={"name": "atrium", "url": "rtsp://host/1"})
    since = datetime(2026, 5, 1, tzinfo=UTC)
    health = CameraHealth(camera["id"], CameraState.LIVE, since, "", (1920, 1080), 25.0, "h264", 2)
    report_health(redis, health)
    page = operator.get("/api/v1/cameras").get_json()
    assert [one["name"] for one in page["items"]] == ["atrium", "door"]
    assert page["next_cursor"] is None
    assert page["items"][1]["health"] == {
        "state": "live",
        "reason": "",
        "since": "2026-05-01T00:00:00Z",
        "width": 1920,
        "height": 1080,
        "frames_per_second": 25.0,
        "codec": "h264",
        "reconnects": 2,
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"name": ""}, "name", id="empty name"),
        pytest.param({"name": "  "}, "name", id="blank name"),
        pytest.param({"name": "x" * 101}, "name", id="long name"),
        pytest.param({"name": "two\nlines"}, "name", id="line break"),
        pytest.param({"name": "a\0b"}, "name", id="null character"),
        pytest.param({"name": 7}, "name", id="number for a name"),
        pytest.param({"url": ""}, "url", id="empty address"),
        pytest.param({"url": "ftp://host/1"}, "url", id="unknown scheme"),
        pytest.param({"url": "file:///etc/passwd"}, "url", id="file outside the media folder"),
        pytest.param({"url": "rtsp://h/" + "x" * 2000}, "url", id="long address"),
        pytest.param({"transport": "quic"}, "transport", id="unknown transport"),
        pytest.param({"frames_per_second": 0}, "frames_per_second", id="no frames"),
        pytest.param({"frames_per_second": 31}, "frames_per_second", id="too many frames"),
        pytest.param({"long_side": 100}, "long_side", id="too small"),
        pytest.param({"long_side": "wide"}, "long_side", id="text for a number"),
        pytest.param({"is_paused": "perhaps"}, "is_paused", id="no truth value"),
        pytest.param({"colour": "red"}, "colour", id="unknown field"),
    ],
)
def test_a_bad_field_is_named(
    operator: FlaskClient, changes: dict[str, object], field: str
) -> None:
    body = {"name": "door", "url": "rtsp://host/1", **changes}
    answer = operator.post("/api/v1/cameras", json=body)
    problem = answer.get_json()
    assert (answer.status_code, problem["field"]) == (422, field)
    assert problem["errors"][0]["parameter"] == field
    assert problem["errors"][0]["expected"]


def test_frames_per_second_must_be_a_finite_number(operator: FlaskClient) -> None:
    body = '{"name": "door", "url": "rtsp://host/1", "frames_per_second": NaN}'
    answer = operator.post("/api/v1/cameras", data=body, content_type="application/json")
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param("", "application/json", id="nothing"),
        pytest.param("{", "application/json", id="half an object"),
        pytest.param("[]", "application/json", id="a list"),
        pytest.param('{"name": "door"}', "text/plain", id="not said to be JSON"),
        pytest.param("[" * 100_000, "application/json", id="nested without end"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(
    operator: FlaskClient, body: str, content_type: str
) -> None:
    answer = operator.post("/api/v1/cameras", data=body, content_type=content_type)
    assert answer.status_code == 422
    assert answer.get_json()["field"] == "body"


def test_a_name_that_is_taken_is_a_conflict(operator: FlaskClient, camera: dict[str, Any]) -> None:
    answer = operator.post("/api/v1/cameras", json={"name": " door ", "url": "rtsp://host/1"})
    assert (answer.status_code, answer.get_json()["field"]) == (409, "name")


def test_a_camera_may_not_be_renamed_to_a_name_that_is_taken(
    operator: FlaskClient, camera: dict[str, Any]
) -> None:
    other = operator.post("/api/v1/cameras", json={"name": "gate", "url": "rtsp://host/1"})
    path = f"/api/v1/cameras/{other.get_json()['id']}"
    assert operator.patch(path, json={"name": "door"}).status_code == 409
    assert operator.patch(path, json={"name": "gate"}).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"site": "north"}, id="no url"),
        pytest.param({"url": None, "site": "north"}, id="null"),
        pytest.param({"url": "rtsp://camera.example:554/stream1", "site": "north"}, id="as shown"),
    ],
)
def test_a_change_without_a_new_address_keeps_the_password(
    operator: FlaskClient,
    camera: dict[str, Any],
    database: Database,
    box: SecretBox,
    changes: dict[str, object],
) -> None:
    answer = operator.patch(f"/api/v1/cameras/{camera['id']}", json=changes)
    assert answer.get_json()["site"] == "north"
    assert answer.get_json()["version"] == camera["version"] + 1
    with database.read() as session:
        assert get_camera(session, box, camera["id"]).address == ADDRESS


def test_a_new_address_replaces_the_old_one(
    operator: FlaskClient, camera: dict[str, Any], database: Database, box: SecretBox
) -> None:
    path = f"/api/v1/cameras/{camera['id']}"
    answer = operator.patch(path, json={"url": "rtsp://user:new@other.example/2"})
    assert answer.get_json()["url"] == "rtsp://other.example/2"
    with database.read() as session:
        assert get_camera(session, box, camera["id"]).address == "rtsp://user:new@other.example/2"


def test_a_change_of_nothing_changes_nothing(operator: FlaskClient, camera: dict[str, Any]) -> None:
    assert operator.patch(f"/api/v1/cameras/{camera['id']}", json={}).get_json() == camera


RULES: dict[str, Any] = {
    "include": [[[0.0, 0.0], [0.5, 0.0], [0.5, 1.0]]],
    "exclude": [],
    "face_px_min": 24,
    "score_min": 0.6,
    "schedule": [{"days": ["monday", "friday"], "from": "22:00", "to": "06:00"}],
}


def test_rules_are_written_read_and_lifted(operator: FlaskClient, camera: dict[str, Any]) -> None:
    path = f"/api/v1/cameras/{camera['id']}"
    nothing = {"include": [], "exclude": [], "face_px_min": 0, "score_min": None, "schedule": None}
    assert camera["rules"] == nothing
    assert operator.patch(path, json={"rules": RULES}).get_json()["rules"] == RULES
    assert operator.patch(path, json={"zone": "hall"}).get_json()["rules"] == RULES
    assert operator.get(path).get_json()["rules"] == RULES
    assert operator.patch(path, json={"rules": {}}).get_json()["rules"] == nothing


def test_a_camera_is_registered_with_its_rules(operator: FlaskClient) -> None:
    body = {"name": "gate", "url": "rtsp://host/1", "rules": RULES}
    assert operator.post("/api/v1/cameras", json=body).get_json()["rules"] == RULES


@pytest.mark.parametrize(
    ("rules", "parameter"),
    [
        pytest.param({"include": [[[0, 0], [1, 1]]]}, "rules.include.0", id="two points"),
        pytest.param({"include": [[[0, 0], [1, 1], [2, 0]]]}, "rules.include.0.2.0", id="outside"),
        pytest.param({"exclude": [[[0, 0], [1, 1], [0, 0]]]}, "rules.exclude.0", id="a line"),
        pytest.param({"face_px_min": "wide"}, "rules.face_px_min", id="text"),
        pytest.param({"schedule": [{"days": ["monday"], "from": "8"}]}, "rules.schedule", id="8"),
        pytest.param([], "rules", id="a list"),
    ],
)
def test_rules_that_cannot_work_are_named(
    operator: FlaskClient, camera: dict[str, Any], rules: object, parameter: str
) -> None:
    answer = operator.patch(f"/api/v1/cameras/{camera['id']}", json={"rules": rules})
    assert answer.status_code == 422
    assert answer.get_json()["field"].startswith(parameter)


def test_changes_are_audited_with_who_made_them(
    operator: FlaskClient, camera: dict[str, Any], database: Database
) -> None:
    path = f"/api/v1/cameras/{camera['id']}"
    operator.patch(path, json={"url": "rtsp://guard:new-one@camera.example:554/stream1"})
    operator.delete(path)
    with database.read() as session:
        rows = session.query(AuditRow).filter(AuditRow.action.startswith("camera.")).all()
    assert [row.action for row in rows] == ["camera.add", "camera.change", "camera.remove"]
    assert {row.actor for row in rows} == {"a operator's token"}
    assert not any(secret in f"{row.before}{row.after}" for row in rows for secret in SECRETS)
    assert "new-one" not in f"{rows[1].before}{rows[1].after}"


def test_only_the_version_that_was_seen_is_changed(
    operator: FlaskClient, camera: dict[str, Any]
) -> None:
    path = f"/api/v1/cameras/{camera['id']}"
    seen = {"If-Match": operator.get(path).headers["ETag"]}
    first = operator.patch(path, json={"site": "north"}, headers=seen)
    late = operator.patch(path, json={"site": "south"}, headers=seen)
    assert (first.status_code, late.status_code) == (200, 412)
    assert operator.delete(path, headers=seen).status_code == 412
    assert operator.get(path).get_json()["site"] == "north"
    now = {"If-Match": first.headers["ETag"]}
    assert operator.delete(path, headers=now).status_code == 204


def test_a_removed_camera_is_gone_and_its_name_is_free(
    operator: FlaskClient, camera: dict[str, Any]
) -> None:
    path = f"/api/v1/cameras/{camera['id']}"
    answer = operator.delete(path)
    assert (answer.status_code, answer.data) == (204, b"")
    assert operator.get(path).status_code == 404
    assert operator.delete(path).status_code == 404
    again = operator.post("/api/v1/cameras", json={"name": "door", "url": "rtsp://host/1"})
    assert again.status_code == 201


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_camera_that_never_was_is_not_found(operator: FlaskClient, method: str) -> None:
    answer = operator.open("/api/v1/cameras/99", method=method, json={})
    assert answer.status_code == 404
    assert answer.get_json()["detail"] == "there is no camera 99"


def test_an_id_beyond_all_ids_is_refused(operator: FlaskClient) -> None:
    assert operator.get(f"/api/v1/cameras/{10**30}").status_code == 422


def test_a_snapshot_is_the_newest_live_picture(
    operator: FlaskClient,
    camera: dict[str, Any],
    dashboard: Dashboard,
    redis: Redis,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dashboard.api.cameras.SNAPSHOT_WAIT_S", 60)
    provided: Services = dashboard.app.extensions["maskwatch"]
    frame = Frame(camera["id"], datetime.now(UTC), (640, 360), b"\xff\xd8jpeg")
    channel = LiveChannel(redis)

    def show() -> None:
        wait_for("somebody who watches", lambda: channel.is_watched(camera["id"]))
        channel.preview(frame)
        provided.hub.take(Preview(camera["id"], frame.captured_at, frame.size_wh))
        provided.hub.deliver_next(1)

    ingest = threading.Thread(target=show)
    ingest.start()
    answer = operator.get(f"/api/v1/cameras/{camera['id']}/snapshot.jpg")
    ingest.join()
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.data == b"\xff\xd8jpeg"


def test_a_camera_without_a_picture_has_no_snapshot(
    operator: FlaskClient, camera: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.api.cameras.SNAPSHOT_WAIT_S", 0.01)
    answer = operator.get(f"/api/v1/cameras/{camera['id']}/snapshot.jpg")
    assert answer.status_code == 503
    assert "door" in answer.get_json()["detail"]
