"""Jobs are carried as JSON, and the timetable's job does its work."""

from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from core.storage.engine import Database
from core.storage.users import create_sign_in_link
from workers.jobs import QUEUE, tidy


def test_tidying_runs_as_a_job_and_removes_expired_links(
    redis: Redis, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASKWATCH_DATA", str(tmp_path))  # where the `database` fixture's file is
    with database.write() as session:
        create_sign_in_link(session, None, timedelta(hours=-1))
    queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
    job = queue.enqueue(tidy)
    content = redis.hget(job.key, "data")

    worker = SimpleWorker([queue], connection=redis, serializer=JSONSerializer)
    worker.work(burst=True, logging_level="WARNING")

    assert b"pickle" not in (content or b"")
    assert job.return_value(refresh=True) == 1
