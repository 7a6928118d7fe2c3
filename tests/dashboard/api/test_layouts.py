"""The wall over the API: its cameras, and layouts of one's own and of everyone."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from core.access_scopes import CameraScope, Subject, SubjectScope
from core.storage.engine import Database
from core.storage.tokens import TokenTerms, create_token
from core.storage.users import Role
from dashboard.app import Dashboard
from tests.dashboard.conftest import ClientOf, csrf_token

LAYOUTS = "/api/v1/wall/layouts"


@pytest.fixture
def cameras(operator: FlaskClient) -> list[dict[str, Any]]:
    """Two cameras at two sites; the first counts faces in an area only."""
    area = [[0, 0], [1, 0], [1, 0.5]]
    return [
        operator.post("/api/v1/cameras", json={"url": "rtsp://u:secret@h/1", **one}).get_json()
        for one in (
            {"name": "door", "site": "North", "rules": {"include": [area]}},
            {"name": "gate", "site": "South"},
        )
    ]


def person(browser_of: ClientOf, role: Role) -> FlaskClient:
    browser = browser_of(role)
    browser.environ_base["HTTP_X_CSRFTOKEN"] = csrf_token(browser)
    return browser


def test_a_wall_is_told_its_cameras_but_not_their_addresses(
    viewer: FlaskClient, cameras: list[dict[str, Any]]
) -> None:
    answer = viewer.get("/api/v1/wall")
    door, gate = answer.get_json()["cameras"]
    assert (door["name"], door["site"], len(door["include"])) == ("door", "North", 1)
    assert (gate["include"], gate["exclude"], gate["health"]) == ([], [], None)
    assert "rtsp" not in answer.text


def test_a_viewer_keeps_layouts_that_nobody_else_sees(
    browser_of: ClientOf, admin: FlaskClient, cameras: list[dict[str, Any]]
) -> None:
    viewer = person(browser_of, Role.VIEWER)
    tiles = [{"camera_id": cameras[1]["id"], "size": 2}, {"camera_id": 999}]
    made = viewer.post(LAYOUTS, json={"name": "doors", "tiles": tiles}).get_json()
    assert (made["tiles"], made["shows_others"], made["is_shared"]) == (tiles[:1], True, False)
    assert viewer.get("/api/v1/wall").get_json()["layouts"] == [made]
    assert admin.get(LAYOUTS).get_json()["items"] == []
    assert admin.delete(f"{LAYOUTS}/{made['id']}").status_code == 404
    assert viewer.delete(f"{LAYOUTS}/{made['id']}").status_code == 204
    assert viewer.get(LAYOUTS).get_json()["items"] == []


def test_everyones_layouts_are_changed_by_operators(
    browser_of: ClientOf, cameras: list[dict[str, Any]]
) -> None:
    viewer, operator = person(browser_of, Role.VIEWER), person(browser_of, Role.OPERATOR)
    shared = {"name": "doors", "is_shared": True}
    assert viewer.post(LAYOUTS, json=shared).status_code == 403
    made = operator.post(LAYOUTS, json=shared).get_json()
    assert viewer.get(LAYOUTS).get_json()["items"] == [made]
    one = f"{LAYOUTS}/{made['id']}"
    assert (viewer.patch(one, json={}).status_code, viewer.delete(one).status_code) == (403, 403)
    renamed = operator.patch(one, json={"name": "gates", "shows_others": False}).get_json()
    assert (renamed["name"], renamed["shows_others"]) == ("gates", False)
    assert operator.post(LAYOUTS, json={**shared, "name": "gates"}).status_code == 409


def test_a_token_keeps_layouts_for_everyone_only(operator: FlaskClient) -> None:
    assert operator.post(LAYOUTS, json={"name": "mine"}).status_code == 422
    assert operator.post(LAYOUTS, json={"name": "all", "is_shared": True}).status_code == 201


def test_who_is_limited_to_a_site_arranges_what_is_seen_there(
    dashboard: Dashboard, database: Database, admin: FlaskClient, cameras: list[dict[str, Any]]
) -> None:
    door, gate = ({"camera_id": one["id"], "size": 1} for one in cameras)
    made = admin.post(LAYOUTS, json={"name": "a", "is_shared": True, "tiles": [gate, door]})
    one = f"{LAYOUTS}/{made.get_json()['id']}"
    terms = TokenTerms(cameras=CameraScope(frozenset({cameras[0]["site_id"]})))
    limited = program(dashboard, database, Role.OPERATOR, terms)
    assert [camera["name"] for camera in limited.get("/api/v1/wall").get_json()["cameras"]] == [
        "door"
    ]
    assert limited.get(LAYOUTS).get_json()["items"][0]["tiles"] == [door]
    large = {**door, "size": 2}
    assert limited.patch(one, json={"tiles": [large]}).get_json()["tiles"] == [large]
    assert admin.get(LAYOUTS).get_json()["items"][0]["tiles"] == [large, gate]


def test_a_token_of_the_wall_alone_reads_the_wall_alone(
    dashboard: Dashboard, database: Database
) -> None:
    terms = TokenTerms(frozenset({SubjectScope(Subject.WALL, is_reading_only=True)}))
    kiosk = program(dashboard, database, Role.VIEWER, terms)
    assert kiosk.get("/api/v1/wall").status_code == 200
    assert kiosk.get("/api/v1/cameras").status_code == 403
    assert kiosk.post(LAYOUTS, json={"name": "a"}).status_code == 403


def program(dashboard: Dashboard, database: Database, role: Role, terms: TokenTerms) -> FlaskClient:
    with database.write() as session:
        text = create_token(session, "a program", role, terms)
    client = dashboard.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {text}"
    return client
