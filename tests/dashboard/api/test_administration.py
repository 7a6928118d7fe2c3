"""System, users and tokens over the API."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis

from core.frames import FrameQueue
from core.heartbeats import CameraHealth, CameraState, Heartbeat, beat, report_health
from core.storage.engine import Database
from core.storage.users import Role, check_password
from core.types import Frame
from tests.dashboard.conftest import ClientOf, csrf_token

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def test_the_system_lists_processes_cameras_and_the_queue(
    operator: FlaskClient, camera: dict[str, Any], redis: Redis
) -> None:
    beat(redis, Heartbeat("worker", "host", 7, NOW, "cpu"))
    report_health(redis, CameraHealth(camera["id"], CameraState.RECONNECTING, NOW, "no route"))
    queue = FrameQueue(redis)
    for _ in range(2):
        queue.push(Frame(camera["id"], datetime.now(UTC), (640, 360), b"jpeg"))
    answer = operator.get("/api/v1/system").get_json()
    assert [one["name"] for one in answer["processes"]] == ["worker:host:7"]
    assert answer["queue"] == {"waiting": 1, "in_flight": 0, "results": 0}
    assert datetime.fromisoformat(answer["counted_since"]) <= datetime.now(UTC)
    one = answer["cameras"][0]
    assert (one["name"], one["state"], one["reason"]) == ("door", "reconnecting", "no route")
    assert (one["frames"]["captured"], one["frames"]["superseded"]) == (2, 1)
    assert one["frames"]["is_balanced"]


@pytest.mark.parametrize(
    ("is_paused", "state"),
    [pytest.param(True, "paused", id="paused"), pytest.param(False, "connecting", id="not yet")],
)
def test_a_camera_that_ingest_has_not_reported_has_a_state_too(
    operator: FlaskClient, camera: dict[str, Any], is_paused: bool, state: str
) -> None:
    operator.patch(f"/api/v1/cameras/{camera['id']}", json={"is_paused": is_paused})
    assert operator.get("/api/v1/system").get_json()["cameras"][0]["state"] == state


def test_a_user_is_added_listed_and_removed(admin: FlaskClient, database: Database) -> None:
    body = {"name": "ann", "role": "viewer", "password": "long enough words"}
    made = admin.post("/api/v1/users", json=body)
    assert made.status_code == 201
    assert body["password"] not in made.text
    assert admin.get("/api/v1/users").get_json()["items"] == [made.get_json()]
    with database.read() as session:
        assert check_password(session, "ann", "long enough words") is not None
    assert admin.delete(f"/api/v1/users/{made.get_json()['id']}").status_code == 204
    assert admin.get("/api/v1/users").get_json()["items"] == []


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        pytest.param({"name": "ann"}, 409, "name", id="name taken"),
        pytest.param({"password": "short"}, 422, "password", id="short password"),
        pytest.param({"password": "x" * 201}, 422, "password", id="endless password"),
        pytest.param({"role": "king"}, 422, "role", id="unknown role"),
        pytest.param({"name": ""}, 422, "name", id="no name"),
    ],
)
def test_a_user_that_cannot_be_is_refused(
    admin: FlaskClient, changes: dict[str, str], status: int, field: str
) -> None:
    body = {"name": "ann", "role": "viewer", "password": "long enough words"}
    admin.post("/api/v1/users", json=body)
    answer = admin.post("/api/v1/users", json={**body, "name": "bob", **changes})
    assert (answer.status_code, answer.get_json()["field"]) == (status, field)
    assert body["password"] not in answer.text
    assert "short" not in answer.text.replace("shorter", "")


def test_nobody_removes_himself(browser_of: ClientOf) -> None:
    browser = browser_of(Role.ADMIN)
    me = browser.get("/api/v1/users").get_json()["items"][0]["id"]
    headers = {"X-CSRFToken": csrf_token(browser)}
    answer = browser.delete(f"/api/v1/users/{me}", headers=headers)
    assert answer.status_code == 409


def test_the_last_administrator_stays(admin: FlaskClient, browser_of: ClientOf) -> None:
    browser_of(Role.ADMIN)
    browser_of(Role.VIEWER)
    users = admin.get("/api/v1/users").get_json()["items"]
    ids = {user["role"]: user["id"] for user in users}
    assert admin.delete(f"/api/v1/users/{ids['admin']}").status_code == 409
    assert admin.delete(f"/api/v1/users/{ids['viewer']}").status_code == 204
    assert admin.delete("/api/v1/users/99").status_code == 404


def test_a_token_is_shown_once_and_works_until_it_is_revoked(
    admin: FlaskClient, stranger: FlaskClient
) -> None:
    made = admin.post("/api/v1/tokens", json={"name": "chart", "role": "viewer"})
    assert made.status_code == 201
    token = made.get_json()["token"]
    assert token not in admin.get("/api/v1/tokens").text
    headers = {"Authorization": f"Bearer {token}"}
    assert stranger.get("/api/v1/cameras", headers=headers).status_code == 200
    assert admin.delete(f"/api/v1/tokens/{made.get_json()['id']}").status_code == 204
    assert stranger.get("/api/v1/cameras", headers=headers).status_code == 401
    assert admin.delete(f"/api/v1/tokens/{made.get_json()['id']}").status_code == 404


def test_a_token_name_that_is_taken_is_a_conflict(admin: FlaskClient) -> None:
    body = {"name": "chart", "role": "viewer"}
    admin.post("/api/v1/tokens", json=body)
    assert admin.post("/api/v1/tokens", json=body).status_code == 409
