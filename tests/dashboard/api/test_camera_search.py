from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.camera_search import (
    SEARCH_TOPIC,
    STREAMS_TOPIC,
    DeviceStream,
    FoundDevice,
    SearchAnswer,
    StreamsAnswer,
    StreamsQuestion,
    encode_answer,
    unseal_question,
)
from core.secrets import SecretBox
from tests.answering import Answering

CAMERA = {"address": "http://10.0.0.7/onvif/device_service", "user": "ada", "password": "s3cret"}
Ingest = Callable[[str, SearchAnswer | StreamsAnswer], list[bytes]]


@pytest.fixture
def ingest(answering: Answering) -> Ingest:
    """Stand in for ingest, and remember what it was asked."""

    def run(topic: str, answer: SearchAnswer | StreamsAnswer) -> list[bytes]:
        asked: list[bytes] = []

        def handle(question: bytes) -> bytes:
            asked.append(question)
            return encode_answer(answer)

        answering("ingest", topic, handle)
        return asked

    return run


def test_a_search_tells_which_cameras_answered(admin: FlaskClient, ingest: Ingest) -> None:
    ingest(SEARCH_TOPIC, SearchAnswer((FoundDevice(CAMERA["address"], "10.0.0.7", "Door"),)))
    answer = admin.post("/api/v1/cameras/search", json={})
    assert answer.get_json() == {
        "devices": [
            {"address": CAMERA["address"], "host": "10.0.0.7", "name": "Door", "model": ""}
        ],
        "error": "",
    }


def test_a_camera_is_asked_for_its_streams_with_a_sealed_password(
    admin: FlaskClient, ingest: Ingest, box: SecretBox
) -> None:
    stream = DeviceStream("main", "rtsp://10.0.0.7/1", 1920, 1080, 25.0, "h264")
    asked = ingest(STREAMS_TOPIC, StreamsAnswer((stream,)))
    answer = admin.post("/api/v1/cameras/streams", json=CAMERA)
    [found] = answer.get_json()["streams"]
    assert (found["url"], found["width"], found["codec"]) == ("rtsp://10.0.0.7/1", 1920, "h264")
    assert b"s3cret" not in asked[0]
    assert unseal_question(asked[0], box) == StreamsQuestion(**CAMERA)
    assert "s3cret" not in answer.text


def test_searching_and_asking_are_in_the_audit_without_the_password(
    admin: FlaskClient, ingest: Ingest
) -> None:
    ingest(SEARCH_TOPIC, SearchAnswer(error="no multicast"))
    assert admin.post("/api/v1/cameras/search", json={}).get_json()["error"] == "no multicast"
    ingest(STREAMS_TOPIC, StreamsAnswer(error="the password is wrong"))
    admin.post("/api/v1/cameras/streams", json=CAMERA)
    audit = admin.get("/api/v1/audit?action=camera.")
    said = [(one["action"], one["subject"]) for one in audit.get_json()["items"]]
    assert said == [("camera.streams", "10.0.0.7"), ("camera.search", "the network")]
    assert "s3cret" not in audit.text


@pytest.mark.parametrize("path", ["search", "streams"])
def test_only_an_administrator_searches(operator: FlaskClient, path: str) -> None:
    answer = operator.post(f"/api/v1/cameras/{path}", json=CAMERA if path == "streams" else {})
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["search", "streams"])
def test_without_ingest_nobody_waits_for_a_search(admin: FlaskClient, path: str) -> None:
    answer = admin.post(f"/api/v1/cameras/{path}", json=CAMERA if path == "streams" else {})
    assert answer.status_code == 503
    assert "maskwatch ingest" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    "change",
    [
        {"address": "10.0.0.7"},
        {"address": "http://a:b@c/"},
        {"address": ""},
        {"user": "a\nb"},
        {"password": "\0"},
    ],
    ids=str,
)
def test_a_question_that_cannot_be_is_refused(admin: FlaskClient, change: dict[str, Any]) -> None:
    answer = admin.post("/api/v1/cameras/streams", json=CAMERA | change)
    assert answer.status_code == 422
