"""A worker has a kept face explained in a child process, and says why where it cannot be."""

import subprocess
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
from redis import Redis

from core.errors import NotFound
from core.face_explanations import (
    TOPIC,
    ExplanationAnswer,
    ExplanationQuestion,
    decode_answer,
    encode_question,
)
from core.pictures import encode_jpeg
from core.processes import Stop
from core.requests import answer_next, ask
from models.manifest import SHIPPED_CLASSIFIER
from workers.face_explanations import ExplanationDesk, explain_in_child

JPEG = encode_jpeg(np.random.default_rng(1).integers(0, 255, (90, 90, 3), np.uint8))
QUESTION = encode_question(ExplanationQuestion("masks-1", JPEG))


def desk(folder: Path | None) -> ExplanationDesk:
    def locate(version: str) -> Path:
        if folder is None:
            raise NotFound(f"the classifier {version} is not kept any more")
        return folder

    return ExplanationDesk(locate, lambda *_: False)


def answer(folder: Path | None, question: bytes = QUESTION) -> ExplanationAnswer:
    return decode_answer(desk(folder).answer(question))


def test_a_face_comes_back_beside_its_heat() -> None:
    found = answer(SHIPPED_CLASSIFIER)
    assert found.error == ""
    image = cv2.imdecode(np.frombuffer(found.png, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    assert image.shape[1] > 2 * 240


def test_a_version_that_is_gone_is_named() -> None:
    assert answer(None).error == "the classifier masks-1 is not kept any more"


def test_a_version_without_a_keras_file_says_what_it_lacks(tmp_path: Path) -> None:
    assert "manifest.json" in answer(tmp_path).error


def test_a_question_that_is_none_is_answered_by_a_sentence() -> None:
    assert "cannot be read" in answer(SHIPPED_CLASSIFIER, b"?").error


def test_a_picture_that_is_none_is_answered_by_a_sentence(tmp_path: Path) -> None:
    question = encode_question(ExplanationQuestion("masks-1", b"no picture"))
    assert "cannot be decoded" in answer(tmp_path, question).error


def test_a_child_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        explain_in_child(JPEG, tmp_path, timeout_s=0.01)


def test_what_the_desk_did_not_foresee_becomes_a_sentence() -> None:
    def locate(_: str) -> Path:
        raise RuntimeError("disk full")

    found = decode_answer(ExplanationDesk(locate, lambda *_: False).answer(QUESTION))
    assert found.error == "it failed; the worker's log says why"


def test_it_answers_over_redis_until_it_is_stopped(redis: Redis) -> None:
    stop = Stop()
    thread = ExplanationDesk(lambda _: Path("nowhere"), partial(answer_next, redis)).start(stop)
    try:
        question = encode_question(ExplanationQuestion("masks-1", b"no picture"))
        found = decode_answer(ask(redis, TOPIC, question, 60))
        assert "cannot be decoded" in found.error
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()
