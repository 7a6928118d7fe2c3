"""Compliance over the API: how much is known, what judged, and comparisons."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from core.access_scopes import CameraScope
from core.statistics import Counts
from core.storage.engine import Database
from core.storage.installation import write_minutes_from
from core.storage.rollups import add_to_rollups
from core.storage.tables import CameraRow
from core.storage.tokens import TokenTerms, create_token
from core.storage.users import Role
from dashboard.api.compliance import ComplianceAnswer
from dashboard.app import Dashboard

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
RANGE = "from=2026-05-01T12:00:00Z&to=2026-05-01T14:00:00Z"


@pytest.fixture
def history(database: Database, operator: FlaskClient) -> None:
    """Two cameras at two sites: North was seen for half an hour of two, South all the time."""
    for number, site in enumerate(("North", "South")):
        new = {"name": f"at {site}", "url": f"rtsp://camera.example/{number}", "site": site}
        assert operator.post("/api/v1/cameras", json=new).status_code == 201
    with database.write() as session:
        for row in session.query(CameraRow):
            row.created_at = NOON - timedelta(days=1)
        minutes = [NOON + timedelta(minutes=minute) for minute in range(120)]
        seen = [(1, one) for one in minutes[:30]] + [(2, one) for one in minutes]
        people = {seen[0]: Counter(mask=3, no_mask=1), seen[-1]: Counter(mask=1)}
        versions = {seen[0]: "m1", seen[-1]: "m2"}
        add_to_rollups(session, people, seen, ZoneInfo("UTC"), versions)


@pytest.fixture
def southerner(dashboard: Dashboard, database: Database) -> FlaskClient:
    """A program that may see the cameras of South alone."""
    with database.write() as session:
        site_id = session.get_one(CameraRow, 2).site_id
        assert site_id is not None
        terms = TokenTerms(cameras=CameraScope(frozenset({site_id})))
        text = create_token(session, "of South", Role.VIEWER, terms)
    client = dashboard.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {text}"
    return client


def groups_of(client: FlaskClient, query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/api/v1/compliance/groups?{query}").get_json()[
        "groups"
    ]
    return found


@pytest.mark.usefixtures("history")
def test_an_answer_says_how_much_was_seen_and_what_judged(viewer: FlaskClient) -> None:
    answer = viewer.get(f"/api/v1/compliance?{RANGE}").get_json()
    assert [one["seen"] for one in answer["series"]] == [0.75, 0.5]
    assert answer["totals"]["seen"] == 0.625
    assert answer["model_versions"] == ["m1", "m2"]
    assert answer["minutes_from"] is None


@pytest.mark.usefixtures("history")
def test_an_answer_says_since_when_minutes_are_kept(
    viewer: FlaskClient, database: Database
) -> None:
    with database.write() as session:
        write_minutes_from(session, NOON + timedelta(hours=1))
    answer = viewer.get(f"/api/v1/compliance?{RANGE}").get_json()
    assert answer["minutes_from"] == "2026-05-01T13:00:00Z"
    assert answer["totals"]["mask"] == 4
    by_minute = viewer.get(f"/api/v1/compliance?{RANGE}&bucket=minute").get_json()
    assert [one["gap"] for one in by_minute["series"]] == [True] * 60 + [False] * 60


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize("bucket", ["minute", "quarter", "hour", "day"])
def test_an_answer_holds_what_its_schema_says(viewer: FlaskClient, bucket: str) -> None:
    """It is written by columns; a model of it is slow, and told by its schema alone."""
    found = viewer.get(f"/api/v1/compliance?{RANGE}&bucket={bucket}")
    told = ComplianceAnswer.model_validate_json(found.text)
    assert told.model_dump(mode="json") == found.get_json()
    assert [one.start for one in told.series] == sorted(one.start for one in told.series)
    for one in (*told.series, told.totals):
        counts = Counts(one.mask, one.incorrect_mask, one.no_mask, one.unsure)
        assert (one.rate, one.coverage) == (counts.rate, counts.coverage)
        interval = one.interval and (one.interval.lower, one.interval.upper)
        assert interval == (counts.interval and pytest.approx(counts.interval))


@pytest.mark.usefixtures("history")
def test_quarters_of_hours_may_be_asked_for(viewer: FlaskClient) -> None:
    answer = viewer.get(f"/api/v1/compliance?{RANGE}&bucket=quarter&site=North").get_json()
    assert [one["seen"] for one in answer["series"]] == [1, 1, 0, 0, 0, 0, 0, 0]


@pytest.mark.usefixtures("history")
def test_cameras_and_sites_are_compared(viewer: FlaskClient) -> None:
    north, south = groups_of(viewer, f"{RANGE}&by=site")
    assert (north["name"], north["mask"], north["rate"]) == ("North", 3, 0.75)
    assert (north["seen"], south["seen"], south["camera_id"]) == (0.25, 1.0, None)
    by_camera = groups_of(viewer, f"{RANGE}&by=camera&site=South")
    assert [(one["name"], one["camera_id"], one["mask"]) for one in by_camera] == [
        ("at South", 2, 1)
    ]


@pytest.mark.usefixtures("history")
def test_a_week_has_168_hours(viewer: FlaskClient) -> None:
    groups = groups_of(viewer, f"{RANGE}&by=hour_of_week&tz=Europe/Berlin")
    assert len(groups) == 168
    [friday] = [one for one in groups if one["weekday"] == 4 and one["hour"] == 14]
    assert (friday["name"], friday["mask"], friday["gap"]) == ("friday 14:00", 3, False)
    assert sum(not one["gap"] for one in groups) == 2


@pytest.mark.usefixtures("history")
def test_who_is_limited_to_a_site_is_told_of_its_cameras_alone(southerner: FlaskClient) -> None:
    assert southerner.get(f"/api/v1/compliance?{RANGE}").get_json()["totals"]["mask"] == 1
    assert [one["name"] for one in groups_of(southerner, f"{RANGE}&by=site")] == ["South"]
    assert southerner.get(f"/api/v1/compliance?{RANGE}&site=North").get_json()["totals"] == {
        **dict.fromkeys(("mask", "incorrect_mask", "no_mask", "unsure"), 0),
        **dict.fromkeys(("rate", "interval", "coverage", "seen")),
    }
    for path in ("compliance?", "compliance/groups?by=camera&"):
        refused = southerner.get(f"/api/v1/{path}{RANGE}&camera_id=1")
        assert (refused.status_code, refused.get_json()["field"]) == (422, "camera_id")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        pytest.param("", "by", id="nothing to group by"),
        pytest.param("by=colour", "by", id="an unknown group"),
        pytest.param("by=camera&bucket=hour", "bucket", id="a bucket"),
        pytest.param("by=site&tz=Mars", "tz", id="an unknown zone"),
        pytest.param("by=hour_of_week&from=2010-01-01T00:00:00Z", "bucket", id="too long a range"),
        pytest.param("by=camera&camera_id=77", "camera_id", id="no such camera"),
    ],
)
def test_a_bad_parameter_of_a_comparison_is_named(
    viewer: FlaskClient, query: str, parameter: str
) -> None:
    answer = viewer.get(f"/api/v1/compliance/groups?{query}")
    assert (answer.status_code, answer.get_json()["field"]) == (422, parameter)
