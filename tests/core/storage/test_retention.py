"""What is too old goes, in small batches; hours and days stay; space is given back."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select

from core.errors import JobCancelled
from core.jobs import JobKind, JobState
from core.preferences import Retention
from core.retention import Pruned, RetentionParameters
from core.storage.audit import SYSTEM, record_change
from core.storage.engine import Database
from core.storage.installation import read_minutes_from
from core.storage.job_runs import end_job, take_job
from core.storage.jobs import NewJob, add_job_once
from core.storage.retention import BATCH_ROWS, count_outdated, find_limits, prune
from core.storage.tables import (
    AuditRow,
    DayRollupRow,
    FrameAccountRow,
    HourRollupRow,
    JobRow,
    MinuteRollupRow,
    SightingPictureRow,
    SightingRow,
    Table,
)
from tests.core.storage.past import (
    DAY,
    PICTURE_BYTES,
    Person,
    Silent,
    keep,
    minutes_between,
    register_cameras,
)

NOW = DAY + timedelta(days=10, hours=12)


def count(database: Database, row: type[Table]) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(row)) or 0


def keep_people(database: Database, moments: Iterable[datetime]) -> None:
    with database.write() as session:
        register_cameras(session, 1)
        keep(session, [Person(1, moment) for moment in moments], 1)


def test_pictures_go_before_their_sightings_and_those_later(any_database: Database) -> None:
    keep_people(any_database, [NOW - timedelta(days=days, hours=1) for days in range(10)])
    retention = Retention(pictures_days=3, sightings_days=6)

    pruned = prune(any_database, retention, NOW, SYSTEM, Silent())

    assert (pruned.pictures, pruned.sightings) == (7, 4)
    assert pruned.picture_bytes == 7 * PICTURE_BYTES
    with any_database.read() as session:
        assert session.scalar(select(func.min(SightingRow.started_at))) == NOW - timedelta(
            days=5, hours=1
        )
    assert count(any_database, SightingPictureRow) == 3


def test_the_oldest_pictures_go_where_there_are_too_many_megabytes(
    any_database: Database,
) -> None:
    moments = [NOW - timedelta(minutes=n) for n in range(2500)]
    keep_people(any_database, moments)

    pruned = prune(any_database, Retention(pictures_megabytes=1), NOW, SYSTEM, Silent())

    assert (pruned.pictures, pruned.sightings) == (1500, 0)
    with any_database.read() as session:
        oldest = session.scalar(select(func.min(SightingPictureRow.taken_at)))
    assert oldest == moments[999]


def test_minutes_and_frame_accounts_go_but_hours_and_days_stay(any_database: Database) -> None:
    minutes = minutes_between(DAY, DAY + timedelta(days=2))
    with any_database.write() as session:
        register_cameras(session, 1, 2)
        keep(session, [Person(1, DAY + timedelta(hours=5))], 1, minutes)
        keep(session, [], 2, minutes[:10])
    retention = Retention(minutes_days=9)

    pruned = prune(any_database, retention, NOW, SYSTEM, Silent())

    assert (pruned.minutes, pruned.frame_accounts) == (1440 + 10, 1440 + 10)
    assert count(any_database, MinuteRollupRow) == count(any_database, FrameAccountRow) == 1440
    assert count(any_database, HourRollupRow) == 48 + 1
    assert count(any_database, DayRollupRow) == 2 + 1
    with any_database.read() as session:
        assert read_minutes_from(session) == DAY + timedelta(days=1)
        day = session.get_one(DayRollupRow, (1, DAY))
        assert (day.mask, day.seen_minutes) == (1, 1440)


def test_minutes_that_have_gone_do_not_count_as_outdated_though_their_hours_stay(
    database: Database,
) -> None:
    with database.write() as session:
        register_cameras(session, 1)
        keep(session, [], 1, minutes_between(DAY, DAY + timedelta(days=3)))
    counts = []
    for days in (9, 8):
        retention = Retention(minutes_days=days)
        with database.read() as session:
            limits = find_limits(session, retention, NOW)
            counts.append(count_outdated(session, limits).minutes)
        counts.append(prune(database, retention, NOW, SYSTEM, Silent()).minutes)
    assert counts == [1440] * 4


def test_where_no_minutes_go_readers_keep_counting_by_minutes(database: Database) -> None:
    keep_people(database, [NOW])

    prune(database, Retention(minutes_days=1), NOW, SYSTEM, Silent())

    with database.read() as session:
        assert read_minutes_from(session) is None


def test_old_entries_of_the_audit_and_ended_jobs_go(any_database: Database) -> None:
    long_ago = NOW - timedelta(days=100)
    new = NewJob(JobKind.RETENTION, RetentionParameters(), SYSTEM)
    with any_database.write() as session:
        record_change(session, SYSTEM, "camera.add", "camera 1", after={"name": "door"})
        session.execute(insert(AuditRow).values(AUDIT | {"at": long_ago}))
        for job_id, moment in (("ended", long_ago), ("waiting", long_ago), ("young", NOW)):
            add_job_once(session, new, job_id, moment)
        claim = take_job(session, "ended", NOW)
        assert claim is not None
        end_job(session, claim, JobState.DONE, "", NOW)

    pruned = prune(any_database, Retention(audit_days=50, jobs_days=50), NOW, SYSTEM, Silent())

    assert (pruned.audit, pruned.jobs) == (1, 1)
    with any_database.read() as session:
        assert set(session.scalars(select(JobRow.id))) == {"waiting", "young"}
        actions = session.scalars(select(AuditRow.action).order_by(AuditRow.id)).all()
    assert actions == ["camera.add", "history.prune"]


def test_a_dry_run_tells_what_a_run_then_does(any_database: Database) -> None:
    moments = [NOW - timedelta(hours=n) for n in range(240)]
    keep_people(any_database, moments)
    retention = Retention(pictures_days=2, sightings_days=5, minutes_days=7)
    with any_database.read() as session:
        planned = count_outdated(session, find_limits(session, retention, NOW))

    pruned = prune(any_database, retention, NOW, SYSTEM, Silent())
    again = prune(any_database, retention, NOW, SYSTEM, Silent())

    assert planned == pruned
    assert pruned.rows > 100
    assert again == Pruned()


def test_no_transaction_deletes_more_than_a_batch(database: Database) -> None:
    moments = [NOW - timedelta(days=9, minutes=n) for n in range(1, 2500)]
    keep_people(database, moments)
    deleted: list[int] = []
    rows = 0

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        nonlocal rows
        if statement.startswith("DELETE"):
            rows += cursor.rowcount if cursor.rowcount > 0 else 0

    def end(_: Any) -> None:
        nonlocal rows
        deleted.append(rows)
        rows = 0

    engine = database._engine
    event.listen(engine, "after_cursor_execute", note)
    event.listen(engine, "commit", end)
    retention = Retention(sightings_days=5, pictures_days=5, minutes_days=5)
    prune(database, retention, NOW, SYSTEM, Silent())

    assert 0 < max(deleted) <= BATCH_ROWS
    assert count(database, SightingRow) == 0


def test_what_went_before_an_interruption_stands_in_the_audit(database: Database) -> None:
    keep_people(database, [NOW - timedelta(days=9, minutes=n) for n in range(2500)])

    class StopsSoon(Silent):
        def report(self, share: float | None, message: str) -> None:
            raise JobCancelled("cancelled")

    with pytest.raises(JobCancelled):
        prune(database, Retention(pictures_days=1), NOW, SYSTEM, StopsSoon())

    with database.read() as session:
        (row,) = session.scalars(select(AuditRow))
    assert Pruned.model_validate_json(row.after or "").pictures == BATCH_ROWS


def test_the_file_gets_shorter_and_holds_nothing_of_what_went(
    database: Database, tmp_path: Path
) -> None:
    keep_people(database, [NOW - timedelta(days=9, minutes=n) for n in range(3000)])
    database.checkpoint()
    file = tmp_path / "maskwatch.db"
    before = file.stat().st_size
    assert b"j" * PICTURE_BYTES in file.read_bytes()

    prune(database, Retention(pictures_days=1), NOW, SYSTEM, Silent())

    assert file.stat().st_size < before / 2
    assert b"j" * 100 not in file.read_bytes()
    assert b"j" * 100 not in (tmp_path / "maskwatch.db-wal").read_bytes()


AUDIT = {
    "actor": "anna",
    "actor_kind": "user",
    "address": "",
    "action": "user.add",
    "subject": "bob",
}
