"""Pictures are analysed by workers, answered in their order, and kept nowhere."""

import io
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from redis import Redis
from werkzeug.test import TestResponse

import dashboard.api.analyze
from core.heartbeats import Heartbeat, beat
from core.picture_questions import (
    PICTURE_BYTES_MAX,
    TOPIC,
    FoundFace,
    PictureAnswer,
    PictureQuestion,
    decode_question,
    encode_answer,
)
from core.pictures import encode_jpeg
from core.settings import Settings
from tests.answering import Answering
from tests.dashboard.forms import encoded, pictures

ANALYZE = "/api/v1/analyze"
JPEG = encode_jpeg(np.zeros((48, 64, 3), np.uint8))
FACE = FoundFace((1.0, 2.0, 3.0, 4.5), 0.9, (0.1, 0.2, 0.7))


class FakeWorker:
    """Answers each picture with one face, and remembers the questions."""

    def __init__(self) -> None:
        self.asked: list[PictureQuestion] = []
        self.answer = PictureAnswer(64, 48, (FACE,))

    def handle(self, question: bytes) -> bytes:
        self.asked.append(decode_question(question))
        return encode_answer(self.answer)


@pytest.fixture
def worker(answering: Answering) -> FakeWorker:
    fake = FakeWorker()
    answering("worker", TOPIC, fake.handle)
    return fake


def send(client: FlaskClient, *contents: bytes, **fields: str) -> TestResponse:
    return client.post(ANALYZE, **encoded({"pictures": pictures(contents)}, fields))


def test_a_picture_is_answered_as_the_command_detect_answers(
    operator: FlaskClient, worker: FakeWorker
) -> None:
    response = send(operator, JPEG)
    assert response.status_code == 200
    assert response.json == [
        {
            "file": "0.jpg",
            "width": 64,
            "height": 48,
            "faces": [
                {
                    "box": [1.0, 2.0, 3.0, 4.5],
                    "score": 0.9,
                    "label": "no_mask",
                    "probabilities": {"mask": 0.1, "incorrect_mask": 0.2, "no_mask": 0.7},
                }
            ],
        }
    ]


def test_what_is_no_picture_is_answered_in_its_place(
    operator: FlaskClient, worker: FakeWorker
) -> None:
    response = send(operator, JPEG, b"GIF89a", b"", JPEG)
    assert [one.get("error") for one in response.json or ()] == [
        None,
        "this is not a JPEG, PNG or WebP picture",
        "the file is empty",
        None,
    ]
    assert [one["file"] for one in response.json or ()] == ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]
    assert len(worker.asked) == 2


def test_a_picture_that_a_worker_cannot_read_is_answered_in_its_place(
    operator: FlaskClient, worker: FakeWorker
) -> None:
    worker.answer = PictureAnswer(error="the picture is damaged; send it again")
    assert send(operator, JPEG).json == [
        {"file": "0.jpg", "error": "the picture is damaged; send it again"}
    ]


def test_the_options_reach_the_worker(operator: FlaskClient, worker: FakeWorker) -> None:
    send(operator, JPEG, long_side="320", min_score="0.25", no_exif="true")
    (asked,) = worker.asked
    assert (asked.options.long_side, asked.options.min_score) == (320, 0.25)
    assert not asked.options.upright


def test_without_options_those_of_the_cameras_count(
    operator: FlaskClient, worker: FakeWorker, settings: Settings
) -> None:
    send(operator, JPEG)
    (asked,) = worker.asked
    assert (asked.options.long_side, asked.options.upright) == (960, True)
    assert asked.options.min_score == settings.min_score
    assert asked.options.megapixels_max == settings.media_max_megapixels


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        pytest.param({}, "pictures", id="nothing"),
        pytest.param({"pictures": "text"}, "pictures", id="text"),
        pytest.param({"pictures": (io.BytesIO(JPEG), "a"), "long_side": "9"}, "long_side", id="9"),
        pytest.param({"pictures": (io.BytesIO(JPEG), "a"), "who": "me"}, "who", id="unknown"),
        pytest.param(
            {"pictures": [(io.BytesIO(JPEG), "a") for _ in range(17)]}, "pictures", id="17"
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(
    operator: FlaskClient, fields: dict[str, Any], field: str
) -> None:
    response = operator.post(ANALYZE, data=fields, content_type="multipart/form-data")
    assert response.status_code == 422
    assert (response.json or {})["field"].startswith(field)


@pytest.mark.parametrize("text", ["[" * 100_000, "9" * 100_000])
def test_a_field_that_would_break_the_reader_of_json_is_refused(
    operator: FlaskClient, text: str
) -> None:
    assert send(operator, JPEG, long_side=text).status_code == 413


def test_without_a_worker_it_says_what_to_start(operator: FlaskClient) -> None:
    response = send(operator, JPEG)
    assert response.status_code == 503
    assert "maskwatch worker" in (response.json or {})["detail"]


def test_workers_that_do_not_answer_are_told(
    operator: FlaskClient, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    beat(redis, Heartbeat("worker", "here", 1, datetime.now(UTC)))
    monkeypatch.setattr(dashboard.api.analyze, "TIMEOUT_S", 0.1)
    response = send(operator, JPEG)
    assert response.status_code == 504
    assert "start more workers" in (response.json or {})["detail"]
    assert redis.llen(f"mw:house:ask:{TOPIC}") == 0


def test_a_viewer_may_not_load_the_workers(viewer: FlaskClient) -> None:
    assert send(viewer, JPEG).status_code == 403


def test_a_stranger_learns_nothing(stranger: FlaskClient) -> None:
    assert send(stranger, b"whatever").status_code == 401


def test_too_large_pictures_are_answered_or_refused(
    operator: FlaskClient, worker: FakeWorker
) -> None:
    large = b"\xff\xd8\xff" + bytes(PICTURE_BYTES_MAX)
    assert (send(operator, large).json or [{}])[0][
        "error"
    ] == "the picture is over 16 MB; make it smaller"
    assert send(operator, large, large, large).status_code == 413


def test_pictures_leave_nothing_on_the_disk(
    operator: FlaskClient, worker: FakeWorker, settings: Settings
) -> None:
    assert send(operator, JPEG + bytes(2_000_000)).status_code == 200
    assert list(settings.uploads.iterdir()) == []


def test_one_asker_is_slowed_down(operator: FlaskClient, worker: FakeWorker) -> None:
    statuses = [send(operator, b"").status_code for _ in range(61)]
    assert set(statuses[:60]) == {200}
    assert statuses[60] == 429
