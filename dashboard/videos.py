"""Take in videos that were sent: look at them, then have their history written by a job.

libav opens them in a process of its own: this room does not decode videos, and a file
that brings libav down must not bring the dashboard down.
"""

import json
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path

from werkzeug.datastructures import FileStorage

from core.backfills import BackfillParameters
from core.job_queue import enqueue
from core.jobs import JobKind
from core.processes import own_command
from core.settings import Settings
from core.storage.backfills import check_free, list_uploads_in_use, read_camera
from core.storage.engine import utc_now
from core.storage.scopes import check_camera
from core.uploads import sweep_uploads
from dashboard.access import identity
from dashboard.audit import actor
from dashboard.problems import Fault, Refused, unfit
from dashboard.services import services
from dashboard.uploads import keep_upload, name_upload

TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class SentVideo:
    """A video, of which camera it is, and when its first frame was taken."""

    file: FileStorage
    camera_id: int
    starts_at: datetime
    replace: bool


def take_video(sent: SentVideo) -> str:
    """Keep a video and add its job; returns the job's id.

    1. the camera is one that the asker sees
    2. the video can be read, and would end in the past, where nothing stands yet
    3. it is kept until the job ends

    Raises NotFound, Conflict and Refused; then nothing is kept.
    """
    provided = services()
    with provided.database.read() as session:
        check_camera(session, sent.camera_id, identity().scope)
        read_camera(session, sent.camera_id)
        in_use = list_uploads_in_use(session)
    sweep_uploads(provided.settings.uploads, in_use)
    with ExitStack() as on_error:
        kept = keep_upload(provided.settings, sent.file)
        on_error.callback(kept.unlink, missing_ok=True)
        _check(sent, look_at_video(provided.settings, kept))
        asked = _describe(sent, kept)
        kind, who = JobKind.BACKFILL, actor()
        job_id = enqueue(provided.redis, provided.database, kind, asked, who, sent.camera_id)
        on_error.pop_all()
    return job_id


def _check(sent: SentVideo, duration_s: float) -> None:
    """Raise Refused or Conflict where the job could only fail."""
    ends_at = sent.starts_at + timedelta(seconds=duration_s)
    if ends_at > utc_now():
        expected = "a time after which the video ended in the past"
        raise unfit("starts_at", expected, sent.starts_at.isoformat())
    if not sent.replace:
        with services().database.read() as session:
            check_free(session, sent.camera_id, sent.starts_at, ends_at)


def _describe(sent: SentVideo, kept: Path) -> BackfillParameters:
    return BackfillParameters(
        upload=kept.name,
        file=name_upload(sent.file),
        camera_id=sent.camera_id,
        starts_at=sent.starts_at,
        replace=sent.replace,
    )


def look_at_video(settings: Settings, path: Path) -> float:
    """Open a video, and give the seconds that it plays; 0 where it does not say.

    Raises Refused if no picture in it can be decoded.
    """
    command = own_command("backfill", str(path), "--check", "--json")
    command += ["--camera=0", "--start=2000-01-01T00:00:00Z", "--data", str(settings.data)]
    try:
        looked = subprocess.run(  # noqa: S603  # our own words
            command, capture_output=True, text=True, timeout=TIMEOUT_S, check=True
        )
    except subprocess.TimeoutExpired as error:
        raise _refused("the video takes too long to open; expected an ordinary file") from error
    except subprocess.CalledProcessError as error:
        lines = str(error.stderr).strip().splitlines() or ["it cannot be opened"]
        raise _refused(lines[-1].removeprefix("Error: ").replace(path.name, "the file")) from error
    facts = json.loads(looked.stdout)
    return float(facts["duration_s"] or 0)


def _refused(expected: str) -> Refused:
    fault = Fault(parameter="video", expected=expected)
    return Refused(HTTPStatus.UNPROCESSABLE_ENTITY, expected, [fault])
