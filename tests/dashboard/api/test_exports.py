"""Exports: files of sightings and of compliance, streamed."""

import csv
import io
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from core.access_scopes import CameraScope
from core.storage.engine import Database
from core.storage.rollups import add_to_rollups
from core.storage.tables import AuditRow, CameraRow, SightingRow
from core.storage.tokens import TokenTerms, create_token
from core.storage.users import Role
from core.types import Verdict
from dashboard.app import Dashboard
from dashboard.exports import EXPORTS_MAX

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
RANGE = "from=2026-05-01T00:00:00Z&to=2026-05-02T00:00:00Z"
SIGHTINGS = 4_321
"""More than two pages."""


@pytest.fixture
def history(database: Database, camera: dict[str, Any], operator: FlaskClient) -> None:
    """A camera with thousands of sightings, and one whose name a spreadsheet would run."""
    odd = {"name": '=1+1;"quoted", comma', "url": "rtsp://camera.example/2", "site": "Søndre"}
    other = operator.post("/api/v1/cameras", json=odd).get_json()["id"]
    with database.write() as session:
        session.add_all(_sighting(camera["id"], number) for number in range(SIGHTINGS - 1))
        session.add(_sighting(other, SIGHTINGS))
        slots = [(camera["id"], NOON), (camera["id"], NOON + timedelta(hours=1))]
        people = {slots[0]: Counter(mask=3, no_mask=1)}
        add_to_rollups(session, people, slots, ZoneInfo("UTC"))


def _sighting(camera_id: int, number: int) -> SightingRow:
    started = NOON + timedelta(seconds=number)
    return SightingRow(
        camera_id=camera_id,
        started_at=started,
        ended_at=started + timedelta(seconds=3, milliseconds=250),
        verdict=(Verdict.NO_MASK if number % 10 == 0 else Verdict.MASK).value,
        mask=0.9,
        incorrect_mask=0.06,
        no_mask=0.04,
        faces=12,
        model_version="m1",
    )


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.usefixtures("history")
def test_every_sighting_is_a_row_newest_first(viewer: FlaskClient) -> None:
    answer = viewer.get(f"/api/v1/exports/sightings.csv?{RANGE}&tz=Asia/Kolkata")
    assert answer.content_type == "text/csv; header=present; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sightings.csv"'
    assert answer.text.count("\r\n") == SIGHTINGS + 1
    rows = read_csv(answer.text)
    assert [int(row["id"]) for row in rows] == list(range(SIGHTINGS, 0, -1))
    assert rows[-1] == {
        "id": "1",
        "camera_id": "1",
        "camera": "door",
        "site": "",
        "zone": "",
        "started_at": "2026-05-01T17:30:00+05:30",
        "ended_at": "2026-05-01T17:30:03.250000+05:30",
        "verdict": "no_mask",
        "mask": "0.9",
        "incorrect_mask": "0.06",
        "no_mask": "0.04",
        "faces": "12",
        "is_continuation": "false",
        "is_required": "true",
        "changes": "0",
        "model_version": "m1",
        "has_picture": "false",
        "review": "",
    }


@pytest.mark.usefixtures("history")
def test_what_a_spreadsheet_would_run_is_defused_in_csv_alone(viewer: FlaskClient) -> None:
    query = f"{RANGE}&camera_id=2"
    [row] = read_csv(viewer.get(f"/api/v1/exports/sightings.csv?{query}").text)
    assert row["camera"] == '\'=1+1;"quoted", comma'
    assert row["site"] == "Søndre"
    answer = viewer.get(f"/api/v1/exports/sightings.ndjson?{query}")
    assert answer.content_type == "application/x-ndjson; charset=utf-8"
    assert json.loads(answer.text)["camera"] == '=1+1;"quoted", comma'
    assert "Søndre" in answer.text


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("filters", "rows"),
    [
        ("verdict=no_mask", 432),
        ("site=S%C3%B8ndre", 1),
        ("site=nowhere", 0),
        ("is_required=false", 0),
        ("has_picture=true", 0),
        ("camera_id=1&verdict=mask", SIGHTINGS - 1 - 432),
    ],
)
def test_sightings_are_filtered_as_their_list_is(
    viewer: FlaskClient, filters: str, rows: int
) -> None:
    answer = viewer.get(f"/api/v1/exports/sightings.ndjson?{RANGE}&{filters}")
    assert len([json.loads(line) for line in answer.text.splitlines()]) == rows


@pytest.mark.usefixtures("history")
def test_compliance_is_exported_by_buckets(viewer: FlaskClient) -> None:
    query = "from=2026-05-01T12:00:00Z&to=2026-05-01T15:00:00Z&tz=Europe/Berlin"
    first, second, third = read_csv(viewer.get(f"/api/v1/exports/compliance.csv?{query}").text)
    assert first["start"] == "2026-05-01T14:00:00+02:00"
    assert first["end"] == "2026-05-01T15:00:00+02:00"
    assert (first["mask"], first["no_mask"], first["rate"]) == ("3", "1", "0.75")
    assert (second["rate"], second["gap"]) == ("", "false")
    assert third["gap"] == "true"
    lines = viewer.get(f"/api/v1/exports/compliance.ndjson?{query}").text.splitlines()
    assert [json.loads(line)["gap"] for line in lines] == [False, False, True]


@pytest.mark.usefixtures("history")
def test_an_export_of_sightings_is_written_down(viewer: FlaskClient, database: Database) -> None:
    viewer.get(f"/api/v1/exports/sightings.csv?{RANGE}&verdict=mask")
    with database.read() as session:
        entry = session.query(AuditRow).filter_by(action="export.sightings").one()
    assert (entry.actor, entry.actor_kind) == ("a viewer's token", "token")
    told = json.loads(entry.after or "")
    assert told["verdict"] == "mask"
    assert told["from"] == "2026-05-01T00:00:00+00:00"


@pytest.mark.usefixtures("history")
def test_only_sightings_in_scope_are_exported(dashboard: Dashboard, database: Database) -> None:
    with database.write() as session:
        site_id = session.get_one(CameraRow, 2).site_id
        assert site_id is not None
        terms = TokenTerms(cameras=CameraScope(frozenset({site_id})))
        text = create_token(session, "of Søndre", Role.VIEWER, terms)
    client = dashboard.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {text}"
    rows = read_csv(client.get(f"/api/v1/exports/sightings.csv?{RANGE}").text)
    assert [row["camera_id"] for row in rows] == ["2"]
    for path in ("exports/sightings.csv", "exports/compliance.csv", "compliance"):
        answer = client.get(f"/api/v1/{path}?{RANGE}&camera_id=1")
        assert (answer.status_code, answer.get_json()["field"]) == (422, "camera_id")


@pytest.mark.usefixtures("history")
def test_a_bound_number_of_exports_runs_at_once(viewer: FlaskClient, database: Database) -> None:
    path = f"/api/v1/exports/sightings.csv?{RANGE}"
    running = [viewer.get(path) for _ in range(EXPORTS_MAX)]
    refused = viewer.get(path)
    assert refused.status_code == 503
    with database.read() as session:
        written_down = session.query(AuditRow).filter_by(action="export.sightings").count()
    assert written_down == EXPORTS_MAX
    for answer in running:
        answer.close()
    with viewer.get(path) as again:
        assert again.status_code == 200


@pytest.mark.usefixtures("history")
def test_an_export_that_nobody_reads_to_its_end_gives_its_place_back(viewer: FlaskClient) -> None:
    for _ in range(EXPORTS_MAX + 1):
        answer = viewer.get(f"/api/v1/exports/sightings.csv?{RANGE}")
        assert answer.status_code == 200
        answer.close()


def test_asking_for_the_headers_of_an_export_takes_no_place(viewer: FlaskClient) -> None:
    for _ in range(EXPORTS_MAX + 1):
        with viewer.head("/api/v1/exports/sightings.csv") as answer:
            assert answer.status_code == 200


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("sightings.csv?tz=Mars", "tz"),
        ("sightings.csv?camera_id=77", "camera_id"),
        ("sightings.ndjson?verdict=maybe", "verdict"),
        ("sightings.csv?cursor=1-1", "cursor"),
        ("compliance.csv?bucket=minute&from=2020-01-01T00:00:00Z", "bucket"),
        ("compliance.ndjson?from=2026-05-02T00:00:00Z&to=2026-05-01T00:00:00Z", "from"),
    ],
)
def test_a_bad_parameter_of_an_export_is_named(
    viewer: FlaskClient, path: str, parameter: str
) -> None:
    answer = viewer.get(f"/api/v1/exports/{path}")
    assert (answer.status_code, answer.get_json()["field"]) == (422, parameter)


def test_an_export_of_nothing_is_a_line_of_names(viewer: FlaskClient) -> None:
    answer = viewer.get("/api/v1/exports/sightings.csv")
    assert answer.text.startswith("id,camera_id,camera,")
    assert answer.text.count("\r\n") == 1
    assert viewer.get("/api/v1/exports/sightings.ndjson").text == ""
