"""Questions are answered beside a loop, whatever happens meanwhile, until it stops."""

import logging
import threading
from collections.abc import Callable

import pytest
from redis.exceptions import ConnectionError  # noqa: A004 - redis's own name

from core import desks
from core.desks import open_desk
from core.processes import Stop
from tests.waiting import join


class Asker:
    """Hands a question over at each turn, after the faults that it is given."""

    def __init__(self, *faults: Exception) -> None:
        self._faults = list(faults)
        self.answers: list[bytes] = []
        self.answered = threading.Event()

    def answer_next(self, topic: str, answer: Callable[[bytes], bytes], wait_s: float) -> bool:
        if self._faults:
            raise self._faults.pop(0)
        self.answers.append(answer(topic.encode()))
        self.answered.set()
        return True


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "WAIT_S", 0.01)


def work(asker: Asker) -> None:
    """Answer until a question was answered, then stop."""
    stop = Stop()
    thread = open_desk("echo", lambda question: question + b"!", asker.answer_next, stop)
    assert asker.answered.wait(60)
    stop.set()
    join([thread])


def test_a_question_of_its_topic_is_answered() -> None:
    asker = Asker()
    work(asker)
    assert asker.answers[0] == b"echo!"


def test_it_waits_for_a_redis_that_is_away_without_a_word(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO):
        work(Asker(ConnectionError("away"), ConnectionError("still away")))
    assert caplog.records == []


def test_what_nobody_foresaw_is_logged_and_it_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    work(Asker(RuntimeError("odd")))
    assert "questions about 'echo' cannot be answered" in caplog.text
