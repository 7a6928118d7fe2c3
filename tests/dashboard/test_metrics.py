"""Metrics as Prometheus reads them."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis

from core.frames import FrameQueue
from core.heartbeats import CameraHealth, CameraState, Heartbeat, beat, report_health
from core.secrets import SecretBox
from core.storage.cameras import NewCamera, add_camera
from core.storage.engine import Database
from core.types import Frame

NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize("method", ["GET"])
def test_metrics_are_not_for_strangers(stranger: FlaskClient, method: str) -> None:
    assert stranger.open("/metrics", method=method).status_code == 302


def test_metrics_tell_of_processes_cameras_and_frames(
    viewer: FlaskClient, database: Database, box: SecretBox, redis: Redis
) -> None:
    with database.write() as session:
        camera_id = add_camera(session, box, NewCamera("door", "demo:door", "demo:door")).id
    beat(redis, Heartbeat("worker", "host", 7, NOW))
    report_health(redis, CameraHealth(camera_id, CameraState.LIVE, NOW))
    FrameQueue(redis).push(Frame(camera_id, datetime.now(UTC), (640, 360), b"jpeg"))
    samples = {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(viewer.get("/metrics").text)
        for sample in family.samples
    }
    camera = str(camera_id)
    assert samples["maskwatch_processes", ("worker",)] == 1
    assert samples["maskwatch_camera_live", (camera,)] == 1
    assert samples["maskwatch_frames_total", (camera, "captured")] == 1
    assert samples["maskwatch_frames_total", (camera, "analysed")] == 0
    assert samples["maskwatch_frames_waiting", (camera,)] == 1
    assert samples["maskwatch_viewers", ()] == 0
