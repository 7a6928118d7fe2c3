"""Metrics for Prometheus. A scraper needs an API token with the role viewer."""

from collections import Counter
from collections.abc import Iterator

from flask import Blueprint, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from core.accounts import OUTCOMES, FrameAccount, read_accounts
from core.heartbeats import CameraState, read_health, read_heartbeats
from core.latency import BOUNDS_S, STEPS_PER_DOUBLING, Latency, read_latency
from core.storage.cameras import Camera, list_cameras
from core.storage.users import Role
from dashboard.access import identity, needs
from dashboard.services import Services, services

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
@needs(Role.VIEWER)
def metrics() -> Response:
    registry = CollectorRegistry()
    registry.register(SystemCollector(services()))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class SystemCollector(Collector):
    """Reads the metrics of the whole system at the moment it is asked."""

    def __init__(self, provided: Services) -> None:
        self._services = provided

    def collect(self) -> Iterator[Metric]:
        provided = self._services
        with provided.database.read() as session:
            cameras = list_cameras(session, provided.box, identity().scope)
        ids = [camera.id for camera in cameras]
        yield self._processes()
        yield self._states(cameras)
        shards = provided.settings.redis_shards
        yield from _frames(read_accounts(provided.redis, ids, shards))
        yield _latencies(read_latency(provided.redis, ids, shards))
        viewers = GaugeMetricFamily("maskwatch_viewers", "Open live pages of this process.")
        viewers.add_metric([], provided.hub.viewers)
        yield viewers

    def _processes(self) -> Metric:
        family = GaugeMetricFamily(
            "maskwatch_processes", "Processes that are alive.", labels=["kind"]
        )
        for kind, count in Counter(
            one.kind for one in read_heartbeats(self._services.redis)
        ).items():
            family.add_metric([kind], count)
        return family

    def _states(self, cameras: list[Camera]) -> Metric:
        family = GaugeMetricFamily(
            "maskwatch_camera_live", "1 while the camera delivers, else 0.", labels=["camera_id"]
        )
        health = read_health(self._services.redis)
        for camera in cameras:
            one = health.get(camera.id)
            is_live = one is not None and one.state is CameraState.LIVE
            family.add_metric([str(camera.id)], int(is_live))
        return family


def _frames(accounts: dict[int, FrameAccount]) -> Iterator[Metric]:
    resolved = CounterMetricFamily(
        "maskwatch_frames",
        "Captured frames by what became of them.",
        labels=["camera_id", "outcome"],
    )
    waiting = GaugeMetricFamily(
        "maskwatch_frames_waiting", "Frames that no worker has taken.", labels=["camera_id"]
    )
    for camera_id, account in accounts.items():
        for outcome in ("captured", *OUTCOMES):
            resolved.add_metric([str(camera_id), outcome], getattr(account, outcome))
        waiting.add_metric([str(camera_id)], account.waiting)
    yield resolved
    yield waiting


def _latencies(latencies: dict[int, Latency]) -> Metric:
    family = HistogramMetricFamily(
        "maskwatch_latency_seconds",
        "From the capture of a frame until it is recorded and shown.",
        labels=["camera_id"],
    )
    for camera_id, latency in latencies.items():
        buckets = [
            (f"{bound_s:g}", sum(n for bucket, n in latency.counts.items() if bucket <= step))
            for step, bound_s in enumerate(BOUNDS_S)
            if step % STEPS_PER_DOUBLING == 0
        ]
        buckets.append(("+Inf", latency.frames))
        family.add_metric([str(camera_id)], buckets, latency.sum_s)
    return family
