"""A recorded video becomes history: once, at its own times, all of it or nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import numpy as np
import pytest
from sqlalchemy import text

from core.backfills import Backfilled, BackfillParameters, Footage
from core.camera_rules import CameraRules, Weekday
from core.errors import BadRequest, Conflict, JobLost, NotFound
from core.jobs import JobKind, JobState
from core.pictures import encode_jpeg
from core.preferences import EvidenceMode, Preferences
from core.secrets import SecretBox
from core.storage.audit import Actor, ActorKind
from core.storage.cameras import NewCamera, add_camera, change_camera, remove_camera
from core.storage.engine import Database
from core.storage.job_runs import take_job
from core.storage.jobs import NewJob, add_job, get_job
from core.storage.preferences import write_preferences
from core.storage.sightings import Sighting, SightingFilter, list_sightings
from core.types import Faces, Frame, Image, Result, ResultKind
from tests.workers.scenes import MASK, NO_MASK, NOON, Box, at, box, faces
from workers.backfill import BackfillTask, Looking, backfill

Probabilities: TypeAlias = tuple[float, float, float]

JPEG = encode_jpeg(np.zeros((540, 960, 3), np.uint8))
ME = Actor("me", ActorKind.COMMAND)
BARE_VISIT = [[box(10 + step * 5)] for step in range(5)]
NOBODY: list[list[Box]] = [[] for _ in range(14)]


class Scripted:
    """Finds in each frame what the script says next; counts its calls."""

    model_version = "masks-1"

    def __init__(self, script: Sequence[Sequence[Box]], probabilities: Probabilities) -> None:
        self._script = iter(script)
        self._probabilities = probabilities
        self.batches: list[int] = []

    def analyse(self, images: Sequence[Image], min_score: float) -> list[Faces]:
        self.batches.append(len(images))
        return [faces(next(self._script), self._probabilities) for _ in images]


@dataclass
class Film:
    """A video of so many frames, five a second; those in `still` are unchanged."""

    length: int
    still: frozenset[int] = frozenset()
    duration_s: float | None = None
    asked: list[Footage] = field(default_factory=list)

    def frames(self, footage: Footage) -> Iterator[Frame | Result]:
        self.asked.append(footage)
        for number in range(self.length):
            moment = footage.starts_at + timedelta(seconds=number * 0.2)
            if number in self.still:
                yield Result(footage.camera_id, moment, (0, 0), ResultKind.UNCHANGED)
            else:
                yield Frame(footage.camera_id, moment, (960, 540), JPEG)


class Silent:
    def __init__(self) -> None:
        self.told: list[float] = []

    def move(self, share: float, message: str) -> None:
        self.told.append(share)


@pytest.fixture
def camera_id(database: Database, box: SecretBox) -> int:
    with database.write() as session:
        return add_camera(session, box, NewCamera("door", "0", "0", long_side=640)).id


def run(
    database: Database,
    task: BackfillTask,
    script: Sequence[Sequence[Box]] = (*BARE_VISIT, *NOBODY),
    probabilities: Probabilities = NO_MASK,
    film: Film | None = None,
    batch_frames: int = 8,
) -> Backfilled:
    looking = Looking(Scripted(script, probabilities), 0.5, batch_frames)
    return backfill(database, task, film or Film(len(script)), looking, Silent())


def order(camera_id: int, start: datetime = NOON, *, replace: bool = False) -> BackfillTask:
    return BackfillTask(camera_id, start, "door.mp4", ME, replace)


def sightings(database: Database) -> list[Sighting]:
    with database.read() as session:
        return list_sightings(session, SightingFilter(at(-9e5), at(9e5)), None, 100)[0]


def judged(database: Database) -> int:
    """Count the people that were judged; minutes, quarters, hours and days must agree."""
    tables = ("minute", "quarter", "hour", "day")
    query = "SELECT COALESCE(SUM(mask + incorrect_mask + no_mask), 0) FROM rollups_"
    with database.read() as session:
        sums = {int(session.execute(text(query + one)).scalar_one()) for one in tables}
    (total,) = sums
    return total


def test_a_visit_in_a_video_is_a_sighting_at_its_time(database: Database, camera_id: int) -> None:
    result = run(database, order(camera_id))

    (sighting,) = sightings(database)
    assert (sighting.camera_id, sighting.started_at, sighting.verdict) == (
        camera_id,
        NOON,
        "no_mask",
    )
    assert judged(database) == 1
    assert result.people == {"mask": 0, "incorrect_mask": 0, "no_mask": 1, "unsure": 0}
    assert (result.frames, result.unchanged, result.ends_at) == (19, 0, at(3.6))


@pytest.mark.parametrize("batch_frames", [1, 3, 64])
def test_the_size_of_a_batch_changes_nothing(
    database: Database, camera_id: int, batch_frames: int
) -> None:
    run(database, order(camera_id), batch_frames=batch_frames)
    assert [one.verdict for one in sightings(database)] == ["no_mask"]


def test_who_is_in_view_at_the_end_has_been_seen(database: Database, camera_id: int) -> None:
    run(database, order(camera_id), BARE_VISIT)
    assert len(sightings(database)) == 1


def test_who_stands_still_is_one_person(database: Database, camera_id: int) -> None:
    film = Film(105, still=frozenset(range(5, 100)))
    result = run(database, order(camera_id), [[box(30)]] * 10, film=film)
    assert len(sightings(database)) == 1
    assert (result.frames, result.unchanged) == (10, 95)


def test_the_frames_are_those_that_the_camera_takes(database: Database, camera_id: int) -> None:
    film = Film(19)
    run(database, order(camera_id), film=film)
    assert film.asked == [Footage(camera_id, NOON, 5.0, 640)]


def test_the_rules_of_the_camera_hold(database: Database, camera_id: int, box: SecretBox) -> None:
    left = CameraRules.model_validate({"include": [[(0.5, 0), (1, 0), (1, 1), (0.5, 1)]]})
    with database.write() as session:
        change_camera(session, box, camera_id, rules=left)
    run(database, order(camera_id))
    assert sightings(database) == []


def test_who_needs_no_mask_is_written_and_not_counted(
    database: Database, camera_id: int, box: SecretBox
) -> None:
    schedule = [{"days": list(Weekday), "from": "01:00", "to": "02:00"}]
    with database.write() as session:
        rules = CameraRules.model_validate({"schedule": schedule})
        change_camera(session, box, camera_id, rules=rules)
    result = run(database, order(camera_id))
    assert [one.is_required for one in sightings(database)] == [False]
    assert (result.not_required, judged(database)) == (1, 0)


@pytest.mark.parametrize(
    ("mode", "has_picture"), [(EvidenceMode.BLURRED, True), (EvidenceMode.NUMBERS, False)]
)
def test_pictures_are_kept_as_chosen(
    database: Database, camera_id: int, mode: EvidenceMode, has_picture: bool
) -> None:
    with database.write() as session:
        write_preferences(session, Preferences(evidence=mode))
    run(database, order(camera_id))
    assert [one.has_picture for one in sightings(database)] == [has_picture]


def test_a_second_time_is_refused(database: Database, camera_id: int) -> None:
    run(database, order(camera_id))
    with pytest.raises(Conflict, match="replace"):
        run(database, order(camera_id))
    assert judged(database) == 1


def test_replacing_leaves_no_doubles(database: Database, camera_id: int) -> None:
    run(database, order(camera_id))
    result = run(database, order(camera_id, replace=True), probabilities=MASK)
    assert [one.verdict for one in sightings(database)] == ["mask"]
    assert (result.replaced, judged(database)) == (1, 1)


def test_videos_that_follow_each_other_within_a_minute_are_both_taken(
    database: Database, camera_id: int
) -> None:
    run(database, order(camera_id, at(0)))
    run(database, order(camera_id, at(5)))
    assert (len(sightings(database)), judged(database)) == (2, 2)


def test_replacing_the_second_leaves_the_first(database: Database, camera_id: int) -> None:
    run(database, order(camera_id, at(0)))
    run(database, order(camera_id, at(5)))
    run(database, order(camera_id, at(5), replace=True), probabilities=MASK)
    assert [one.verdict for one in sightings(database)] == ["mask", "no_mask"]
    assert judged(database) == 2


def test_what_is_to_come_is_refused(database: Database, camera_id: int) -> None:
    soon = datetime.now(UTC) - timedelta(seconds=1)
    with pytest.raises(BadRequest, match="to come"):
        run(database, order(camera_id, soon))
    with pytest.raises(BadRequest, match="to come"):
        run(database, order(camera_id, soon), film=Film(1, duration_s=3600))
    assert sightings(database) == []


def test_a_removed_camera_has_no_history_to_write(database: Database, camera_id: int) -> None:
    with database.write() as session:
        remove_camera(session, camera_id)
    with pytest.raises(NotFound):
        run(database, order(camera_id))


def test_a_failure_half_way_leaves_nothing(database: Database, camera_id: int) -> None:
    with pytest.raises(RuntimeError):  # the script ends before the film does
        run(database, order(camera_id), BARE_VISIT, film=Film(100), batch_frames=1)
    assert sightings(database) == []
    run(database, order(camera_id))
    assert judged(database) == 1


def test_it_is_told_to_the_audit(database: Database, camera_id: int) -> None:
    run(database, order(camera_id))
    with database.read() as session:
        query = text("SELECT actor, subject FROM audit WHERE action = 'history.backfill'")
        assert session.execute(query).all() == [("me", f"camera {camera_id}")]


def take(database: Database, camera_id: int) -> BackfillTask:
    """Make a job, begin it, and give its task."""
    parameters = BackfillParameters(
        upload="a" * 32, file="door.mp4", camera_id=camera_id, starts_at=NOON
    )
    with database.write() as session:
        job_id = add_job(session, NewJob(JobKind.BACKFILL, parameters, ME, camera_id))
        claim = take_job(session, job_id, NOON)
    return BackfillTask(camera_id, NOON, "door.mp4", ME, claim=claim)


def test_the_job_ends_with_the_history(database: Database, camera_id: int) -> None:
    task = take(database, camera_id)
    run(database, task)
    assert task.claim is not None
    with database.read() as session:
        job = get_job(session, task.claim.job_id)
    assert (job.state, job.progress) == (JobState.DONE, 1.0)
    assert Backfilled.model_validate_json(job.result or "").people["no_mask"] == 1


def test_a_run_that_lost_its_job_writes_nothing(database: Database, camera_id: int) -> None:
    task = take(database, camera_id)
    with database.write() as session:
        session.execute(text("UPDATE jobs SET holder = 'another'"))
    with pytest.raises(JobLost):
        run(database, task)
    assert (sightings(database), judged(database)) == ([], 0)
