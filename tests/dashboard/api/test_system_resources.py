"""What the system takes, and what is wrong with it, over the API."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis

from core.database_sizes import note_size
from core.heartbeats import CameraHealth, CameraState, Heartbeat, beat, report_health
from core.release import VERSION
from core.storage.engine import utc_now


def test_resources_are_measured_and_software_is_named(operator: FlaskClient, redis: Redis) -> None:
    now = utc_now()
    note_size(redis, 1_000_000, now - timedelta(days=2))
    note_size(redis, 3_000_000, now)
    found = operator.get("/api/v1/system/resources").get_json()

    assert found["database"]["server"].startswith("SQLite 3.")
    assert found["database"]["size_bytes"] > 10_000
    assert found["database"]["bytes_per_day"] == pytest.approx(1_000_000, rel=0.01)
    assert found["pictures"] == {"count": 0, "size_bytes": 0, "limit_bytes": 2_000_000_000}
    assert 0 < found["disk"]["free_bytes"] <= found["disk"]["total_bytes"]
    assert 0 < found["memory"]["used_bytes"] <= found["memory"]["peak_bytes"]
    assert {"name": "Maskwatch", "version": VERSION} in found["software"]


def test_findings_name_what_is_missing_and_the_sick_cameras(
    operator: FlaskClient, camera: dict[str, Any], redis: Redis
) -> None:
    now = utc_now()
    report_health(redis, CameraHealth(camera["id"], CameraState.RECONNECTING, now, "no route"))
    for kind in ("ingest", "recorder", "jobs"):
        beat(redis, Heartbeat(kind, "host", 7, now))
    items = operator.get("/api/v1/system/findings").get_json()["items"]

    assert [one["title"] for one in items if one["severity"] == "bad"] == [
        "No worker process runs: no frame is analysed",
        "door delivers no picture",
    ]
    lost = items[1]
    assert (lost["advice"], lost["camera_id"]) == ("no route", camera["id"])
    assert lost["link"] == f"/cameras/{camera['id']}"


def test_processes_tell_their_release_and_their_models(operator: FlaskClient, redis: Redis) -> None:
    beat(redis, Heartbeat("worker", "host", 7, utc_now(), models=("a-1", "b-2")))
    (process,) = operator.get("/api/v1/system").get_json()["processes"]
    assert (process["version"], process["models"]) == (VERSION, ["a-1", "b-2"])


@pytest.mark.parametrize("path", ["resources", "findings"])
def test_viewers_may_not_ask(viewer: FlaskClient, path: str) -> None:
    assert viewer.get(f"/api/v1/system/{path}").status_code == 403
