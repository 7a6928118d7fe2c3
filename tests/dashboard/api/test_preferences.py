"""Preferences over the API: read, changed in part, audited."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import BaseModel

from core.preferences import Preferences, Retention, VerdictRule
from core.storage.engine import Database, utc_now
from core.storage.preferences import read_preferences
from core.storage.tables import AuditRow
from dashboard.api.preferences import (
    PreferencesChanges,
    RetentionChanges,
    VerdictRuleChanges,
)
from tests.core.storage.past import PICTURE_BYTES, Person, keep, register_cameras


def test_a_new_installation_answers_its_defaults(admin: FlaskClient) -> None:
    answer = admin.get("/api/v1/preferences")

    assert answer.get_json() == Preferences().model_dump(mode="json")


def test_what_is_left_out_stays_as_it_was(admin: FlaskClient, database: Database) -> None:
    admin.patch("/api/v1/preferences", json={"retention": {"pictures_days": 3}})
    admin.patch("/api/v1/preferences", json={"evidence": "numbers", "verdict_rule": {}})
    admin.patch("/api/v1/preferences", json={"evidence": None, "retention": {"jobs_days": None}})
    answer = admin.patch("/api/v1/preferences", json={"retention": {"jobs_days": 5}})

    with database.read() as session:
        kept = read_preferences(session)
    assert answer.get_json() == kept.model_dump(mode="json")
    assert (kept.evidence, kept.session_hours) == ("numbers", Preferences().session_hours)
    assert (kept.retention.pictures_days, kept.retention.jobs_days) == (3, 5)
    assert kept.retention.sightings_days == Preferences().retention.sightings_days


def test_the_audit_shows_what_stood_there_before(admin: FlaskClient, database: Database) -> None:
    admin.patch("/api/v1/preferences", json={"retention": {"pictures_days": 3}})
    admin.patch("/api/v1/preferences", json={"retention": {"pictures_days": 3}})

    with database.read() as session:
        (row,) = session.query(AuditRow).filter_by(action="preferences.change")
    assert json.loads(row.before or "") == {"retention.pictures_days": 30}
    assert json.loads(row.after or "") == {"retention.pictures_days": 3}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"retention": {"pictures_days": 0}}, id="no day"),
        pytest.param({"retention": 3}, id="no group"),
        pytest.param({"verdict_rule": {"agreement_min": 2}}, id="above one"),
        pytest.param({"evidence": "portraits"}, id="unknown mode"),
        pytest.param({"colour": "red"}, id="unknown choice"),
        pytest.param({"session_hours": 2**70}, id="endless number"),
        pytest.param([], id="a list"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    admin: FlaskClient, database: Database, body: Any
) -> None:
    assert admin.patch("/api/v1/preferences", json=body).status_code == 422
    with database.read() as session:
        assert read_preferences(session) == Preferences()


def test_only_administrators_choose(operator: FlaskClient) -> None:
    assert operator.get("/api/v1/preferences").status_code == 403
    assert operator.get("/api/v1/preferences/retention").status_code == 403
    assert operator.patch("/api/v1/preferences", json={}).status_code == 403


def test_a_shorter_retention_is_tried_before_it_is_chosen(
    admin: FlaskClient, database: Database
) -> None:
    now = utc_now()
    with database.write() as session:
        register_cameras(session, 1)
        keep(session, [Person(1, now - timedelta(days=days, hours=1)) for days in range(10)], 1)

    chosen = admin.get("/api/v1/preferences/retention").get_json()
    tried = admin.get("/api/v1/preferences/retention?pictures_days=3&sightings_days=6").get_json()

    assert (chosen["outdated"]["pictures"], chosen["outdated"]["sightings"]) == (0, 0)
    assert (tried["outdated"]["pictures"], tried["outdated"]["sightings"]) == (7, 4)
    assert tried["stored"] == chosen["stored"]
    assert (tried["stored"]["pictures"], tried["stored"]["sightings"]) == (10, 10)
    assert tried["stored"]["picture_bytes"] == 10 * PICTURE_BYTES
    with database.read() as session:
        assert read_preferences(session) == Preferences()


@pytest.mark.parametrize("query", ["pictures_days=0", "pictures_days=x", "colour=red"])
def test_a_retention_that_cannot_be_is_not_tried(admin: FlaskClient, query: str) -> None:
    assert admin.get(f"/api/v1/preferences/retention?{query}").status_code == 422


@pytest.mark.parametrize(
    ("choices", "changes"),
    [
        pytest.param(Preferences, PreferencesChanges, id="preferences"),
        pytest.param(Retention, RetentionChanges, id="retention"),
        pytest.param(VerdictRule, VerdictRuleChanges, id="verdict rule"),
    ],
)
def test_every_choice_can_be_changed_within_its_bounds_and_none_by_default(
    choices: type[BaseModel], changes: type[BaseModel]
) -> None:
    expected = choices.model_json_schema()["properties"]
    offered = changes.model_json_schema()["properties"]

    assert offered.keys() == expected.keys()
    assert all(field.get("default") is None for field in offered.values())
    for name, field in expected.items():
        bounds = {key: field[key] for key in ("minimum", "maximum") if key in field}
        assert bounds.items() <= offered[name]["anyOf"][0].items(), name
