"""The audit over the API: filters, pages, CSV."""

import csv
import io
import json
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from core.storage.audit import SYSTEM, Actor, ActorKind, record_change
from core.storage.engine import Database, utc_now

PATH = "/api/v1/audit"
ANN = Actor("ann", ActorKind.USER, "192.0.2.7")


@pytest.fixture
def changes(database: Database) -> None:
    """Four changes."""
    with database.write() as session:
        record_change(session, ANN, "camera.add", 'camera 1 "Door"', None, {"name": "Door"})
        record_change(session, ANN, "camera.change", 'camera 1 "Door"', {"a": 1}, {"a": 2})
        record_change(session, SYSTEM, "history.prune", "minutes 50%", None, {"rows": 5})
        record_change(session, ANN, "camera.remove", 'camera 1 "Door"', {"name": "Door"})


def actions(client: FlaskClient, query: str) -> list[str]:
    return [one["action"] for one in client.get(f"{PATH}?{query}").get_json()["items"]]


def test_a_change_is_answered_whole(admin: FlaskClient, changes: None) -> None:
    newest, second, *_ = admin.get(PATH).get_json()["items"]
    assert {**second, "id": 0, "at": ""} == {
        "id": 0,
        "at": "",
        "actor": "maskwatch",
        "actor_kind": "system",
        "address": "",
        "action": "history.prune",
        "subject": "minutes 50%",
        "before": None,
        "after": {"rows": 5},
    }
    assert (newest["address"], newest["before"], newest["after"]) == (
        "192.0.2.7",
        {"name": "Door"},
        None,
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param(
            "", ["camera.remove", "history.prune", "camera.change", "camera.add"], id="all"
        ),
        pytest.param("actor=maskwatch", ["history.prune"], id="an actor"),
        pytest.param("action=camera.add", ["camera.add"], id="an action"),
        pytest.param("action=camera", [], id="a part of an action"),
        pytest.param(
            "action=camera.", ["camera.remove", "camera.change", "camera.add"], id="all of cameras"
        ),
        pytest.param("subject=door&action=camera.add", ["camera.add"], id="a part of a subject"),
        pytest.param("subject=50%25", ["history.prune"], id="a sign that SQL takes for any text"),
        pytest.param("subject=%25", ["history.prune"], id="that sign alone"),
        pytest.param("to=2020-01-01T00:00:00Z", [], id="before all"),
    ],
)
def test_changes_are_found(
    admin: FlaskClient, changes: None, query: str, expected: list[str]
) -> None:
    assert actions(admin, query) == expected


def test_changes_come_in_pages(admin: FlaskClient, changes: None) -> None:
    first = admin.get(f"{PATH}?limit=3").get_json()
    second = admin.get(f"{PATH}?limit=3&cursor={first['next_cursor']}").get_json()
    assert [len(page["items"]) for page in (first, second)] == [3, 1]
    assert second["next_cursor"] is None
    assert actions(admin, "limit=4&cursor=999999999999999999") == actions(admin, "")


@pytest.mark.parametrize(
    "query", ["cursor=x", "cursor=9999999999999999999", "actor=%00", "limit=201", "nonsense=1"]
)
def test_what_cannot_be_asked_is_refused(admin: FlaskClient, query: str) -> None:
    assert admin.get(f"{PATH}?{query}").status_code == 422


def test_changes_are_exported_as_csv_and_that_is_written_too(
    admin: FlaskClient, changes: None
) -> None:
    answer = admin.get(f"{PATH}.csv?action=camera.")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["action"] for row in rows] == ["camera.remove", "camera.change", "camera.add"]
    assert (json.loads(rows[1]["before"]), rows[2]["before"]) == ({"a": 1}, "")
    assert actions(admin, "action=export.audit") == ["export.audit"]


def test_changes_of_the_last_day_are_asked_for_by_default(
    admin: FlaskClient, changes: None
) -> None:
    tomorrow = (utc_now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert actions(admin, f"to={tomorrow}") == []
