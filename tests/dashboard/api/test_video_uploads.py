"""A recorded video is taken in, looked at, and becomes a job; or leaves nothing behind."""

import io
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.backfills import BackfillParameters
from core.secrets import SecretBox
from core.settings import Settings
from core.storage.cameras import NewCamera, add_camera
from core.storage.engine import Database
from core.storage.installation import read_time_zone
from core.storage.jobs import Job, JobFilter, list_jobs
from core.storage.rollups import add_to_rollups
from tests.dashboard.api.test_analyze import ANALYZE, JPEG
from tests.dashboard.forms import encoded
from tests.ingest.videos import make_video

NOON = "2026-03-01T12:00:00Z"


@pytest.fixture
def camera_id(database: Database, box: SecretBox) -> int:
    with database.write() as session:
        return add_camera(session, box, NewCamera("door", "0", "0", site="Main")).id


@pytest.fixture
def video(tmp_path: Path) -> bytes:
    return make_video(tmp_path / "made.mp4", frames=5).read_bytes()


def send(client: FlaskClient, content: bytes, **fields: object) -> TestResponse:
    files = {"video": (io.BytesIO(content), "../door 1.mp4")}
    texts = {name: str(value) for name, value in fields.items()}
    return client.post(ANALYZE, **encoded(files, texts))


def jobs(database: Database) -> list[Job]:
    with database.read() as session:
        return list_jobs(session, JobFilter(), None, 10)[0]


def left(settings: Settings) -> list[Path]:
    return list(settings.uploads.glob("*"))


def test_a_video_is_answered_by_its_job(
    operator: FlaskClient, database: Database, settings: Settings, camera_id: int, video: bytes
) -> None:
    response = send(operator, video, camera_id=camera_id, starts_at=NOON)

    assert response.status_code == 202
    job = response.json or {}
    assert response.headers["Location"] == f"/api/v1/jobs/{job['id']}"
    assert (job["kind"], job["state"], job["camera_id"]) == ("backfill", "waiting", camera_id)
    (path,) = left(settings)
    assert path.read_bytes() == video
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (found,) = jobs(database)
    parameters = BackfillParameters.model_validate_json(found.parameters)
    assert (parameters.upload, parameters.file) == (path.name, "../door 1.mp4")
    assert (parameters.starts_at, parameters.replace) == (
        datetime(2026, 3, 1, 12, tzinfo=UTC),
        False,
    )


def test_a_large_video_is_kept_without_a_copy(
    operator: FlaskClient, settings: Settings, camera_id: int, video: bytes
) -> None:
    # What follows an MP4's last box is no concern of its readers.
    large = video + (2_000_000).to_bytes(4, "big") + b"free" + bytes(1_999_992)
    assert send(operator, large, camera_id=camera_id, starts_at=NOON).status_code == 202
    (path,) = left(settings)
    assert path.stat().st_size == len(large)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("fields", "status", "field"),
    [
        pytest.param({"starts_at": NOON}, 422, "camera_id", id="no camera"),
        pytest.param({"camera_id": 1}, 422, "starts_at", id="no time"),
        pytest.param({"camera_id": 1, "starts_at": "noon"}, 422, "starts_at", id="no such time"),
        pytest.param({"camera_id": 99, "starts_at": NOON}, 404, None, id="no such camera"),
        pytest.param(
            {"camera_id": 1, "starts_at": "2150-01-01T00:00:00Z"}, 422, "starts_at", id="to come"
        ),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_kept(
    operator: FlaskClient,
    database: Database,
    settings: Settings,
    camera_id: int,
    video: bytes,
    fields: dict[str, Any],
    status: int,
    field: str | None,
) -> None:
    response = send(operator, video, **fields)
    assert (response.status_code, (response.json or {}).get("field")) == (status, field)
    assert (left(settings), jobs(database)) == ([], [])


def test_what_is_no_video_is_refused(
    operator: FlaskClient, database: Database, settings: Settings, camera_id: int
) -> None:
    response = send(operator, b"no video" * 100, camera_id=camera_id, starts_at=NOON)
    assert (response.status_code, (response.json or {})["field"]) == (422, "video")
    assert (left(settings), jobs(database)) == ([], [])


def test_a_time_with_a_history_is_refused_unless_it_is_replaced(
    operator: FlaskClient,
    admin: FlaskClient,
    database: Database,
    settings: Settings,
    camera_id: int,
    tmp_path: Path,
) -> None:
    minute = datetime(2026, 3, 1, 12, 1, tzinfo=UTC)
    with database.write() as session:
        add_to_rollups(session, {}, [(camera_id, minute)], read_time_zone(session))
    long = make_video(tmp_path / "long.mp4", frames=130, per_second=1).read_bytes()

    assert send(operator, long, camera_id=camera_id, starts_at=NOON).status_code == 409
    assert left(settings) == []
    replaced: dict[str, object] = {"camera_id": camera_id, "starts_at": NOON, "replace": "true"}
    assert send(operator, long, **replaced).status_code == 403
    assert left(settings) == []
    sent = send(admin, long, **replaced)
    assert sent.status_code == 202


def test_pictures_and_a_video_together_are_refused(
    operator: FlaskClient, camera_id: int, video: bytes
) -> None:
    files = {"video": (io.BytesIO(video), "a.mp4"), "pictures": (io.BytesIO(JPEG), "a.jpg")}
    assert operator.post(ANALYZE, **encoded(files)).status_code == 422


def test_a_video_beyond_the_bound_is_refused(
    operator: FlaskClient, settings: Settings, camera_id: int
) -> None:
    answer = operator.post(
        ANALYZE,
        data=b"",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(settings.upload_max_megabytes * 1_000_000 + 1)},
    )
    assert answer.status_code == 413


def test_a_folder_that_cannot_be_written_is_told(
    operator: FlaskClient, settings: Settings, camera_id: int, video: bytes
) -> None:
    settings.uploads.write_text("a file where the folder should be")
    answer = send(operator, video, camera_id=camera_id, starts_at=NOON)
    assert answer.status_code == 507
    assert "MASKWATCH_UPLOAD_FOLDER" in (answer.json or {})["detail"]


def test_a_viewer_may_not(viewer: FlaskClient, camera_id: int, video: bytes) -> None:
    assert send(viewer, video, camera_id=camera_id, starts_at=NOON).status_code == 403
