"""What the dashboard and the workers say to each other about pictures."""

import pytest

from core.errors import BadEntry
from core.picture_questions import (
    FoundFace,
    PictureAnswer,
    PictureOptions,
    PictureQuestion,
    decode_answer,
    decode_question,
    encode_answer,
    encode_question,
)
from core.types import Label


@pytest.mark.parametrize(
    "question",
    [
        pytest.param(PictureQuestion(b""), id="empty"),
        pytest.param(PictureQuestion(b"\xff\xd8", PictureOptions(320, 0.3, False, 9)), id="full"),
    ],
)
def test_a_question_is_read_as_it_was_written(question: PictureQuestion) -> None:
    assert decode_question(encode_question(question)) == question


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(PictureAnswer(error="this is no picture"), id="error"),
        pytest.param(PictureAnswer(640, 360), id="nobody"),
        pytest.param(
            PictureAnswer(640, 360, (FoundFace((1.5, 2, 3, 4), 0.9, (0.8, 0.1, 0.1)),)), id="a face"
        ),
    ],
)
def test_an_answer_is_read_as_it_was_written(answer: PictureAnswer) -> None:
    assert decode_answer(encode_answer(answer)) == answer


@pytest.mark.parametrize("entry", [b"", b"\xc1", b"\x01", b"\x81\xa5error\x01"])
def test_what_is_neither_is_refused(entry: bytes) -> None:
    with pytest.raises(BadEntry, match="update the workers"):
        decode_question(entry)
    with pytest.raises(BadEntry, match="update the workers"):
        decode_answer(entry or b"\x00")


def test_the_likeliest_label_is_named() -> None:
    assert FoundFace((0, 0, 1, 1), 1, (0.2, 0.5, 0.3)).label is Label.INCORRECT_MASK


def test_the_content_of_a_picture_is_not_shown() -> None:
    assert "secret" not in repr(PictureQuestion(b"secret"))
