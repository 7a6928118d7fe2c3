"""Pictures of sightings: who sees them sharp, who blurred, and what is written down of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import cv2
import numpy as np
import pytest
from cryptography.fernet import Fernet
from flask.testing import FlaskClient

from core.face_explanations import (
    TOPIC,
    ExplanationAnswer,
    ExplanationQuestion,
    decode_question,
    encode_answer,
)
from core.face_pictures import blur_jpeg
from core.face_seals import FaceKey, FaceSeal
from core.pictures import decode_jpeg, encode_jpeg
from core.preferences import EvidenceMode, Preferences
from core.secrets import SecretBox
from core.storage.engine import Database
from core.storage.pictures import SightingPicture, add_sighting_pictures
from core.storage.preferences import write_preferences
from core.storage.tables import AuditRow, SightingRow
from core.storage.users import Role, UserChanges, change_user, find_user
from core.timelines import Timeline, encode_timeline
from core.types import Image
from tests.answering import Answering
from tests.dashboard.conftest import ClientOf

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
PICTURE = "/api/v1/sightings/1/picture.jpg"
EXPLANATION = "/api/v1/sightings/1/explanation.png"


def face() -> Image:
    rows, columns = np.mgrid[:128, :128]
    grey = (127 + 120 * np.sin(rows / 4) * np.cos(columns / 5)).astype(np.uint8)
    return np.asarray(cv2.merge([grey, grey, grey]), np.uint8)


JPEG = encode_jpeg(face())


def add_sighting(
    database: Database,
    camera_id: int,
    content: bytes | None = None,
    *,
    is_sharp: bool = False,
    timeline: bytes | None = None,
    is_required: bool = True,
) -> None:
    row = SightingRow(
        camera_id=camera_id,
        started_at=NOON,
        ended_at=NOON + timedelta(seconds=3),
        verdict="mask",
        mask=0.9,
        incorrect_mask=0.06,
        no_mask=0.04,
        faces=12,
        is_required=is_required,
        timeline=timeline,
        model_version="m1",
    )
    with database.write() as session:
        session.add(row)
        session.flush()
        if content is not None:
            picture = SightingPicture(NOON + timedelta(seconds=1), is_sharp, content)
            add_sighting_pictures(session, [(row.id, picture)])


@pytest.fixture
def blurred(database: Database, camera: dict[str, Any]) -> None:
    add_sighting(database, camera["id"], blur_jpeg(JPEG))


@pytest.fixture
def sharp(database: Database, camera: dict[str, Any], box: SecretBox) -> None:
    sealed = FaceSeal(FaceKey(box).public).seal(JPEG)
    add_sighting(database, camera["id"], sealed, is_sharp=True)


@pytest.fixture
def watcher(browser_of: ClientOf, database: Database) -> FlaskClient:
    """A viewer who may see faces."""
    client = browser_of(Role.VIEWER)
    with database.write() as session:
        user = find_user(session, "the viewer")
        change_user(session, user.id, UserChanges(may_see_faces=True))
    return client


def views(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as session:
        rows = session.query(AuditRow).filter_by(action="picture.view").order_by(AuditRow.id)
        return [(row.actor, row.actor_kind, row.subject) for row in rows]


@pytest.mark.usefixtures("blurred")
def test_a_blurred_picture_is_shown_to_every_viewer_and_not_audited(
    viewer: FlaskClient, watcher: FlaskClient, database: Database
) -> None:
    for client in (viewer, watcher):
        answer = client.get(PICTURE)
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert answer.data == blur_jpeg(JPEG)
        assert answer.headers["Cache-Control"] == "no-store"
    assert views(database) == []


@pytest.mark.usefixtures("sharp")
def test_who_may_see_faces_gets_the_sharp_one_and_each_look_is_audited(
    watcher: FlaskClient, database: Database
) -> None:
    assert watcher.get(PICTURE).data == JPEG
    assert watcher.get(PICTURE).headers["Cache-Control"] == "no-store"
    assert views(database) == [("the viewer", "user", "sighting 1")] * 2


@pytest.mark.usefixtures("sharp")
def test_all_others_get_it_blurred_programs_of_administrators_too(
    viewer: FlaskClient, operator: FlaskClient, admin: FlaskClient, database: Database
) -> None:
    for client in (viewer, operator, admin):
        answer = client.get(PICTURE)
        assert answer.status_code == 200
        assert answer.data == blur_jpeg(JPEG)
    grey = cv2.cvtColor(decode_jpeg(answer.data), cv2.COLOR_BGR2GRAY)
    assert cv2.Laplacian(grey, cv2.CV_64F).var() < 100
    assert views(database) == []


@pytest.mark.usefixtures("sharp")
def test_who_may_see_faces_no_longer_gets_it_blurred(
    watcher: FlaskClient, database: Database
) -> None:
    with database.write() as session:
        change_user(session, find_user(session, "the viewer").id, UserChanges(may_see_faces=False))
    assert watcher.get(PICTURE).data == blur_jpeg(JPEG)


@pytest.mark.usefixtures("sharp")
def test_a_stranger_gets_nothing(stranger: FlaskClient) -> None:
    assert stranger.get(PICTURE).status_code == 401


def test_where_no_picture_is_kept_the_problem_says_so(
    viewer: FlaskClient, database: Database, camera: dict[str, Any]
) -> None:
    add_sighting(database, camera["id"])
    answer = viewer.get(PICTURE)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert "no picture of sighting 1 is kept" in answer.get_json()["detail"]
    assert viewer.get("/api/v1/sightings/1").get_json()["picture"] is None


def test_a_picture_of_a_sighting_that_never_was_is_not_found(viewer: FlaskClient) -> None:
    assert viewer.get("/api/v1/sightings/77/picture.jpg").status_code == 404
    assert viewer.get(f"/api/v1/sightings/{2**63}/picture.jpg").status_code == 422


def test_a_picture_sealed_with_a_lost_key_is_a_conflict_and_no_failure(
    watcher: FlaskClient, viewer: FlaskClient, database: Database, camera: dict[str, Any]
) -> None:
    lost = FaceKey(SecretBox([Fernet.generate_key()]))
    add_sighting(database, camera["id"], FaceSeal(lost.public).seal(JPEG), is_sharp=True)
    for client in (watcher, viewer):
        answer = client.get(PICTURE)
        assert answer.status_code == 409
        assert "another key" in answer.get_json()["detail"]
    assert views(database) == []


@pytest.mark.usefixtures("sharp")
@pytest.mark.parametrize("mode", list(EvidenceMode))
def test_a_kept_picture_is_served_by_its_own_mode_whatever_is_chosen_now(
    watcher: FlaskClient, database: Database, mode: EvidenceMode
) -> None:
    with database.write() as session:
        write_preferences(session, Preferences(evidence=mode))
    assert watcher.get(PICTURE).data == JPEG


@pytest.mark.usefixtures("sharp")
def test_the_detail_tells_of_the_picture_and_whether_it_is_shown_sharp(
    viewer: FlaskClient, watcher: FlaskClient
) -> None:
    for client, is_shown_sharp in ((viewer, False), (watcher, True)):
        detail = client.get("/api/v1/sightings/1").get_json()
        assert detail["has_picture"] is True
        assert detail["picture"] == {
            "taken_at": "2026-05-01T12:00:01Z",
            "is_sharp": True,
            "is_shown_sharp": is_shown_sharp,
        }


def test_the_detail_tells_the_votes_over_time_and_the_changes(
    viewer: FlaskClient, database: Database, camera: dict[str, Any]
) -> None:
    timeline = Timeline(NOON)
    for second in range(8):
        sums = (900, 50, 50) if second < 4 else (20, 0, 880)
        timeline = timeline.add(NOON + timedelta(seconds=second), sums)
    add_sighting(database, camera["id"], timeline=encode_timeline(timeline))

    detail = viewer.get("/api/v1/sightings/1").get_json()

    assert detail["stretch_s"] == 1
    assert len(detail["votes_over_time"]) == 8
    assert detail["votes_over_time"][0] == {
        "at": "2026-05-01T12:00:00Z",
        "mask": 0.9,
        "incorrect_mask": 0.05,
        "no_mask": 0.05,
        "weight": 1.0,
        "faces": 1,
    }
    assert detail["changed"] == [
        {"at": "2026-05-01T12:00:04Z", "before": "mask", "after": "no_mask"}
    ]


@pytest.mark.parametrize(
    "timeline", [pytest.param(None, id="pruned"), pytest.param(b"?", id="odd")]
)
def test_without_votes_over_time_the_detail_says_null(
    viewer: FlaskClient, database: Database, camera: dict[str, Any], timeline: bytes | None
) -> None:
    add_sighting(database, camera["id"], timeline=timeline)
    detail = viewer.get("/api/v1/sightings/1").get_json()
    assert (detail["stretch_s"], detail["votes_over_time"], detail["changed"]) == (None,) * 3


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        pytest.param("", [3, 2, 1], id="all"),
        pytest.param("&has_picture=true", [2], id="with a picture"),
        pytest.param("&has_picture=false", [3, 1], id="without one"),
        pytest.param("&is_required=false", [3], id="where none had to be worn"),
        pytest.param("&site=elsewhere", [], id="of another site"),
        pytest.param("&site=", [3, 2, 1], id="of cameras without a site"),
    ],
)
def test_sightings_are_filtered(
    viewer: FlaskClient, database: Database, camera: dict[str, Any], query: str, ids: list[int]
) -> None:
    add_sighting(database, camera["id"])
    add_sighting(database, camera["id"], blur_jpeg(JPEG))
    add_sighting(database, camera["id"], is_required=False)
    span = "from=2026-05-01T10:00:00Z&to=2026-05-01T14:00:00Z"
    items = viewer.get(f"/api/v1/sightings?{span}{query}").get_json()["items"]
    assert [one["id"] for one in items] == ids
    assert [one["has_picture"] for one in items] == [one == 2 for one in ids]
    assert [one["is_required"] for one in items] == [one != 3 for one in ids]


@pytest.fixture
def explained(answering: Answering) -> list[ExplanationQuestion]:
    """A worker that draws a picture for every question."""
    asked: list[ExplanationQuestion] = []

    def answer(question: bytes) -> bytes:
        asked.append(decode_question(question))
        return encode_answer(ExplanationAnswer(b"\x89PNG of " + asked[-1].jpeg[:3]))

    answering("worker", TOPIC, answer)
    return asked


@pytest.mark.usefixtures("sharp")
def test_a_sharp_picture_is_explained_to_who_may_see_faces(
    watcher: FlaskClient, explained: list[ExplanationQuestion], database: Database
) -> None:
    answer = watcher.get(EXPLANATION)
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.data == b"\x89PNG of " + JPEG[:3]
    assert answer.headers["Cache-Control"] == "no-store"
    assert [(one.model_version, one.jpeg) for one in explained] == [("m1", JPEG)]
    assert views(database) == [("the viewer", "user", "sighting 1")]


@pytest.mark.usefixtures("sharp")
def test_who_may_not_see_faces_gets_no_explanation(viewer: FlaskClient, database: Database) -> None:
    answer = viewer.get(EXPLANATION)
    assert answer.status_code == 403
    assert "may not see faces" in answer.get_json()["detail"]
    assert views(database) == []


@pytest.mark.usefixtures("blurred")
def test_of_a_blurred_picture_the_problem_says_why_there_is_none(watcher: FlaskClient) -> None:
    answer = watcher.get(EXPLANATION)
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert "blurred before it was kept" in answer.get_json()["detail"]


def test_without_a_picture_there_is_nothing_to_explain(
    watcher: FlaskClient, database: Database, camera: dict[str, Any]
) -> None:
    add_sighting(database, camera["id"])
    answer = watcher.get(EXPLANATION)
    assert answer.status_code == 404
    assert "no picture" in answer.get_json()["detail"]


@pytest.mark.usefixtures("sharp")
def test_an_administrator_has_sharp_pictures_blurred_once_the_mode_is_another(
    admin: FlaskClient, database: Database
) -> None:
    answer = admin.post("/api/v1/sightings/desharpen", json={"sharp_pictures": "blur"})
    job = answer.get_json()
    assert (answer.status_code, job["kind"], job["state"]) == (202, "desharpening", "waiting")
    assert job["parameters"] == {"sharp_pictures": "blur"}
    assert answer.headers["Location"] == f"/api/v1/jobs/{job['id']}"
    with database.read() as session:
        [row] = session.query(AuditRow).filter_by(action="picture.desharpen")
        assert row.actor == "a admin's token"


def test_while_pictures_are_kept_sharp_none_are_blurred(
    admin: FlaskClient, database: Database
) -> None:
    with database.write() as session:
        write_preferences(session, Preferences(evidence=EvidenceMode.SHARP))
    answer = admin.post("/api/v1/sightings/desharpen", json={"sharp_pictures": "remove"})
    assert (answer.status_code, answer.get_json()["field"]) == (409, "evidence")


@pytest.mark.parametrize("body", [{}, {"sharp_pictures": "burn"}, [], {"a": 1}, None])
def test_what_becomes_of_sharp_pictures_must_be_said(admin: FlaskClient, body: object) -> None:
    assert admin.post("/api/v1/sightings/desharpen", json=body).status_code == 422


def test_only_administrators_have_pictures_blurred(operator: FlaskClient) -> None:
    answer = operator.post("/api/v1/sightings/desharpen", json={"sharp_pictures": "blur"})
    assert answer.status_code == 403
