"""Questions between processes get their answers, or say that none came."""

import threading

import pytest
from redis import Redis

from core.errors import NoAnswer
from core.requests import answer_next, ask


def test_a_question_is_answered(redis: Redis) -> None:
    answering = threading.Thread(
        target=answer_next, args=(redis, "echo", lambda question: question + b"!", 5)
    )
    answering.start()
    assert ask(redis, "echo", b"hello", 5) == b"hello!"
    answering.join()


def test_nobody_answering_is_said(redis: Redis) -> None:
    with pytest.raises(NoAnswer, match="no process answered 'echo'"):
        ask(redis, "echo", b"hello", 0.05)


def test_a_question_that_is_too_old_is_not_answered(redis: Redis) -> None:
    with pytest.raises(NoAnswer):
        ask(redis, "echo", b"hello", 0.05)
    asked: list[bytes] = []

    def remember(question: bytes) -> bytes:
        asked.append(question)
        return b""

    assert answer_next(redis, "echo", remember, 1)
    assert asked == []


def test_no_question_is_no_answer(redis: Redis) -> None:
    assert not answer_next(redis, "echo", bytes, 0.05)
