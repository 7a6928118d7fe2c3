"""Sites and zones over the API."""

from typing import Any

import pytest
from flask.testing import FlaskClient


@pytest.fixture
def places(operator: FlaskClient) -> list[dict[str, Any]]:
    """Three cameras: two at a site, in a zone each, and one in a zone of no site."""
    return [
        operator.post("/api/v1/cameras", json={"url": "0", **camera}).get_json()
        for camera in (
            {"name": "a", "site": "North", "zone": "Hall"},
            {"name": "b", "site": "North", "zone": "Gate"},
            {"name": "c", "zone": "Yard"},
        )
    ]


def test_sites_and_zones_are_listed_with_their_cameras(
    viewer: FlaskClient, places: list[dict[str, Any]]
) -> None:
    (north,) = viewer.get("/api/v1/sites").get_json()["items"]
    assert (north["id"], north["name"], north["cameras"]) == (places[0]["site_id"], "North", 2)
    gate, hall = north["zones"]
    assert hall == {
        "id": places[0]["zone_id"],
        "name": "Hall",
        "site_id": north["id"],
        "cameras": 1,
    }
    zones = viewer.get("/api/v1/zones").get_json()["items"]
    assert zones[:2] == [gate, hall]
    assert (zones[2]["name"], zones[2]["site_id"]) == ("Yard", None)
    assert viewer.get(f"/api/v1/sites/{north['id']}").get_json() == north


def test_places_are_renamed_with_their_cameras(
    operator: FlaskClient, places: list[dict[str, Any]]
) -> None:
    camera = places[0]
    site = operator.patch(f"/api/v1/sites/{camera['site_id']}", json={"name": " Nord "})
    zone = operator.patch(f"/api/v1/zones/{camera['zone_id']}", json={"name": "Halle"})
    assert (site.get_json()["name"], zone.get_json()["name"]) == ("Nord", "Halle")
    read = operator.get(f"/api/v1/cameras/{camera['id']}").get_json()
    assert (read["site"], read["zone"]) == ("Nord", "Halle")


def test_a_name_that_is_taken_is_a_conflict(
    operator: FlaskClient, places: list[dict[str, Any]]
) -> None:
    answer = operator.patch(f"/api/v1/zones/{places[0]['zone_id']}", json={"name": "Gate"})
    assert (answer.status_code, answer.get_json()["field"]) == (409, "name")


@pytest.mark.parametrize("body", [{}, [], {"name": ""}, {"name": "nul\0"}, {"name": "\ud800"}])
def test_a_name_that_is_none_is_refused(
    operator: FlaskClient, places: list[dict[str, Any]], body: object
) -> None:
    assert operator.patch(f"/api/v1/sites/{places[0]['site_id']}", json=body).status_code == 422


def test_only_what_is_empty_is_removed(admin: FlaskClient, places: list[dict[str, Any]]) -> None:
    site, zone = f"/api/v1/sites/{places[0]['site_id']}", f"/api/v1/zones/{places[0]['zone_id']}"
    assert admin.delete(site).status_code == 409
    answer = admin.delete(zone)
    assert (answer.status_code, "move or remove" in answer.get_json()["detail"]) == (409, True)
    for camera in places:
        admin.delete(f"/api/v1/cameras/{camera['id']}")
    assert admin.delete(zone).status_code == 204
    assert admin.delete(site).status_code == 204
    assert admin.get("/api/v1/sites").get_json() == {"items": [], "next_cursor": None}
    assert admin.delete(site).status_code == 404


def test_viewers_rename_nothing_and_operators_remove_no_site(
    viewer: FlaskClient, operator: FlaskClient, places: list[dict[str, Any]]
) -> None:
    site = f"/api/v1/sites/{places[0]['site_id']}"
    assert viewer.patch(site, json={"name": "Nord"}).status_code == 403
    assert operator.delete(site).status_code == 403


@pytest.mark.parametrize("path", ["sites/99", "zones/99"])
def test_a_place_that_never_was_is_not_found(admin: FlaskClient, path: str) -> None:
    assert admin.patch(f"/api/v1/{path}", json={"name": "x"}).status_code == 404
    assert admin.delete(f"/api/v1/{path}").status_code == 404
