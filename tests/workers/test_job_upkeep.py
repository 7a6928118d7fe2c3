"""Lost jobs are found, due ones are added once, and nothing waits unheard."""

from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis

from core.database_sizes import read_sizes
from core.job_queue import list_rung, open_queue, ring
from core.jobs import JobKind, JobState
from core.retention import RetentionParameters
from core.storage.audit import SYSTEM
from core.storage.engine import Database
from core.storage.job_runs import take_job
from core.storage.jobs import JobFilter, NewJob, add_job_once, get_job, list_jobs
from core.storage.links import create_sign_in_link
from workers.job_upkeep import SILENT_AFTER, JobUpkeep

NIGHT = datetime(2026, 3, 1, 1, tzinfo=UTC)
"""Before the hour of the timetable, so that nothing else is added."""
NEW = NewJob(JobKind.ERASURE, RetentionParameters(), SYSTEM)


@pytest.fixture
def upkeep(database: Database, redis: Redis) -> JobUpkeep:
    return JobUpkeep(database, open_queue(redis))


def add(database: Database, job_id: str, at: datetime) -> None:
    with database.write() as session:
        add_job_once(session, NEW, job_id, at)


def test_a_job_that_redis_lost_is_rung_for_again_once(
    upkeep: JobUpkeep, database: Database, redis: Redis
) -> None:
    queue = open_queue(redis)
    add(database, "lost", NIGHT - timedelta(minutes=1))
    add(database, "just added", NIGHT)

    upkeep.step(NIGHT)
    upkeep.step(NIGHT)

    assert "lost" in list_rung(queue)
    assert "just added" not in list_rung(queue)
    assert queue.count == 1


def test_a_job_whose_bell_lies_in_the_queue_is_left_alone(
    upkeep: JobUpkeep, database: Database, redis: Redis
) -> None:
    queue = open_queue(redis)
    add(database, "waiting", NIGHT - timedelta(hours=1))
    ring(queue, "waiting")

    upkeep.step(NIGHT)

    assert queue.count == 1


def test_a_run_that_fell_silent_waits_again_and_is_rung_for(
    upkeep: JobUpkeep, database: Database, redis: Redis
) -> None:
    add(database, "silent", NIGHT - timedelta(hours=1))
    with database.write() as session:
        take_job(session, "silent", NIGHT - SILENT_AFTER - timedelta(seconds=1))

    upkeep.step(NIGHT)

    with database.read() as session:
        job = get_job(session, "silent")
    assert job.state is JobState.WAITING
    assert job.message == "its process died; it is run again"
    assert "silent" in list_rung(open_queue(redis))


@pytest.mark.parametrize(
    ("hour", "expected"),
    [
        pytest.param(2, [], id="too early"),
        pytest.param(3, ["retention-2026-03-01"], id="at its hour"),
        pytest.param(23, ["retention-2026-03-01"], id="after a day without power"),
    ],
)
def test_retention_is_due_once_a_day(
    upkeep: JobUpkeep, database: Database, hour: int, expected: list[str]
) -> None:
    moment = NIGHT.replace(hour=hour)
    for _ in range(2):
        upkeep.step(moment)

    with database.read() as session:
        jobs, _ = list_jobs(session, JobFilter(), None, 10)
    assert [job.id for job in jobs] == expected
    assert all(job.actor == SYSTEM for job in jobs)


def test_links_that_have_run_out_are_forgotten(upkeep: JobUpkeep, database: Database) -> None:
    with database.write() as session:
        create_sign_in_link(session, None, timedelta(hours=-1))

    upkeep.step(NIGHT)

    with database.read() as session:
        assert session.connection().exec_driver_sql("SELECT * FROM sign_in_links").all() == []


def test_the_size_of_the_database_is_noted(upkeep: JobUpkeep, redis: Redis) -> None:
    upkeep.step(NIGHT)
    (size,) = read_sizes(redis, NIGHT - timedelta(days=1))
    assert size.size_bytes > 10_000
