"""Compliance and sightings over the API."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from core.storage.engine import Database
from core.storage.rollups import add_to_rollups
from core.storage.tables import SightingRow
from core.types import Verdict

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
RANGE = "from=2026-05-01T10:00:00Z&to=2026-05-01T14:00:00Z"


@pytest.fixture
def history(database: Database, camera: dict[str, Any]) -> None:
    """At noon the camera saw 8 with a mask, 1 without, 1 unsure; at one nobody; else nothing."""
    with database.write() as session:
        noon, one = (camera["id"], NOON), (camera["id"], NOON + timedelta(hours=1))
        people = {noon: Counter(mask=8, no_mask=1, unsure=1)}
        add_to_rollups(session, people, [noon, one], ZoneInfo("UTC"))
        session.add_all([_sighting(camera["id"], number) for number in range(10)])


def _sighting(camera_id: int, number: int) -> SightingRow:
    verdict = Verdict.NO_MASK if number == 8 else Verdict.MASK
    started = NOON + timedelta(seconds=number)
    return SightingRow(
        camera_id=camera_id,
        started_at=started,
        ended_at=started + timedelta(seconds=3),
        verdict=(Verdict.UNSURE if number == 9 else verdict).value,
        mask=0.9,
        incorrect_mask=0.06,
        no_mask=0.04,
        faces=12,
        model_version="m1",
    )


@pytest.mark.usefixtures("history")
def test_compliance_counts_by_hour_and_tells_gaps_from_zeros(viewer: FlaskClient) -> None:
    answer = viewer.get(f"/api/v1/compliance?{RANGE}").get_json()
    buckets = [(one["start"], one["mask"], one["gap"]) for one in answer["series"]]
    assert buckets == [
        ("2026-05-01T10:00:00Z", 0, True),
        ("2026-05-01T11:00:00Z", 0, True),
        ("2026-05-01T12:00:00Z", 8, False),
        ("2026-05-01T13:00:00Z", 0, False),
    ]


@pytest.mark.usefixtures("history")
def test_compliance_tells_rate_interval_and_coverage(viewer: FlaskClient) -> None:
    totals = viewer.get(f"/api/v1/compliance?{RANGE}").get_json()["totals"]
    assert totals["rate"] == pytest.approx(8 / 9)
    # Wilson 95 % interval of 8 of 9, by statsmodels' proportion_confint.
    assert totals["interval"]["lower"] == pytest.approx(0.5650, abs=1e-3)
    assert totals["interval"]["upper"] == pytest.approx(0.9801, abs=1e-3)
    assert totals["coverage"] == pytest.approx(0.9)


@pytest.mark.usefixtures("history")
def test_where_nobody_was_judged_rate_and_interval_are_null(viewer: FlaskClient) -> None:
    bucket = viewer.get(f"/api/v1/compliance?{RANGE}").get_json()["series"][3]
    assert (bucket["rate"], bucket["interval"], bucket["coverage"]) == (None, None, None)


@pytest.mark.usefixtures("history")
def test_days_are_those_of_the_time_zone(viewer: FlaskClient) -> None:
    zone = quote("Asia/Tokyo")
    path = f"/api/v1/compliance?{RANGE}&bucket=day&tz={zone}"
    assert [one["start"] for one in viewer.get(path).get_json()["series"]] == [
        "2026-04-30T15:00:00Z"
    ]


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("filters", "mask"),
    [
        pytest.param("camera_id=1", 8, id="the camera"),
        pytest.param("site=elsewhere", 0, id="another site"),
        pytest.param("site=", 8, id="cameras without a site"),
        pytest.param("zone=elsewhere", 0, id="another zone"),
    ],
)
def test_compliance_may_be_asked_of_some_cameras(
    viewer: FlaskClient, filters: str, mask: int
) -> None:
    answer = viewer.get(f"/api/v1/compliance?{RANGE}&{filters}").get_json()
    assert answer["totals"]["mask"] == mask


def test_without_a_range_the_last_24_hours_are_meant(viewer: FlaskClient) -> None:
    assert len(viewer.get("/api/v1/compliance").get_json()["series"]) in (24, 25)
    assert viewer.get("/api/v1/sightings").get_json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        pytest.param("from=yesterday", "from", id="words"),
        pytest.param("from=1700000000", "from", id="a number"),
        pytest.param("from=2026-05-01T10:00:00", "from", id="no offset"),
        pytest.param("from=2026-05-01T10:00:00%2B25:00", "from", id="impossible offset"),
        pytest.param("from=2026-05-01T10:00:00+02:00", "from", id="plus not written as %2B"),
        pytest.param("from=2026-13-01T10:00:00Z", "from", id="thirteenth month"),
        pytest.param("from=0001-01-01T00:00:00Z", "from", id="year 1"),
        pytest.param("to=9999-12-31T23:59:59Z", "to", id="year 9999"),
        pytest.param("from=2026-05-02T00:00:00Z&to=2026-05-01T00:00:00Z", "from", id="backwards"),
        pytest.param("from=2026-05-01T00:00:00Z&to=2026-05-01T00:00:00Z", "from", id="empty"),
        pytest.param("tz=Mars/Olympus", "tz", id="unknown zone"),
        pytest.param("tz=../../etc/passwd", "tz", id="a path"),
        pytest.param("tz=", "tz", id="no zone"),
        pytest.param("bucket=year", "bucket", id="unknown bucket"),
        pytest.param("bucket=minute&from=2020-01-01T00:00:00Z", "bucket", id="too many buckets"),
        pytest.param("camera_id=door", "camera_id", id="a name for an id"),
        pytest.param("camera_id=0", "camera_id", id="zero"),
        pytest.param("camera_id=77", "camera_id", id="no such camera"),
        pytest.param("colour=red", "colour", id="unknown parameter"),
    ],
)
def test_a_bad_parameter_of_compliance_is_named(
    viewer: FlaskClient, query: str, parameter: str
) -> None:
    answer = viewer.get(f"/api/v1/compliance?{query}")
    problem = answer.get_json()
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert problem["errors"][0]["parameter"] == parameter
    assert problem["errors"][0]["expected"] in problem["detail"]


@pytest.mark.usefixtures("history")
def test_sightings_are_listed_newest_first_page_by_page(viewer: FlaskClient) -> None:
    seen: list[int] = []
    cursor = ""
    for _ in range(4):
        page = viewer.get(f"/api/v1/sightings?{RANGE}&limit=3{cursor}").get_json()
        seen += [one["id"] for one in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == list(range(10, 0, -1))
    assert page["next_cursor"] is None


@pytest.mark.usefixtures("history")
def test_a_sighting_is_answered_whole(viewer: FlaskClient) -> None:
    listed = viewer.get(f"/api/v1/sightings?{RANGE}&verdict=unsure").get_json()["items"]
    assert listed == [
        {
            "id": 10,
            "camera_id": 1,
            "started_at": "2026-05-01T12:00:09Z",
            "ended_at": "2026-05-01T12:00:12Z",
            "verdict": "unsure",
            "probabilities": {"mask": 0.9, "incorrect_mask": 0.06, "no_mask": 0.04},
            "faces": 12,
            "is_continuation": False,
            "is_required": True,
            "changes": 0,
            "model_version": "m1",
            "has_picture": False,
            "review": None,
        }
    ]
    detail = viewer.get("/api/v1/sightings/10").get_json()
    assert {name: detail[name] for name in listed[0]} == listed[0]


@pytest.mark.usefixtures("history")
def test_sightings_of_another_camera_or_time_are_left_out(viewer: FlaskClient) -> None:
    assert viewer.get(f"/api/v1/sightings?{RANGE}&camera_id=2").get_json()["items"] == []
    assert viewer.get("/api/v1/sightings?to=2026-05-01T12:00:00Z").get_json()["items"] == []


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        pytest.param("verdict=maybe", "verdict", id="unknown verdict"),
        pytest.param("limit=0", "limit", id="no rows"),
        pytest.param("limit=100000", "limit", id="too many rows"),
        pytest.param("cursor=next", "cursor", id="no cursor of ours"),
        pytest.param(f"cursor=1-{'9' * 30}", "cursor", id="a number beyond all ids"),
        pytest.param(f"cursor={'9' * 16}-1", "", id="a time long after"),
    ],
)
def test_a_bad_parameter_of_sightings_is_named(
    viewer: FlaskClient, query: str, parameter: str
) -> None:
    answer = viewer.get(f"/api/v1/sightings?{query}")
    assert answer.status_code == (422 if parameter else 200)
    assert answer.get_json().get("field", "") == parameter


def test_a_sighting_that_never_was_is_not_found(viewer: FlaskClient) -> None:
    assert viewer.get("/api/v1/sightings/1").status_code == 404
    assert viewer.get(f"/api/v1/sightings/{2**63}").status_code == 422
