"""Metrics as Prometheus reads them."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis

from core.frames import FrameQueue
from core.heartbeats import CameraHealth, CameraState, Heartbeat, beat, report_health
from core.latency import LatencyMeter
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


def test_latencies_are_a_histogram(
    viewer: FlaskClient, database: Database, box: SecretBox, redis: Redis
) -> None:
    with database.write() as session:
        camera_id = add_camera(session, box, NewCamera("door", "demo:door", "demo:door")).id
    meter = LatencyMeter(redis)
    for took_s in (0.15, 0.3, 500):
        meter.add(camera_id, timedelta(seconds=took_s))
    meter.write(NOW)
    (family,) = [
        family
        for family in text_string_to_metric_families(viewer.get("/metrics").text)
        if family.name == "maskwatch_latency_seconds"
    ]
    values = {sample.labels.get("le", sample.name): sample.value for sample in family.samples}
    below = {bound: values[bound] for bound in ("0.08", "0.16", "0.32", "163.84", "+Inf")}
    assert below == {"0.08": 0, "0.16": 1, "0.32": 2, "163.84": 2, "+Inf": 3}
    assert values["maskwatch_latency_seconds_sum"] == pytest.approx(500.45)
