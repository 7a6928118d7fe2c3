"""A job's row says who may run it, how far it is and how it ended, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, update

from core.access_scopes import CameraScope
from core.errors import BadRequest, Conflict, JobLost, NotFound
from core.jobs import RUNS_MAX, JobKind, JobState
from core.retention import Pruned, RetentionParameters
from core.storage.audit import SYSTEM, Actor, ActorKind
from core.storage.engine import Database
from core.storage.job_runs import (
    Claim,
    beat,
    end_job,
    give_back,
    give_up_run,
    give_up_silent_runs,
    note_progress,
    take_job,
)
from core.storage.jobs import (
    Job,
    JobFilter,
    NewJob,
    add_job,
    add_job_once,
    ask_cancel,
    get_job,
    list_jobs,
    list_waiting,
)
from core.storage.tables import CameraRow, SiteRow
from tests.core.storage.past import register_cameras

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANNA = Actor("anna", ActorKind.USER, "192.0.2.7")
NEW = NewJob(JobKind.RETENTION, RetentionParameters(), ANNA)


def added(database: Database, new: NewJob = NEW) -> str:
    with database.write() as session:
        return add_job(session, new)


def taken(database: Database, job_id: str, now: datetime = NOW) -> Claim:
    with database.write() as session:
        claim = take_job(session, job_id, now)
    assert claim is not None
    return claim


def read(database: Database, job_id: str) -> Job:
    with database.read() as session:
        return get_job(session, job_id)


def test_a_new_job_waits_and_names_its_asker(any_database: Database) -> None:
    job = read(any_database, added(any_database))

    assert job.state is JobState.WAITING
    assert job.actor == ANNA
    assert (job.progress, job.runs, job.log, job.result) == (None, 0, "", None)


def test_only_one_process_takes_a_job(any_database: Database) -> None:
    job_id = added(any_database)

    claim = taken(any_database, job_id)

    assert read(any_database, job_id).holder == claim.holder
    with any_database.write() as session:
        assert take_job(session, job_id, NOW) is None
        assert take_job(session, "unknown", NOW) is None


def test_a_run_tells_its_progress_and_ends_with_a_result(any_database: Database) -> None:
    job_id = added(any_database)
    claim = taken(any_database, job_id)

    with any_database.write() as session:
        assert not note_progress(session, claim, 0.5, "half", "a line\n", NOW)
    half = read(any_database, job_id)
    with any_database.write() as session:
        assert end_job(session, claim, JobState.DONE, "done", NOW, Pruned(sightings=3))
    job = read(any_database, job_id)

    assert (half.progress, half.message, half.log) == (0.5, "half", "a line\n")
    assert (job.state, job.progress, job.ended_at) == (JobState.DONE, 1.0, NOW)
    assert Pruned.model_validate_json(job.result or "").sightings == 3
    assert job.log == "a line\n"


def test_a_run_that_was_given_up_writes_nothing_any_more(any_database: Database) -> None:
    job_id = added(any_database)
    lost = taken(any_database, job_id)
    with any_database.write() as session:
        give_up_silent_runs(session, NOW + timedelta(seconds=1), NOW)
    taken(any_database, job_id)

    with any_database.write() as session:
        with pytest.raises(JobLost):
            note_progress(session, lost, 1.0, "", "", NOW)
        assert not beat(session, lost, NOW)
        assert not end_job(session, lost, JobState.DONE, "", NOW)
        assert not give_back(session, lost, "", "")
        assert give_up_run(session, lost, "", NOW) is None

    assert read(any_database, job_id).state is JobState.RUNNING


def test_a_job_whose_runs_die_is_run_again_twice_and_then_has_failed(
    any_database: Database,
) -> None:
    job_id = added(any_database)
    states = []
    for _ in range(RUNS_MAX):
        claim = taken(any_database, job_id)
        with any_database.write() as session:
            states.append(give_up_run(session, claim, "its process died", NOW))

    assert states == [JobState.WAITING, JobState.WAITING, JobState.FAILED]
    assert read(any_database, job_id).message == "its process died 3 times; it is given up"


def test_only_silent_runs_are_given_up(any_database: Database) -> None:
    silent, heard, waiting = (added(any_database) for _ in range(3))
    for job_id in (silent, heard):
        claim = taken(any_database, job_id)
    with any_database.write() as session:
        assert beat(session, claim, NOW + timedelta(minutes=1))
        given_up = give_up_silent_runs(session, NOW + timedelta(seconds=30), NOW)

    assert given_up == [silent]
    assert read(any_database, waiting).state is JobState.WAITING


def test_a_run_that_was_stopped_does_not_count(any_database: Database) -> None:
    job_id = added(any_database)
    for _ in range(RUNS_MAX + 1):
        claim = taken(any_database, job_id)
        with any_database.write() as session:
            assert give_back(session, claim, "stopped", "log\n")

    job = read(any_database, job_id)

    assert (job.state, job.runs, job.log) == (JobState.WAITING, 0, "log\n")


def test_a_waiting_job_is_cancelled_at_once(any_database: Database) -> None:
    job_id = added(any_database)
    with any_database.write() as session:
        assert ask_cancel(session, job_id, NOW) is JobState.CANCELLED

    with any_database.write() as session:
        assert take_job(session, job_id, NOW) is None
        with pytest.raises(Conflict, match="it is cancelled"):
            ask_cancel(session, job_id, NOW)
        with pytest.raises(NotFound):
            ask_cancel(session, "unknown", NOW)


def test_a_running_job_hears_that_it_is_to_stop(any_database: Database) -> None:
    job_id = added(any_database)
    claim = taken(any_database, job_id)
    with any_database.write() as session:
        assert ask_cancel(session, job_id, NOW) is JobState.RUNNING
        assert note_progress(session, claim, None, "", "", NOW)


def test_a_job_that_dies_while_it_is_cancelled_is_cancelled(any_database: Database) -> None:
    job_id = added(any_database)
    claim = taken(any_database, job_id)
    with any_database.write() as session:
        ask_cancel(session, job_id, NOW)
        assert give_up_run(session, claim, "killed", NOW) is JobState.CANCELLED


def test_a_job_of_the_timetable_is_added_once(any_database: Database) -> None:
    with any_database.write() as session:
        assert add_job_once(session, NEW, "retention-2026-03-01", NOW)
        assert not add_job_once(session, NEW, "retention-2026-03-01", NOW)
        assert list_waiting(session, NOW) == []
        assert list_waiting(session, NOW + timedelta(seconds=1)) == ["retention-2026-03-01"]


def test_jobs_are_listed_newest_first_by_pages(any_database: Database) -> None:
    with any_database.write() as session:
        for number in range(5):
            add_job_once(session, NEW, f"job {number}", NOW + timedelta(seconds=number // 2))
    pages = []
    cursor = None
    with any_database.read() as session:
        while True:
            page, cursor = list_jobs(session, JobFilter(), cursor, 2)
            pages.append([job.id for job in page])
            if cursor is None:
                break

    assert pages == [["job 4", "job 3"], ["job 2", "job 1"], ["job 0"]]


def test_jobs_are_filtered_by_kind_and_state(any_database: Database) -> None:
    erasure = added(any_database, NewJob(JobKind.ERASURE, RetentionParameters(), SYSTEM))
    running = added(any_database)
    taken(any_database, running)

    with any_database.read() as session:
        of_kind, _ = list_jobs(session, JobFilter(kind=JobKind.ERASURE), None, 10)
        of_state, _ = list_jobs(session, JobFilter(state=JobState.RUNNING), None, 10)

    assert [job.id for job in of_kind] == [erasure]
    assert [job.id for job in of_state] == [running]


@pytest.mark.parametrize("cursor", ["x", "99999999999999999999-a", ""])
def test_a_foreign_cursor_is_refused(database: Database, cursor: str) -> None:
    with database.read() as session, pytest.raises(BadRequest):
        list_jobs(session, JobFilter(), cursor, 10)


def test_who_is_limited_sees_own_jobs_and_those_of_their_cameras(any_database: Database) -> None:
    with any_database.write() as session:
        session.execute(insert(SiteRow).values(id=1, name="north", created_at=NOW))
        register_cameras(session, 1, 2)
        session.execute(update(CameraRow).where(CameraRow.id == 1).values(site_id=1))
    system = NewJob(JobKind.BACKFILL, RetentionParameters(), SYSTEM)
    visible = added(any_database, NewJob(system.kind, system.parameters, SYSTEM, camera_id=1))
    hidden = added(any_database, NewJob(system.kind, system.parameters, SYSTEM, camera_id=2))
    added(any_database, system)
    own = added(any_database)
    scope = CameraScope(frozenset({1}))

    with any_database.read() as session:
        seen, _ = list_jobs(session, JobFilter(scope=scope, asker=ANNA), None, 10)
        everything, _ = list_jobs(session, JobFilter(), None, 10)
        assert get_job(session, visible, scope, ANNA).id == visible
        with pytest.raises(NotFound):
            get_job(session, hidden, scope, ANNA)

    assert {job.id for job in seen} == {visible, own}
    assert len(everything) == 4
