"""A run tells how far it is, hears when to stop, and ends the processes that it started."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from core.errors import JobCancelled, JobFailed, JobLost, JobStopped
from core.jobs import JobKind
from core.processes import Stop
from core.retention import RetentionParameters
from core.settings import load_settings
from core.storage.audit import SYSTEM
from core.storage.engine import Database
from core.storage.job_runs import give_up_run, take_job
from core.storage.jobs import Job, NewJob, add_job, ask_cancel, get_job
from tests.waiting import wait_for
from workers import job_context
from workers.job_context import LEFT_OUT, LOG_LINE_LENGTH_MAX, LOG_LINES_MAX, JobContext

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def stop() -> Stop:
    return Stop()


@pytest.fixture
def context(database: Database, tmp_path: Path, stop: Stop) -> JobContext:
    with database.write() as session:
        job_id = add_job(session, NewJob(JobKind.RETENTION, RetentionParameters(), SYSTEM))
        take_job(session, job_id, NOW)
        job = get_job(session, job_id)
    return JobContext(load_settings(data=tmp_path), database, job, stop)


def read(context: JobContext) -> Job:
    with context.database.read() as session:
        return get_job(session, context.claim.job_id)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every report be written."""
    monkeypatch.setattr(job_context, "REPORT_EVERY_S", 0.0)


def test_the_first_report_is_written_at_once_and_the_next_ones_wait(context: JobContext) -> None:
    context.say("begun")
    context.report(0.25, "a quarter")
    context.report(0.5, "half")

    job = read(context)

    assert (job.progress, job.message) == (0.25, "a quarter")
    assert job.log.endswith(" begun\n")
    assert job.heard_at is not None
    assert job.heard_at > NOW


@pytest.mark.usefixtures("hasty")
def test_a_report_raises_where_the_job_was_cancelled(context: JobContext) -> None:
    context.report(0.1, "going")
    with context.database.write() as session:
        ask_cancel(session, context.claim.job_id, NOW)

    with pytest.raises(JobCancelled):
        context.report(0.2, "going")


@pytest.mark.usefixtures("hasty")
def test_a_report_raises_where_the_job_was_given_to_another(context: JobContext) -> None:
    with context.database.write() as session:
        give_up_run(session, context.claim, "it was silent", NOW)

    with pytest.raises(JobLost):
        context.report(0.2, "going")


def test_every_report_raises_where_the_process_is_to_stop(context: JobContext, stop: Stop) -> None:
    context.report(0.1, "going")
    stop.set()

    with pytest.raises(JobStopped):
        context.report(0.1, "going")


def test_the_log_is_bounded(context: JobContext) -> None:
    for number in range(LOG_LINES_MAX + 5):
        context.say(f"line {number}")
    context.say("long\n" * 1000)

    lines = context.log.splitlines()

    assert len(lines) == LOG_LINES_MAX
    assert lines[0] == LEFT_OUT
    assert lines[-2].endswith(f" line {LOG_LINES_MAX + 4}")
    assert len(lines[-1]) == LOG_LINE_LENGTH_MAX


def test_a_run_goes_on_with_the_log_of_the_run_before(
    context: JobContext, stop: Stop, database: Database
) -> None:
    context.say("first run")
    context.report(None, "")

    again = JobContext(context.settings, database, read(context), stop)
    again.say("second run")

    assert [line[20:] for line in again.log.splitlines()] == ["first run", "second run"]


def test_a_run_beats_while_it_works(context: JobContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_context, "BEAT_EVERY_S", 0.01)
    with context.beating():
        wait_for("a beat", lambda: read(context).heard_at != NOW)

    heard_at = read(context).heard_at
    assert heard_at is not None
    assert heard_at > NOW


def python(*lines: str) -> list[str]:
    return [sys.executable, "-u", "-c", "\n".join(lines)]


def test_a_childs_lines_are_reported_logged_and_its_result_returned(context: JobContext) -> None:
    result = context.run_program(
        python(
            'print(\'{"progress": 0.5, "message": "half"}\')',
            'print(\'{"message": "found 3", "said": true}\')',
            "print('no JSON')",
            'print(\'{"result": {"frames": 3}}\')',
            "import sys; print('x' * 200_000, file=sys.stderr)",
        )
    )
    context._told_at_s = 0.0
    context.check()

    job = read(context)
    assert result == {"frames": 3}
    assert (job.progress, job.message) == (0.5, "half")
    assert [line[20:] for line in job.log.splitlines()] == ["found 3", "no JSON"]


def test_a_child_that_says_much_ends_with_a_run_that_is_stopped(
    context: JobContext, stop: Stop
) -> None:
    stop.set()
    with pytest.raises(JobStopped):
        context.run_program(python("while True: print('1')"))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        pytest.param(
            ["import sys", "print('Error: no such video', file=sys.stderr)", "sys.exit(1)"],
            "no such video",
            id="its last words",
        ),
        pytest.param(["import os", "os.kill(os.getpid(), 9)"], "was killed", id="no words"),
    ],
)
def test_a_child_that_fails_fails_the_run(
    context: JobContext, lines: list[str], words: str
) -> None:
    with pytest.raises(JobFailed, match=words):
        context.run_program(python(*lines))


def test_a_child_ends_with_a_run_that_is_stopped(context: JobContext, stop: Stop) -> None:
    stop.set()
    with pytest.raises(JobStopped):
        context.run_program(python("import time", "print('1')", "time.sleep(61)"))

    children = psutil.Process(os.getpid()).children()
    assert [child for child in children if "time.sleep(61)" in " ".join(child.cmdline())] == []
