"""After an erasure nothing of that camera and time is left, and the rest counts as before."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

import core.storage.erasure
from core.access_scopes import CameraScope
from core.erasure import Erased, ErasureParameters
from core.errors import BadRequest, JobCancelled, NotFound
from core.storage.audit import SYSTEM
from core.storage.engine import Database, Moment, utc_now
from core.storage.erasure import check_erasure, count_erasure, erase
from core.storage.installation import write_minutes_from
from core.storage.recording import read_mark
from core.storage.tables import (
    AuditRow,
    OpenPictureRow,
    OpenTracksRow,
    SightingPictureRow,
    SightingRow,
    Table,
)
from core.types import Verdict
from tests.core.storage.past import DAY, Person, Silent, keep, minutes_between, register_cameras

START, END = DAY.replace(hour=10, minute=7), DAY.replace(hour=13, minute=23)
EXEMPT = {"rollups_quarter", "rollups_hour", "rollups_day", "jobs", "audit"}
"""The counts are compared as a whole; jobs and audit tell of the erasure itself."""


def people_of(camera_id: int) -> list[Person]:
    """Somebody every seven minutes of the day."""
    verdicts = list(Verdict)
    return [
        Person(camera_id, DAY + timedelta(minutes=7 * n, seconds=n), verdict=verdicts[n % 4])
        for n in range(24 * 60 // 7)
    ]


def keep_day(database: Database, camera_id: int, people: list[Person], skipped: range) -> None:
    """Keep a day; skipped: minutes of the day that are left out of it."""
    minutes = minutes_between(DAY, DAY + timedelta(days=1))
    seen = [one for number, one in enumerate(minutes) if number not in skipped]
    with database.write() as session:
        keep(session, people, camera_id, seen)


def register(database: Database) -> None:
    with database.write() as session:
        register_cameras(session, 1, 2)


def rollups(database: Database) -> dict[str, Sequence[Any]]:
    tables = [table for name, table in Table.metadata.tables.items() if name.startswith("rollups")]
    with database.read() as session:
        return {
            table.name: session.execute(select(table).order_by(*table.primary_key)).all()
            for table in tables
        }


def moments_left(
    database: Database, camera_id: int, start: datetime, end: datetime
) -> Iterator[tuple[str, str, datetime]]:
    """Walk all tables for moments of a camera within a range."""
    with database.read() as session:
        for table in Table.metadata.sorted_tables:
            columns = [column for column in table.columns if isinstance(column.type, Moment)]
            if table.name in EXEMPT or "camera_id" not in table.columns:
                continue
            query = select(*columns).where(table.c.camera_id == camera_id) if columns else None
            for row in session.execute(query) if query is not None else ():
                for column, moment in zip(columns, row, strict=True):
                    if moment and start <= moment < end:
                        yield table.name, column.name, moment


def test_nothing_of_the_range_is_left_and_all_else_is_as_if_it_had_never_been(
    any_database: Database,
) -> None:
    register(any_database)
    for camera_id in (1, 2):
        keep_day(any_database, camera_id, people_of(camera_id), range(0))

    erased = erase(
        any_database, ErasureParameters(camera_id=1, start=START, end=END), SYSTEM, Silent()
    )

    assert list(moments_left(any_database, 1, START, END)) == []
    gone = [one for one in people_of(1) if START <= one.came_at < END]
    assert (erased.sightings, erased.pictures) == (len(gone), len(gone))
    assert (erased.minutes, erased.frame_accounts) == (196, 196)
    left = rollups(any_database)
    with any_database.write() as session:  # the same day, without that range from the start
        for table in reversed(Table.metadata.sorted_tables):
            if table.name.startswith(("rollups", "sighting", "frame")):
                session.execute(table.delete())
    kept = [one for one in people_of(1) if one not in gone]
    keep_day(any_database, 1, kept, range(10 * 60 + 7, 13 * 60 + 23))
    keep_day(any_database, 2, people_of(2), range(0))
    assert left == rollups(any_database)


def test_who_is_in_view_as_the_range_begins_is_erased_with_the_minutes_since(
    database: Database,
) -> None:
    register(database)
    early = Person(1, START - timedelta(seconds=90), stayed=timedelta(minutes=5))
    before = Person(1, START - timedelta(minutes=3))
    with database.write() as session:
        keep(session, [early, before], 1, minutes_between(DAY, END))

    erase(database, ErasureParameters(camera_id=1, start=START, end=END), SYSTEM, Silent())

    with database.read() as session:
        assert session.scalars(select(SightingRow.started_at)).all() == [before.came_at]
        assert session.scalars(select(SightingPictureRow.taken_at)).all() == [before.came_at]
    (day,) = rollups(database)["rollups_day"]
    assert (day.mask, day.seen_minutes) == (1, 10 * 60 + 5)


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        pytest.param(ErasureParameters(camera_id=1), {2}, id="all of a camera"),
        pytest.param(ErasureParameters(start=START), {1, 2}, id="all cameras since"),
        pytest.param(ErasureParameters(end=DAY + timedelta(days=1)), set(), id="until"),
        pytest.param(ErasureParameters(), set(), id="all"),
        pytest.param(ErasureParameters(start=DAY + timedelta(days=9)), {1, 2}, id="nothing there"),
    ],
)
def test_cameras_and_times_may_be_left_open(
    database: Database, asked: ErasureParameters, left: set[int]
) -> None:
    register(database)
    for camera_id in (1, 2):
        keep_day(database, camera_id, people_of(camera_id), range(0))

    erase(database, asked, SYSTEM, Silent())

    with database.read() as session:
        rows = session.execute(select(SightingRow.camera_id, SightingRow.started_at)).all()
    assert {row.camera_id for row in rows} == left
    if asked.start and asked.start < DAY + timedelta(days=1):
        assert all(row.started_at < asked.start for row in rows)


def test_open_tracks_go_and_the_recorder_hears_of_it(database: Database) -> None:
    register(database)
    now = utc_now()
    with database.write() as session:
        for camera_id in (1, 2):
            session.execute(insert(OpenTracksRow).values(camera_id=camera_id, snapshot=b"tracks"))
            session.execute(insert(OpenPictureRow).values(OPEN_PICTURE | {"camera_id": camera_id}))
        before = read_mark(session, 1)

    erased = erase(
        database, ErasureParameters(camera_id=1, start=now - timedelta(hours=1)), SYSTEM, Silent()
    )

    assert (erased.open_tracks, erased.open_pictures) == (1, 1)
    with database.read() as session:
        assert session.scalars(select(OpenTracksRow.camera_id)).all() == [2]
        assert session.scalars(select(OpenPictureRow.camera_id)).all() == [2]
        assert read_mark(session, 1).version > before.version
        assert read_mark(session, 2).version == before.version


def test_what_went_is_told_before_and_audited_after(database: Database) -> None:
    register(database)
    keep_day(database, 1, people_of(1), range(0))
    asked = ErasureParameters(camera_id=1, start=START, end=END)
    with database.read() as session:
        counted = count_erasure(session, asked, utc_now())

    erased = erase(database, asked, SYSTEM, Silent())
    again = erase(database, asked, SYSTEM, Silent())

    assert counted == erased
    assert again == Erased()
    with database.read() as session:
        first = session.scalars(select(AuditRow).order_by(AuditRow.id)).first()
    assert first is not None
    assert (first.action, first.subject) == ("history.erase", asked.describe())
    assert Erased.model_validate_json(first.after or "") == erased


def test_an_interrupted_erasure_goes_on_where_it_stopped(database: Database) -> None:
    register(database)
    keep_day(database, 1, people_of(1), range(0))
    asked = ErasureParameters(camera_id=1)

    class StopsSoon(Silent):
        def report(self, share: float | None, message: str) -> None:
            raise JobCancelled("cancelled")

    with pytest.raises(JobCancelled):
        erase(database, asked, SYSTEM, StopsSoon())
    with database.read() as session:
        left = len(session.scalars(select(SightingRow.id)).all())
    (day,) = rollups(database)["rollups_day"]
    assert 0 < left == day.mask + day.incorrect_mask + day.no_mask + day.unsure

    erase(database, asked, SYSTEM, Silent())
    assert all(rows == [] for rows in rollups(database).values())


def test_crowds_are_erased_by_shorter_stretches(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core.storage.erasure, "STRETCH_SIGHTINGS", 5)
    register(database)
    keep_day(database, 1, people_of(1), range(0))
    shares: list[float | None] = []

    class Noting(Silent):
        def report(self, share: float | None, message: str) -> None:
            shares.append(share)

    erase(database, ErasureParameters(camera_id=1), SYSTEM, Noting())

    assert len(shares) > 24
    assert list(moments_left(database, 1, DAY, DAY + timedelta(days=2))) == []


@pytest.mark.parametrize(
    ("minute", "is_refused"),
    [pytest.param(15, False, id="whole quarter"), pytest.param(7, True, id="part of a quarter")],
)
def test_where_minutes_were_pruned_only_whole_quarters_are_erased(
    database: Database, minute: int, is_refused: bool
) -> None:
    register(database)
    keep_day(database, 1, people_of(1), range(0))
    with database.write() as session:
        write_minutes_from(session, DAY + timedelta(days=1))
    start = DAY.replace(hour=10, minute=minute)
    asked = ErasureParameters(camera_id=1, start=start, end=DAY.replace(hour=11))

    with database.read() as session:
        if is_refused:
            with pytest.raises(BadRequest, match="whole quarter") as caught:
                check_erasure(session, asked)
            assert caught.value.field == "from"
        else:
            check_erasure(session, asked)


def test_what_cannot_be_erased_is_refused(database: Database) -> None:
    register(database)
    limited = CameraScope(frozenset({1}))
    with database.read() as session:
        with pytest.raises(NotFound):
            check_erasure(session, ErasureParameters(camera_id=3))
        with pytest.raises(NotFound):
            check_erasure(session, ErasureParameters(camera_id=1), limited)
        with pytest.raises(BadRequest, match="name one of the cameras"):
            check_erasure(session, ErasureParameters(), limited)
    with pytest.raises(ValueError, match="before"):
        ErasureParameters(start=END, end=START)


OPEN_PICTURE: dict[str, Any] = {
    "track_id": 1,
    "taken_at": datetime.now(UTC),
    "quality": 1.0,
    "is_sharp": False,
    "content": b"jpeg",
}
