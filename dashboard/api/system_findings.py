"""What is wrong, the worst first, in sentences that say what to do."""

from datetime import timedelta

from flask import Response
from pydantic import Field

from core.accounts import read_accounts
from core.heartbeats import read_heartbeats
from core.jobs import JobState
from core.results import count_waiting_results
from core.storage.cameras import Camera, list_cameras
from core.storage.engine import utc_now
from core.storage.jobs import JobFilter, list_jobs
from core.storage.users import Role
from dashboard.access import identity, needs
from dashboard.api.camera_health import describe_conditions
from dashboard.api.schemas import Answered, answer
from dashboard.api.system import blueprint
from dashboard.api.system_resources import read_disk, read_redis
from dashboard.audit import actor
from dashboard.services import services
from dashboard.system_findings import (
    CameraFacts,
    FailedJob,
    Severity,
    SystemFacts,
    find_faults,
)

JOBS_SINCE = timedelta(days=1)
JOBS_MAX = 5


class FindingAnswer(Answered):
    """One thing that is wrong."""

    severity: Severity
    title: str
    advice: str = Field(description="What it comes from, and what to do.")
    link: str = Field(description="A page to do it on; may be empty.")
    camera_id: int | None


class FindingPage(Answered):
    items: list[FindingAnswer]
    next_cursor: str | None = None


@blueprint.get("/system/findings", responses={200: FindingPage})
@needs(Role.OPERATOR)
def list_findings() -> Response:
    """Say what is wrong with processes, cameras, disk, memory and jobs, the worst first."""
    found = find_faults(_read_facts())
    return answer(FindingPage(items=[FindingAnswer.model_validate(one) for one in found]))


def _read_facts() -> SystemFacts:
    provided = services()
    with provided.database.read() as session:
        cameras = list_cameras(session, provided.box, identity().scope)
    return SystemFacts(
        processes=read_heartbeats(provided.redis),
        cameras=_look_at(cameras),
        disk=read_disk(),
        redis=read_redis(provided.redis),
        waiting_results=count_waiting_results(provided.redis, provided.settings.redis_shards),
        failed_jobs=_failed_jobs(),
    )


def _look_at(cameras: list[Camera]) -> list[CameraFacts]:
    provided, names = services(), {camera.id: camera.name for camera in cameras}
    accounts = read_accounts(provided.redis, names, provided.settings.redis_shards)
    return [
        CameraFacts(
            one.camera_id,
            names[one.camera_id],
            one.condition,
            one.reason,
            accounts[one.camera_id].is_balanced,
        )
        for one in describe_conditions(cameras)
    ]


def _failed_jobs() -> list[FailedJob]:
    since = utc_now() - JOBS_SINCE
    wanted = JobFilter(state=JobState.FAILED, scope=identity().scope, asker=actor())
    with services().database.read() as session:
        found, _ = list_jobs(session, wanted, None, JOBS_MAX)
    return [
        FailedJob(one.id, one.kind, one.message)
        for one in found
        if one.ended_at is not None and one.ended_at > since
    ]
