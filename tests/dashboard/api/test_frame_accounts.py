"""Frame accounts and latencies over the API."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis

from core.accounts import FrameAccount
from core.latency import LatencyMeter
from core.storage.engine import Database
from core.storage.frame_accounts import keep_accounts

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RANGE = "from=2026-03-01T12:00:00Z&to=2026-03-01T14:00:00Z"
DONE = FrameAccount(captured=7, analysed=4, superseded=1, lost=1)


@pytest.fixture
def counted(camera: dict[str, Any], database: Database) -> int:
    """A camera that delivered in two minutes of the first hour."""
    camera_id: int = camera["id"]
    minutes = (NOON, NOON + timedelta(minutes=30))
    with database.write() as session:
        keep_accounts(session, {(camera_id, minute): DONE for minute in minutes})
    return camera_id


def test_accounts_are_added_up_and_gaps_are_told(operator: FlaskClient, counted: int) -> None:
    answer = operator.get(f"/api/v1/frame-accounts?{RANGE}&bucket=hour").get_json()
    first, second = answer["series"]
    assert (first["captured"], first["unresolved"], first["delivered_minutes"]) == (14, 2, 2)
    assert (first["gap"], second["gap"]) == (False, True)
    assert second["captured"] == 0
    resolved = ("analysed", "unchanged", "superseded", "expired", "lost", "failed", "unresolved")
    assert sum(answer["totals"][name] for name in resolved) == answer["totals"]["captured"] == 14


def test_one_camera_is_asked_for_by_its_id(operator: FlaskClient, counted: int) -> None:
    path = f"/api/v1/frame-accounts?{RANGE}&bucket=minute"
    one = operator.get(f"{path}&camera_id={counted}").get_json()
    assert len(one["series"]) == 120
    assert one["totals"]["captured"] == 14
    assert operator.get(f"{path}&camera_id=77").status_code == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [
        pytest.param("", 200, id="the last day"),
        pytest.param("from=2020-01-01T00:00:00Z&bucket=minute", 422, id="too many buckets"),
        pytest.param("from=2026-03-01T12:00:00Z&to=2026-03-01T12:00:00Z", 422, id="empty"),
        pytest.param("camera_id=99999999999999999999", 422, id="no id"),
        pytest.param("bucket=week", 422, id="no bucket"),
        pytest.param("site=north", 422, id="unknown parameter"),
    ],
)
def test_questions_are_checked(operator: FlaskClient, query: str, status: int) -> None:
    assert operator.get(f"/api/v1/frame-accounts?{query}").status_code == status


def test_viewers_may_not_ask(viewer: FlaskClient) -> None:
    assert viewer.get("/api/v1/frame-accounts").status_code == 403


def test_the_system_tells_latencies(
    operator: FlaskClient, camera: dict[str, Any], redis: Redis
) -> None:
    def latency() -> dict[str, Any]:
        found: dict[str, Any] = operator.get("/api/v1/system").get_json()["cameras"][0]["latency"]
        return found

    assert latency() == {"frames": 0, "p50_s": None, "p95_s": None, "p99_s": None}
    meter = LatencyMeter(redis)
    for took_s in (0.2, 0.2, 0.2, 3.0):
        meter.add(camera["id"], timedelta(seconds=took_s))
    meter.write(datetime.now(UTC))
    found = latency()
    assert found["frames"] == 4
    assert found["p50_s"] == pytest.approx(0.2, rel=0.1)
    assert found["p99_s"] == pytest.approx(3.0, rel=0.1)
