"""Room for the history of a recorded video: what stands there is found, and taken out exactly."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from core.backfills import BackfillParameters
from core.errors import Conflict, NotFound
from core.jobs import JobKind, JobState
from core.secrets import SecretBox
from core.storage.audit import SYSTEM
from core.storage.backfills import check_free, find_camera, list_uploads_in_use, make_room
from core.storage.cameras import NewCamera, add_camera
from core.storage.engine import Database
from core.storage.installation import write_minutes_from
from core.storage.jobs import NewJob, add_job, ask_cancel
from core.storage.recording import FinishedTrack, add_history
from core.storage.rollups import ROWS
from core.types import Verdict

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def camera_id(any_database: Database, box: SecretBox) -> int:
    with any_database.write() as session:
        return add_camera(session, box, NewCamera("door", "0", "0")).id


def person(camera_id: int, seconds: float) -> FinishedTrack:
    began = at(seconds)
    return FinishedTrack(
        camera_id, began, began, Verdict.MASK, (1.0, 0.0, 0.0), 9, False, "masks-1"
    )


def add(database: Database, camera_id: int, *seconds: float) -> None:
    with database.write() as session:
        add_history(session, [person(camera_id, one) for one in seconds], [])


def counted(database: Database) -> int:
    """Count the masks; all grains must agree."""
    with database.read() as session:
        sums = {session.scalar(select(func.sum(row.mask))) or 0 for row in ROWS.values()}
    (total,) = sums
    return int(total)


@pytest.mark.parametrize(
    ("start", "end", "is_free"),
    [
        pytest.param(100, 115, True, id="before"),
        pytest.param(115, 130, False, id="around the person"),
        pytest.param(121, 179, True, id="after, in the same minute"),
        pytest.param(121, 400, True, id="after, with minutes that nobody saw"),
        pytest.param(60, 200, False, id="with the whole minute"),
    ],
)
def test_a_range_is_free_where_nobody_came_and_no_whole_minute_was_seen(
    any_database: Database, camera_id: int, start: float, end: float, is_free: bool
) -> None:
    add(any_database, camera_id, 120)
    with any_database.read() as session:
        if is_free:
            check_free(session, camera_id, at(start), at(end))
        else:
            with pytest.raises(Conflict):
                check_free(session, camera_id, at(start), at(end))
        check_free(session, camera_id + 1, at(start), at(end))


def test_room_is_made_to_the_second_and_counts_agree(
    any_database: Database, camera_id: int
) -> None:
    add(any_database, camera_id, 5, 25, 70, 150, 190)
    with any_database.write() as session:
        gone = make_room(session, camera_id, at(20), at(185), replace=True)
    assert gone == 3
    assert counted(any_database) == 2


def test_room_within_one_minute_leaves_its_others(any_database: Database, camera_id: int) -> None:
    add(any_database, camera_id, 5, 25, 45)
    with any_database.write() as session:
        assert make_room(session, camera_id, at(20), at(30), replace=True) == 1
    assert counted(any_database) == 2


def test_where_minutes_were_pruned_nothing_is_replaced(
    any_database: Database, camera_id: int
) -> None:
    add(any_database, camera_id, 5)
    with any_database.write() as session:
        write_minutes_from(session, NOON + timedelta(hours=1))
    with any_database.write() as session, pytest.raises(Conflict, match="quarters"):
        make_room(session, camera_id, at(0), at(60), replace=True)
    with any_database.read() as session, pytest.raises(Conflict):
        check_free(session, camera_id, at(600), at(660))


def test_a_cameras_number_wins_over_a_name(
    any_database: Database, camera_id: int, box: SecretBox
) -> None:
    with any_database.write() as session:
        add_camera(session, box, NewCamera(str(camera_id), "0", "0"))
    with any_database.read() as session:
        assert find_camera(session, str(camera_id)).name == "door"
        assert find_camera(session, "door").id == camera_id
        with pytest.raises(NotFound, match="camera list"):
            find_camera(session, "gate")


def test_uploads_are_in_use_until_their_jobs_end(any_database: Database, camera_id: int) -> None:
    asked = BackfillParameters(
        upload="ab" * 16, file="door.mp4", camera_id=camera_id, starts_at=NOON
    )
    with any_database.write() as session:
        job_id = add_job(session, NewJob(JobKind.BACKFILL, asked, SYSTEM, camera_id))
    with any_database.read() as session:
        assert list_uploads_in_use(session) == {"ab" * 16}
    with any_database.write() as session:
        assert ask_cancel(session, job_id, NOON) is JobState.CANCELLED
    with any_database.read() as session:
        assert list_uploads_in_use(session) == frozenset()
