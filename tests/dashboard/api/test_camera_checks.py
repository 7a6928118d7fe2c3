from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from core import picture_questions
from core.checks import TOPIC, CameraCheck, CheckQuestion, encode_check, unseal_question
from core.picture_questions import FoundFace, PictureAnswer, decode_question, encode_answer
from core.pictures import encode_jpeg
from core.secrets import SecretBox
from tests.answering import Answering
from tests.dashboard.api.conftest import ADDRESS


@pytest.fixture
def ingest(answering: Answering, box: SecretBox) -> Callable[..., list[CheckQuestion]]:
    """Stand in for ingest, and remember what it was asked."""

    def run(check: CameraCheck) -> list[CheckQuestion]:
        asked: list[CheckQuestion] = []

        def answer(sealed: bytes) -> bytes:
            asked.append(unseal_question(sealed, box))
            return encode_check(check)

        answering("ingest", TOPIC, answer)
        return asked

    return run


def test_a_check_says_what_the_stream_shows(
    operator: FlaskClient, ingest: Callable[..., list[CheckQuestion]]
) -> None:
    asked = ingest(CameraCheck(True, "", 1280, 720, 12.5, "h264", b"jpeg"))
    body = {"url": ADDRESS, "transport": "udp"}
    answer = operator.post("/api/v1/cameras/check", json=body)
    assert answer.get_json() == {
        "ok": True,
        "error": "",
        "width": 1280,
        "height": 720,
        "frames_per_second": 12.5,
        "codec": "h264",
        "snapshot_jpeg": "anBlZw==",
        "faces": None,
        "advice": [
            {
                "topic": "distance",
                "level": "good",
                "text": "If its lens sees 90°, as most do, masks can be judged up to 3 m away, "
                "best within 2 m. Let somebody stand there to be sure.",
            },
            {"topic": "rate", "level": "good", "text": answer.get_json()["advice"][1]["text"]},
        ],
    }
    assert asked == [CheckQuestion(ADDRESS, "udp")]


def test_a_check_that_fails_says_why(
    operator: FlaskClient, ingest: Callable[..., list[CheckQuestion]]
) -> None:
    ingest(CameraCheck(False, "the camera refuses the password"))
    answer = operator.post("/api/v1/cameras/check", json={"url": ADDRESS})
    assert answer.status_code == 200
    assert answer.get_json()["error"] == "the camera refuses the password"


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({}, id="no url"),
        pytest.param({"url": "rtsp://camera.example:554/stream1"}, id="the url as it is shown"),
    ],
)
def test_a_registered_camera_is_checked_with_its_stored_password(
    operator: FlaskClient,
    camera: dict[str, Any],
    ingest: Callable[..., list[CheckQuestion]],
    more: dict[str, str],
) -> None:
    asked = ingest(CameraCheck(True))
    operator.post("/api/v1/cameras/check", json={"camera_id": camera["id"], **more})
    assert asked[0].url == ADDRESS


def test_without_ingest_nobody_waits_for_a_check(operator: FlaskClient) -> None:
    answer = operator.post("/api/v1/cameras/check", json={"url": ADDRESS})
    assert answer.status_code == 503
    assert "maskwatch ingest" in answer.get_json()["detail"]


def test_a_check_of_nothing_is_refused(operator: FlaskClient) -> None:
    answer = operator.post("/api/v1/cameras/check", json={})
    assert (answer.status_code, answer.get_json()["field"]) == (422, "url")


def test_a_bad_address_is_refused_before_ingest_is_asked(operator: FlaskClient) -> None:
    answer = operator.post("/api/v1/cameras/check", json={"url": "gopher://x"})
    assert (answer.status_code, answer.get_json()["field"]) == (422, "url")


def test_a_check_advises_on_the_faces_that_a_worker_finds(
    operator: FlaskClient, answering: Answering, ingest: Callable[..., list[CheckQuestion]]
) -> None:
    snapshot = encode_jpeg(np.full((540, 960, 3), 120, np.uint8))
    ingest(CameraCheck(True, "", 1920, 1080, 25.0, "h264", snapshot))
    asked: list[bytes] = []

    def find_a_face(question: bytes) -> bytes:
        asked.append(decode_question(question).content)
        face = FoundFace((400, 200, 18, 22), 0.9, (0.8, 0.1, 0.1))
        return encode_answer(PictureAnswer(960, 540, (face,)))

    answering("worker", picture_questions.TOPIC, find_a_face)
    body = {"url": ADDRESS, "long_side": 1920}
    answer = operator.post("/api/v1/cameras/check", json=body).get_json()
    assert asked == [snapshot]
    assert answer["faces"] == [{"box": [400.0, 200.0, 18.0, 22.0], "score": 0.9}]
    said = {one["topic"]: one["text"] for one in answer["advice"]}
    # Twice as wide as in the snapshot: pictures are analysed at twice its size.
    assert "Faces here are 36 px wide" in said["faces"]
    assert "less than twice the distance" in said["distance"]
    assert "blurred" in said["sharpness"]


def test_a_snapshot_that_no_worker_can_read_is_advised_on_without_faces(
    operator: FlaskClient, answering: Answering, ingest: Callable[..., list[CheckQuestion]]
) -> None:
    ingest(CameraCheck(True, "", 960, 540, 2.0, "h264", b"no picture"))
    refusal = encode_answer(PictureAnswer(error="this is not a picture"))
    answering("worker", picture_questions.TOPIC, lambda _: refusal)
    answer = operator.post("/api/v1/cameras/check", json={"url": ADDRESS}).get_json()
    assert answer["faces"] is None
    assert [one["topic"] for one in answer["advice"]] == ["distance", "rate"]
    assert answer["advice"][1]["level"] == "poor"
