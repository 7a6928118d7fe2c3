"""What the system takes and what it is made of: database, pictures, disk, memory, software."""

import platform
import shutil
from datetime import datetime

from flask import Response
from pydantic import Field
from redis import Redis

from core.database_sizes import LOOK_BACK, growth_per_day, read_sizes
from core.release import VERSION, version_of
from core.storage.engine import utc_now
from core.storage.pictures import measure_pictures
from core.storage.preferences import read_preferences
from core.storage.sizes import measure_database, read_server_version
from core.storage.users import Role
from dashboard.access import needs
from dashboard.api.schemas import Answered, answer
from dashboard.api.system import blueprint
from dashboard.services import services
from dashboard.system_findings import DiskFacts, RedisFacts

_PACKAGES = ("flask", "sqlalchemy", "redis", "rq", "openvino", "tensorflow", "av")


class DatabaseAnswer(Answered):
    server: str = Field(description="What keeps it, and its version.")
    size_bytes: int
    bytes_per_day: float | None = Field(
        description="How much it grew a day in the last week; null until six hours are known."
    )
    measured_since: datetime | None = Field(description="From when on its growth is measured.")


class PicturesAnswer(Answered):
    count: int
    size_bytes: int
    limit_bytes: int = Field(description="What may be kept; the oldest go each night.")


class DiskAnswer(Answered):
    """Of the data folder, on the host of the dashboard that answers."""

    total_bytes: int
    free_bytes: int


class MemoryAnswer(Answered):
    """Of Redis. max_bytes: 0 where it may take all there is."""

    server: str
    used_bytes: int
    peak_bytes: int
    max_bytes: int
    is_on_disk: bool


class SoftwareAnswer(Answered):
    name: str
    version: str


class ResourcesAnswer(Answered):
    database: DatabaseAnswer
    pictures: PicturesAnswer
    disk: DiskAnswer
    memory: MemoryAnswer
    software: list[SoftwareAnswer] = Field(description="On the host of the dashboard.")


@blueprint.get("/system/resources", responses={200: ResourcesAnswer})
@needs(Role.OPERATOR)
def read_resources() -> Response:
    """Measure database, pictures, disk and memory, and name the software's versions."""
    provided = services()
    resources = ResourcesAnswer(
        database=_measure_database(),
        pictures=_measure_pictures(),
        disk=DiskAnswer.model_validate(read_disk()),
        memory=MemoryAnswer.model_validate(read_redis(provided.redis)),
        software=_software(),
    )
    return answer(resources)


def read_disk() -> DiskFacts:
    """Measure the disk that holds the data folder."""
    usage = shutil.disk_usage(services().settings.data)
    return DiskFacts(usage.total, usage.free)


def read_redis(redis: Redis) -> RedisFacts:
    facts = redis.info("everything")
    valkey = facts.get("valkey_version")
    return RedisFacts(
        server=f"Valkey {valkey}" if valkey else f"Redis {facts['redis_version']}",
        used_bytes=int(facts["used_memory"]),
        peak_bytes=int(facts["used_memory_peak"]),
        max_bytes=int(facts["maxmemory"]),
        policy=str(facts["maxmemory_policy"]),
        is_on_disk=bool(facts["aof_enabled"]),
    )


def _measure_database() -> DatabaseAnswer:
    database, now = services().database, utc_now()
    sizes = read_sizes(services().redis, now - LOOK_BACK)
    return DatabaseAnswer(
        server=read_server_version(database),
        size_bytes=measure_database(database),
        bytes_per_day=growth_per_day(sizes),
        measured_since=sizes[0].at if sizes else None,
    )


def _measure_pictures() -> PicturesAnswer:
    with services().database.read() as session:
        figures = measure_pictures(session)
        megabytes = read_preferences(session).retention.pictures_megabytes
    return PicturesAnswer(
        count=figures.count, size_bytes=figures.content_bytes, limit_bytes=megabytes * 1_000_000
    )


def _software() -> list[SoftwareAnswer]:
    own = {
        "Maskwatch": VERSION,
        "Python": platform.python_version(),
        platform.system(): f"{platform.release()} {platform.machine()}",
    }
    packages = {name: found for name in _PACKAGES if (found := version_of(name))}
    return [SoftwareAnswer(name=name, version=found) for name, found in (own | packages).items()]
