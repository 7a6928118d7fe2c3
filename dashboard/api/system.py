"""How the system is: processes, cameras, frame accounts, queue."""

from datetime import datetime

from flask import Response
from pydantic import Field

from core.accounts import FrameAccount, read_accounts, read_epoch
from core.heartbeats import Heartbeat, read_health, read_heartbeats
from core.results import count_waiting_results
from core.storage.cameras import Camera, list_cameras
from core.storage.users import Role
from dashboard.access import needs
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


class AccountAnswer(Answered):
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


class CameraSystemAnswer(Answered):
    camera_id: int
    name: str
    state: str
    reason: str
    frames: AccountAnswer


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
    """List processes and cameras, each camera with the account of its frames."""
    provided = services()
    with provided.database.read() as session:
        cameras = list_cameras(session, provided.box)
    ids = [camera.id for camera in cameras]
    accounts = read_accounts(provided.redis, ids, provided.settings.redis_shards)
    queue = QueueAnswer(
        waiting=sum(one.waiting for one in accounts.values()),
        in_flight=sum(one.in_flight for one in accounts.values()),
        results=count_waiting_results(provided.redis, provided.settings.redis_shards),
    )
    processes = [_write_process(one) for one in read_heartbeats(provided.redis)]
    return answer(
        SystemAnswer(
            processes=processes,
            cameras=_cameras(cameras, accounts),
            queue=queue,
            counted_since=read_epoch(provided.redis, provided.settings.redis_shards),
        )
    )


def _cameras(cameras: list[Camera], accounts: dict[int, FrameAccount]) -> list[CameraSystemAnswer]:
    health = read_health(services().redis)
    answers = []
    for camera in cameras:
        state, reason = state_of(camera, health.get(camera.id))
        frames = _write_account(accounts[camera.id])
        answers.append(
            CameraSystemAnswer(
                camera_id=camera.id, name=camera.name, state=state, reason=reason, frames=frames
            )
        )
    return answers


def _write_process(beat: Heartbeat) -> ProcessAnswer:
    return ProcessAnswer(
        kind=beat.kind,
        name=beat.name,
        host=beat.host,
        pid=beat.pid,
        started_at=beat.started_at,
        detail=beat.detail,
    )


def _write_account(account: FrameAccount) -> AccountAnswer:
    return AccountAnswer(
        captured=account.captured,
        analysed=account.analysed,
        unchanged=account.unchanged,
        superseded=account.superseded,
        expired=account.expired,
        lost=account.lost,
        failed=account.failed,
        waiting=account.waiting,
        in_flight=account.in_flight,
        is_balanced=account.is_balanced,
    )
