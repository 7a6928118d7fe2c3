"""A worker has a kept face explained in a child process, and says why where it cannot be."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
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
from core.manifests import FileKind
from core.pictures import encode_jpeg
from core.processes import Stop
from core.requests import answer_next, ask
from models.manifest import SHIPPED_CLASSIFIER, read_manifest, write_manifest
from tests.models.versions import copy_shipped
from workers.face_explanations import ExplanationDesk, explain_in_child

JPEG = encode_jpeg(np.random.default_rng(1).integers(0, 255, (90, 90, 3), np.uint8))
PATIENCE_S = 400.0
"""Loading TensorFlow takes long where much else runs."""
QUESTION = encode_question(ExplanationQuestion("masks-1", JPEG))


def nowhere(version: str) -> Path:
    raise NotFound(f"the classifier {version} is not kept any more")


def desk(locate: Callable[[str], Path]) -> ExplanationDesk:
    return ExplanationDesk(locate, lambda *_: False, PATIENCE_S)


def answer(folder: Path, question: bytes = QUESTION) -> ExplanationAnswer:
    return decode_answer(desk(lambda _: folder).answer(question))


def test_a_face_comes_back_beside_its_heat() -> None:
    found = answer(SHIPPED_CLASSIFIER)
    assert found.error == ""
    image = cv2.imdecode(np.frombuffer(found.png, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    assert image.shape[1] > 2 * 240


def test_a_version_that_is_gone_is_named() -> None:
    found = decode_answer(desk(nowhere).answer(QUESTION))
    assert found.error == "the classifier masks-1 is not kept any more"


def test_a_folder_that_is_no_version_says_what_it_lacks(tmp_path: Path) -> None:
    assert "manifest.json" in answer(tmp_path).error


def test_a_version_without_a_keras_file_says_so_at_once(tmp_path: Path) -> None:
    folder = copy_shipped(tmp_path / "model", "test-1")
    manifest = read_manifest(folder)
    files = tuple(file for file in manifest.files if file.runtime is not FileKind.KERAS)
    write_manifest(folder, replace(manifest, files=files))
    assert answer(folder).error == (
        "the classifier test-1 has no Keras file, so it cannot be explained"
    )


def test_a_question_that_is_none_is_answered_by_a_sentence() -> None:
    assert "cannot be read" in answer(SHIPPED_CLASSIFIER, b"?").error


def test_a_picture_that_is_none_is_answered_by_a_sentence() -> None:
    question = encode_question(ExplanationQuestion("masks-1", b"no picture"))
    assert "cannot be decoded" in answer(SHIPPED_CLASSIFIER, question).error


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
    thread = ExplanationDesk(nowhere, partial(answer_next, redis)).start(stop)
    try:
        assert "not kept any more" in decode_answer(ask(redis, TOPIC, QUESTION, 60)).error
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()
