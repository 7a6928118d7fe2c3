"""How cameras do, over the API."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis

from core.accounts import FrameAccount
from core.heartbeats import CameraHealth, CameraState, Heartbeat, beat, report_health
from core.latency import LatencyMeter
from core.reconnects import Loss, count_reconnect
from core.storage.engine import Database
from core.storage.frame_accounts import keep_accounts

MINUTE = timedelta(minutes=1)
SOME = FrameAccount(captured=10, analysed=6, unchanged=1, superseded=2, failed=1)


def this_minute() -> datetime:
    return datetime.now(UTC).replace(second=0, microsecond=0)


def conditions(client: FlaskClient) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/cameras/health")
    assert answer.status_code == 200
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def keep(database: Database, camera_id: int, *starts: datetime) -> None:
    with database.write() as session:
        keep_accounts(session, {(camera_id, start): SOME for start in starts})


def test_a_camera_that_nobody_opens_says_what_to_do(
    operator: FlaskClient, camera: dict[str, Any], redis: Redis
) -> None:
    (found,) = conditions(operator)
    assert (found["camera_id"], found["condition"]) == (camera["id"], "waiting")
    assert "maskwatch ingest" in found["reason"]
    assert (found["last_frame_at"], found["last_error"], found["since"]) == (None, None, None)
    beat(redis, Heartbeat("ingest", "host", 1, datetime.now(UTC)))
    assert conditions(operator)[0]["reason"] == "Ingest has not reported this camera yet."


def test_a_lost_camera_tells_why_since_when_and_what_it_last_delivered(
    operator: FlaskClient, camera: dict[str, Any], redis: Redis, database: Database
) -> None:
    now = datetime.now(UTC)
    count_reconnect(redis, camera["id"], Loss(now - timedelta(hours=2), "door ended it"))
    count_reconnect(redis, camera["id"], Loss(now, "door is away"))
    lost = CameraHealth(camera["id"], CameraState.RECONNECTING, now, "door is away")
    report_health(redis, lost)
    delivered = this_minute() - 3 * MINUTE
    keep(database, camera["id"], delivered)
    (found,) = conditions(operator)
    assert (found["condition"], found["reason"]) == ("lost", "door is away")
    assert (found["reconnects_hour"], found["reconnects_day"]) == (1, 2)
    assert found["last_error"]["reason"] == "door is away"
    assert datetime.fromisoformat(found["last_frame_at"]) == delivered


def test_frames_of_the_last_minutes_add_up(
    operator: FlaskClient, camera: dict[str, Any], redis: Redis, database: Database
) -> None:
    now = datetime.now(UTC)
    live = CameraHealth(
        camera["id"], CameraState.LIVE, now, frames_per_second=25.0, last_frame_at=now
    )
    report_health(redis, live)
    now_minute = this_minute()
    keep(database, camera["id"], *(now_minute - n * MINUTE for n in (1, 2, 20)))
    (found,) = conditions(operator)
    assert found["frames"] == {
        "captured": 20,
        "looked_at": 14,
        "skipped": 4,
        "lost": 2,
        "unresolved": 0,
    }
    assert found["condition"] == "slow"
    assert datetime.fromisoformat(found["last_frame_at"]) == now


@pytest.mark.parametrize(
    ("span", "stretches", "step_s"),
    [pytest.param("hour", 60, 60, id="hour"), pytest.param("day", 96, 900, id="day")],
)
def test_one_camera_is_followed_through_a_span_of_time(
    operator: FlaskClient,
    camera: dict[str, Any],
    redis: Redis,
    database: Database,
    span: str,
    stretches: int,
    step_s: int,
) -> None:
    before = this_minute() - MINUTE
    keep(database, camera["id"], before)
    count_reconnect(redis, camera["id"], Loss(before, "door ended it"))
    meter = LatencyMeter(redis)
    meter.add(camera["id"], timedelta(seconds=0.2))
    meter.write(before)
    found = operator.get(f"/api/v1/cameras/{camera['id']}/health?span={span}").get_json()
    assert (len(found["series"]), found["step_s"]) == (stretches, step_s)
    *silent, last = sorted(found["series"], key=lambda one: one["frames"]["captured"])
    assert last in found["series"][-2:], "another minute may have begun meanwhile"
    assert (last["gap"], last["frames"]["captured"], last["reconnects"]) == (False, 10, 1)
    assert last["latency"]["p95_s"] == pytest.approx(0.2, rel=0.1)
    assert all(one["gap"] and one["latency"]["frames"] == 0 for one in silent)
    assert found["frames"]["captured"] == 10
    assert found["now"]["camera_id"] == camera["id"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("77/health", 404, id="no camera"),
        pytest.param("1/health?span=year", 422, id="no span"),
        pytest.param("1/health?form=1", 422, id="unknown parameter"),
    ],
)
def test_questions_are_checked(operator: FlaskClient, path: str, status: int) -> None:
    assert operator.get(f"/api/v1/cameras/{path}").status_code == status


def test_viewers_may_not_ask(viewer: FlaskClient) -> None:
    assert viewer.get("/api/v1/cameras/health").status_code == 403
