"""Backfill: write the history of a recorded video that was sent.

The work is done by the command `backfill`, for decoding videos is another room's. It
ends the job itself, in the transaction that writes the history.
"""

from pathlib import Path

from core.backfills import Backfilled, BackfillParameters
from core.errors import DatabaseAway, JobFailed, JobLost, JobStopped
from core.jobs import JobState
from core.storage.backfills import list_uploads_in_use
from core.storage.jobs import Job, get_job
from core.uploads import sweep_uploads
from workers.job_context import JobContext, Kind


def run(asked: BackfillParameters, context: JobContext) -> Backfilled:
    """Write the history; the video is removed, unless another run is to read it again."""
    _sweep(context)
    video = context.settings.uploads / asked.upload
    is_needed = False
    try:
        return _write(asked, video, context)
    except JobLost:
        # The command may just have ended the job: that is what was wanted.
        job = _read_job(context)
        is_needed = not job.state.is_ended
        if job.state is not JobState.DONE or job.result is None:
            raise
        return Backfilled.model_validate_json(job.result)
    except (JobStopped, DatabaseAway):
        is_needed = True
        raise
    finally:
        if not is_needed:
            video.unlink(missing_ok=True)


def _write(asked: BackfillParameters, video: Path, context: JobContext) -> Backfilled:
    if not video.is_file():
        raise JobFailed(
            "the video is not there: the dashboard and the jobs need the same upload folder; "
            "send it again"
        )
    context.say(f"reading {asked.file} as camera {asked.camera_id} since {asked.starts_at}")
    arguments = [
        "backfill",
        str(video),
        f"--file={asked.file}",
        f"--camera={asked.camera_id}",
        f"--start={asked.starts_at.isoformat()}",
        f"--claim={context.claim}",
        "--progress-json",
        *(["--replace"] if asked.replace else []),
    ]
    result = Backfilled.model_validate(context.run_command(*arguments))
    context.say(result.describe())
    return result


def _read_job(context: JobContext) -> Job:
    with context.database.read() as session:
        return get_job(session, context.claim.job_id)


def _sweep(context: JobContext) -> None:
    with context.database.read() as session:
        in_use = list_uploads_in_use(session)
    sweep_uploads(context.settings.uploads, in_use)


KIND = Kind(BackfillParameters, run, timeout_s=24 * 3600.0)
