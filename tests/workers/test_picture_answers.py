"""Pictures of people are answered beside the inference loop, by the same networks."""

import threading
from collections.abc import Sequence
from functools import partial

import numpy as np
import pytest
from redis import Redis

from core.picture_questions import (
    TOPIC,
    FoundFace,
    PictureAnswer,
    PictureOptions,
    PictureQuestion,
    decode_answer,
    encode_question,
)
from core.pictures import encode_jpeg
from core.processes import Stop
from core.requests import answer_next, ask_all
from core.types import Faces, Image
from tests.waiting import join
from tests.workers.scenes import box, faces
from workers.picture_answers import PictureDesk, SharedAnalyser

PICTURE = encode_jpeg(np.zeros((48, 64, 3), np.uint8))


class OneFaceEach:
    """Finds one face in every image, and counts who is inside at the same time."""

    def __init__(self, model_version: str = "fake-1") -> None:
        self.model_version = model_version
        self.inside = 0
        self.most_inside = 0

    def analyse(self, images: Sequence[Image], min_score: float) -> list[Faces]:
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        found = [faces([box(5)]) for _ in images]
        self.inside -= 1
        return found


class Broken(OneFaceEach):
    def analyse(self, images: Sequence[Image], min_score: float) -> list[Faces]:
        raise RuntimeError("out of memory")


def desk(analyser: OneFaceEach) -> PictureDesk:
    return PictureDesk(SharedAnalyser(analyser), lambda *_: False)


def test_a_picture_is_answered_with_its_faces() -> None:
    answer = decode_answer(desk(OneFaceEach()).answer(encode_question(PictureQuestion(PICTURE))))
    assert (answer.width, answer.height, answer.error) == (64, 48, "")
    assert [type(face) for face in answer.faces] == [FoundFace]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        pytest.param(encode_question(PictureQuestion(b"GIF89a")), "not a JPEG", id="no picture"),
        pytest.param(encode_question(PictureQuestion(b"")), "empty", id="nothing"),
        pytest.param(
            encode_question(PictureQuestion(PICTURE[:-20])), "damaged", id="half a picture"
        ),
        pytest.param(b"\xc1", "update the workers", id="no question"),
        pytest.param(
            encode_question(PictureQuestion(PICTURE, PictureOptions(megapixels_max=0))),
            "megapixels",
            id="too large",
        ),
    ],
)
def test_what_cannot_be_read_is_answered_with_the_reason(question: bytes, said: str) -> None:
    answer = decode_answer(desk(OneFaceEach()).answer(question))
    assert said in answer.error
    assert answer.faces == ()


def test_a_fault_of_ours_is_answered_without_our_insides() -> None:
    answer = decode_answer(desk(Broken()).answer(encode_question(PictureQuestion(PICTURE))))
    assert answer == PictureAnswer(error="it failed; the worker's log says why")


def test_the_desk_answers_over_redis_until_it_is_stopped(redis: Redis) -> None:
    stop = Stop()
    analyser = SharedAnalyser(OneFaceEach())
    thread = PictureDesk(analyser, partial(answer_next, redis)).start(stop)
    questions = [encode_question(PictureQuestion(content)) for content in (PICTURE, b"", PICTURE)]

    answers = [decode_answer(one) for one in ask_all(redis, TOPIC, questions, 60)]

    stop.set()
    join([thread])
    assert [len(answer.faces) for answer in answers] == [1, 0, 1]


def test_two_threads_are_never_in_the_networks_at_once() -> None:
    networks = OneFaceEach()
    shared = SharedAnalyser(networks)
    image = np.zeros((8, 8, 3), np.uint8)

    def analyse_often() -> None:
        for _ in range(200):
            shared.analyse([image], 0.5)

    threads = [threading.Thread(target=analyse_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert networks.most_inside == 1


def test_other_networks_are_taken_for_all_threads() -> None:
    first, second = OneFaceEach("first"), OneFaceEach("second")
    shared = SharedAnalyser(first)

    assert shared.use(second) is first

    assert shared.model_version == "second"
