"""Saying over the API what a verdict should have been, and finding what was said."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from core.storage.engine import Database, utc_now
from core.storage.recording import FinishedTrack, add_history
from core.types import Verdict

REVIEW = "/api/v1/sightings/1/review"


@pytest.fixture(autouse=True)
def passers(database: Database, camera: dict[str, Any]) -> None:
    """Three people who passed at one moment: sightings 1, 2 and 3."""
    now, said = utc_now(), (0.9, 0.06, 0.04)
    one = FinishedTrack(camera["id"], now, now, Verdict.MASK, said, 9, False, "m1")
    with database.write() as session:
        add_history(session, [one] * 3, [])


def ids(client: FlaskClient, query: str) -> list[int]:
    return [one["id"] for one in client.get(f"/api/v1/sightings?{query}").get_json()["items"]]


def test_a_review_stands_in_the_sighting_until_it_is_taken_back(
    operator: FlaskClient, viewer: FlaskClient
) -> None:
    said = operator.post(REVIEW, json={"label": "no_mask"}).get_json()
    assert (said["label"], said["reviewed_by"]) == ("no_mask", "a operator's token")
    assert viewer.get("/api/v1/sightings/1").get_json()["review"] == said
    assert viewer.get("/api/v1/sightings").get_json()["items"][2]["review"] == said
    exported = viewer.get("/api/v1/exports/sightings.ndjson").text.splitlines()
    assert ['"review": "no_mask"' in line for line in exported] == [False, False, True]
    assert operator.delete(REVIEW).status_code == 204
    assert operator.delete(REVIEW).status_code == 404
    assert viewer.get("/api/v1/sightings/1").get_json()["review"] is None


def test_what_is_reviewed_and_what_is_not_are_found_apart(operator: FlaskClient) -> None:
    operator.post("/api/v1/sightings/2/review", json={"label": "not_a_face"})
    assert ids(operator, "reviewed=true") == [2]
    assert ids(operator, "reviewed=false&verdict=mask") == [3, 1]
    lines = operator.get("/api/v1/exports/sightings.csv?reviewed=true").text.splitlines()
    assert [line.rsplit(",", 1)[1] for line in lines] == ["review", "not_a_face"]


def test_neighbours_of_a_sighting_are_found_by_its_cursor(viewer: FlaskClient) -> None:
    cursor = viewer.get("/api/v1/sightings/2").get_json()["cursor"]
    assert ids(viewer, f"cursor={cursor}&limit=1") == [1]
    assert ids(viewer, f"cursor={cursor}&limit=1&order=oldest") == [3]
    assert ids(viewer, "order=oldest") == [1, 2, 3]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"label": "unsure"}, id="what a person is not to be"),
        pytest.param({"label": "mask", "by": "me"}, id="an unknown field"),
        pytest.param({"label": None}, id="null"),
    ],
)
def test_what_is_no_label_is_refused(operator: FlaskClient, body: dict[str, Any]) -> None:
    assert operator.post(REVIEW, json=body).status_code == 422
    assert operator.delete(REVIEW).status_code == 404


def test_a_viewer_reviews_nothing(viewer: FlaskClient) -> None:
    assert viewer.post(REVIEW, json={"label": "mask"}).status_code == 403
    assert viewer.delete(REVIEW).status_code == 403


def test_what_never_was_is_not_reviewed(operator: FlaskClient) -> None:
    answer = operator.post("/api/v1/sightings/99/review", json={"label": "mask"})
    assert answer.status_code == 404
