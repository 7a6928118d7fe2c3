"""How the system is: processes, cameras, frame accounts, latencies, queue."""

from datetime import datetime

from flask import Response
from pydantic import Field

from core.accounts import read_accounts, read_epoch
from core.heartbeats import read_health, read_heartbeats
from core.latency import Latency, read_recent_latency
from core.results import count_waiting_results
from core.storage.cameras import Camera, list_cameras
from core.storage.engine import utc_now
from core.storage.users import Role
from dashboard.access import identity, needs
from dashboard.api.operations import api_blueprint
from dashboard.api.schemas import Answered, answer
from dashboard.figures import state_of
from dashboard.services import services

blueprint = api_blueprint("system", "What runs, and how well.")


class ProcessAnswer(Answered):
    kind: str
    name: str
    host: str
    pid: int
    started_at: datetime
    detail: str
    version: str = Field(description="Its release; empty where it does not say.")
    models: list[str] = Field(description="Model versions that a worker uses.")


class LiveFramesAnswer(Answered):
    """captured = the sum of all that follows, at any moment."""

    captured: int
    analysed: int
    unchanged: int
    superseded: int
    expired: int
    lost: int
    failed: int
    waiting: int
    in_flight: int
    is_balanced: bool


class LatencyAnswer(Answered):
    """From capture until recorded and shown, of the last five minutes' frames; in seconds.

    Right to 9 %, and to the difference of the clocks where several hosts take part.
    """

    frames: int
    p50_s: float | None = Field(description="Half of the frames took at most so long.")
    p95_s: float | None
    p99_s: float | None


class CameraSystemAnswer(Answered):
    camera_id: int
    name: str
    state: str
    reason: str
    frames: LiveFramesAnswer
    latency: LatencyAnswer


class QueueAnswer(Answered):
    waiting: int = Field(description="Frames that no worker has taken yet.")
    in_flight: int = Field(description="Frames that a worker holds.")
    results: int = Field(description="Results that are not recorded yet.")


class SystemAnswer(Answered):
    processes: list[ProcessAnswer]
    cameras: list[CameraSystemAnswer]
    queue: QueueAnswer
    counted_since: datetime | None = Field(
        description="When the frame accounts began: Redis was new then, or had lost its data."
    )


@blueprint.get(
    "/system",
    responses={200: SystemAnswer},
)
@needs(Role.OPERATOR)
def read_system() -> Response:
    """List processes and cameras, each camera with the account and latency of its frames."""
    provided = services()
    redis, shards = provided.redis, provided.settings.redis_shards
    with provided.database.read() as session:
        cameras = list_cameras(session, provided.box, identity().scope)
    answers = _cameras(cameras)
    queue = QueueAnswer(
        waiting=sum(one.frames.waiting for one in answers),
        in_flight=sum(one.frames.in_flight for one in answers),
        results=count_waiting_results(redis, shards),
    )
    return answer(
        SystemAnswer(
            processes=[ProcessAnswer.model_validate(one) for one in read_heartbeats(redis)],
            cameras=answers,
            queue=queue,
            counted_since=read_epoch(redis, shards),
        )
    )


def _cameras(cameras: list[Camera]) -> list[CameraSystemAnswer]:
    redis, shards = services().redis, services().settings.redis_shards
    ids = [camera.id for camera in cameras]
    accounts = read_accounts(redis, ids, shards)
    latencies = read_recent_latency(redis, ids, utc_now(), shards)
    health = read_health(redis)
    answers = []
    for camera in cameras:
        state, reason = state_of(camera, health.get(camera.id))
        answers.append(
            CameraSystemAnswer(
                camera_id=camera.id,
                name=camera.name,
                state=state,
                reason=reason,
                frames=LiveFramesAnswer.model_validate(accounts[camera.id]),
                latency=write_latency(latencies[camera.id]),
            )
        )
    return answers


def write_latency(latency: Latency) -> LatencyAnswer:
    p50_s, p95_s, p99_s = (latency.quantile_s(share) for share in (0.5, 0.95, 0.99))
    return LatencyAnswer(frames=latency.frames, p50_s=p50_s, p95_s=p95_s, p99_s=p99_s)
