"""What the dashboard and the workers say to each other about a face."""

import pytest

from core.errors import BadEntry
from core.face_explanations import (
    ExplanationAnswer,
    ExplanationQuestion,
    decode_answer,
    decode_question,
    encode_answer,
    encode_question,
)


def test_a_question_is_read_as_it_was_written() -> None:
    question = ExplanationQuestion("masks-1", b"\xff\xd8 a face")
    assert decode_question(encode_question(question)) == question


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(ExplanationAnswer(b"\x89PNG"), id="a picture"),
        pytest.param(ExplanationAnswer(error="there is no Keras file"), id="a reason"),
    ],
)
def test_an_answer_is_read_as_it_was_written(answer: ExplanationAnswer) -> None:
    assert decode_answer(encode_answer(answer)) == answer


@pytest.mark.parametrize("broken", [b"", b"\xff\xff", b"\x93\x01\x02\x03", b"\x81\xa5error\x01"])
def test_what_is_broken_is_refused(broken: bytes) -> None:
    with pytest.raises(BadEntry):
        decode_question(broken)
    with pytest.raises(BadEntry):
        decode_answer(broken)


def test_neither_side_shows_the_face_when_it_is_logged() -> None:
    assert "face" not in repr(ExplanationQuestion("m1", b"a face"))
    assert "face" not in repr(ExplanationAnswer(b"a face"))
