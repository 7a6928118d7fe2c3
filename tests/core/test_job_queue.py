"""A job is added in SQL first, and handed to RQ after; Redis may be away for that."""

import pytest
from redis import Redis

from core.job_queue import CARRIED_TO, enqueue, hand_over, list_rung, open_queue, ring
from core.jobs import JobKind, JobState
from core.retention import RetentionParameters
from core.storage.audit import SYSTEM
from core.storage.engine import Database
from core.storage.jobs import get_job
from workers.jobs import carry_out


def test_a_job_is_added_and_rung_for(redis: Redis, database: Database) -> None:
    job_id = enqueue(redis, database, JobKind.RETENTION, RetentionParameters(), SYSTEM)

    with database.read() as session:
        assert get_job(session, job_id).state is JobState.WAITING
    assert job_id in list_rung(open_queue(redis))


def test_where_redis_is_away_the_job_waits_in_sql(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = Redis(port=1, socket_connect_timeout=0.1)

    job_id = enqueue(nowhere, database, JobKind.RETENTION, RetentionParameters(), SYSTEM)

    with database.read() as session:
        assert get_job(session, job_id).state is JobState.WAITING
    assert f"job {job_id} waits for Redis" in caplog.text


def test_only_the_jobs_own_bell_counts(redis: Redis) -> None:
    queue = open_queue(redis)
    assert "one" not in list_rung(queue)

    ring(queue, "one")
    hand_over(redis, "two")

    assert list_rung(queue) == {"one", "two"}


def test_what_rq_calls_by_name_is_there() -> None:
    """Core imports no other room: the name is text there, and held here."""
    assert f"{carry_out.__module__}.{carry_out.__qualname__}" == CARRIED_TO
