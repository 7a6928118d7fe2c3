"""Who is limited to sites sees, changes and adds cameras there alone."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from core.access_scopes import CameraScope
from core.storage.engine import Database
from core.storage.tokens import TokenTerms, create_token
from core.storage.users import Role
from dashboard.app import Dashboard
from tests.dashboard.api.test_camera_lists import send


@pytest.fixture
def cameras(operator: FlaskClient) -> list[dict[str, Any]]:
    """Cameras at the sites North and South, and one at none."""
    return [
        operator.post("/api/v1/cameras", json={"url": "0", "zone": "Hall", **one}).get_json()
        for one in ({"name": "a", "site": "North"}, {"name": "b", "site": "South"}, {"name": "c"})
    ]


@pytest.fixture
def limited(dashboard: Dashboard, database: Database, cameras: list[dict[str, Any]]) -> FlaskClient:
    """An operator's program that reaches the site North alone."""
    terms = TokenTerms(cameras=CameraScope(frozenset([cameras[0]["site_id"]])))
    with database.write() as session:
        text = create_token(session, "north", Role.OPERATOR, terms)
    client = dashboard.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {text}"
    return client


def test_other_cameras_and_places_are_not_listed(
    limited: FlaskClient, cameras: list[dict[str, Any]]
) -> None:
    def names(what: str) -> list[str]:
        return [one["name"] for one in limited.get(f"/api/v1/{what}").get_json()["items"]]

    assert (names("cameras"), names("sites"), names("zones")) == (["a"], ["North"], ["Hall"])
    assert len(limited.get("/api/v1/cameras/export").text.splitlines()) == 2


@pytest.mark.parametrize("number", [1, 2])
def test_a_hidden_camera_does_not_exist(
    limited: FlaskClient, cameras: list[dict[str, Any]], number: int
) -> None:
    hidden = cameras[number]
    path = f"/api/v1/cameras/{hidden['id']}"
    check = {"camera_id": hidden["id"]}
    answers = [
        limited.get(path),
        limited.get(f"{path}/snapshot.jpg"),
        limited.patch(path, json={"is_paused": True}),
        limited.delete(path),
        limited.post("/api/v1/cameras/check", json=check),
        limited.patch(f"/api/v1/zones/{hidden['zone_id']}", json={"name": "x"}),
        limited.delete(f"/api/v1/zones/{hidden['zone_id']}"),
        limited.get("/api/v1/sites/99"),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)


def test_the_own_cameras_are_changed_but_not_moved_away(
    limited: FlaskClient, cameras: list[dict[str, Any]]
) -> None:
    path = f"/api/v1/cameras/{cameras[0]['id']}"
    assert limited.patch(path, json={"zone": "Gate"}).status_code == 200
    for site in ("South", "New", ""):
        answer = limited.patch(path, json={"site": site})
        assert (answer.status_code, answer.get_json()["field"]) == (422, "site")
    renamed = limited.patch(f"/api/v1/sites/{cameras[0]['site_id']}", json={"name": "Nord"})
    assert renamed.get_json()["cameras"] == 1


def test_cameras_are_added_at_the_own_site_alone(
    limited: FlaskClient, cameras: list[dict[str, Any]]
) -> None:
    def add(**camera: str) -> int:
        return limited.post("/api/v1/cameras", json={"url": "0", **camera}).status_code

    assert (add(name="d", site="North"), add(name="e", site="South"), add(name="f")) == (
        201,
        422,
        422,
    )
    answer = send(limited, "name,url,site\ng,0,North\nh,0,South\n")
    assert answer.get_json()["errors"][0]["expected"].startswith("line 3: site")
    assert send(limited, "name,url,site\ng,0,North\n").status_code == 200
