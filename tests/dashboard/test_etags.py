"""ETags: answers that did not change are not sent again, changes are not made blindly."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard.api.schemas import answer
from dashboard.etags import check_match, register_etags, tag_version
from dashboard.problems import Problem, register_problems
from tests.dashboard.api.conftest import camera

__all__ = ["camera"]

COMPLIANCE = "/api/v1/compliance?from=2026-05-01T10:00:00Z&to=2026-05-01T14:00:00Z"


def test_who_has_an_answer_already_is_told_so(viewer: FlaskClient) -> None:
    first = viewer.get(COMPLIANCE)
    assert first.headers["ETag"].startswith('W/"')
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = viewer.get(COMPLIANCE, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_another_answer_has_another_tag(viewer: FlaskClient, operator: FlaskClient) -> None:
    before = viewer.get("/api/v1/cameras").headers["ETag"]
    operator.post("/api/v1/cameras", json={"name": "door", "url": "rtsp://camera.example/1"})
    after = viewer.get("/api/v1/cameras", headers={"If-None-Match": before})
    assert after.status_code == 200
    assert after.headers["ETag"] != before


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/api/v1/exports/compliance.csv", id="an export"),
        pytest.param("/api/v1/cameras/1/snapshot.jpg", id="a picture"),
        pytest.param("/api/v1/sightings/1", id="an error"),
        pytest.param("/healthz", id="not of the API"),
    ],
)
def test_nothing_but_json_answers_may_be_kept(viewer: FlaskClient, path: str) -> None:
    found = viewer.get(path)
    assert "ETag" not in found.headers
    assert found.headers["Cache-Control"] == "no-store"


def test_a_stranger_learns_nothing_by_a_tag(viewer: FlaskClient, stranger: FlaskClient) -> None:
    tag = viewer.get(COMPLIANCE).headers["ETag"]
    assert stranger.get(COMPLIANCE, headers={"If-None-Match": tag}).status_code == 401


@pytest.fixture
def thing() -> FlaskClient:
    """An application with one thing of version 3, whose health changes by itself."""
    app = Flask("thing")
    register_problems(app)
    register_etags(app)
    healths = iter(range(100))

    @app.get("/api/v1/thing")
    def read() -> Any:
        return tag_version(answer(Problem(title=f"health {next(healths)}", status=1)), 3)

    @app.patch("/api/v1/thing")
    def change() -> Any:
        check_match(3)
        return "changed"

    return app.test_client()


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        (None, 200),
        ("*", 200),
        ('"3"', 200),
        ('"3.abcdef"', 200),
        ('"2.abcdef", "3.abcdef"', 200),
        ('"2.abcdef"', 412),
        ('W/"3.abcdef"', 412),
        ("nonsense", 412),
        ('"33"', 412),
    ],
)
def test_a_change_is_made_to_the_version_that_was_seen(
    thing: FlaskClient, tag: str | None, status: int
) -> None:
    headers = {} if tag is None else {"If-Match": tag}
    assert thing.patch("/api/v1/thing", headers=headers).status_code == status


def test_a_tag_that_was_read_fits_whatever_else_changed(thing: FlaskClient) -> None:
    first, second = thing.get("/api/v1/thing"), thing.get("/api/v1/thing")
    assert first.headers["ETag"] != second.headers["ETag"]
    again = thing.get("/api/v1/thing", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    for found in (first, second):
        headers = {"If-Match": found.headers["ETag"]}
        assert thing.patch("/api/v1/thing", headers=headers).status_code == 200
