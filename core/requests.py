"""Ask another process, and answer: camera checks (ingest), pictures (workers).

A question waits in the list `mw:house:ask:TOPIC`; its answer comes in a list of
its own that lives for a minute. A question that nobody takes in time is withdrawn,
not answered late.
"""

import secrets
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import msgspec

from core.connections import as_bytes
from core.errors import BadEntry, NoAnswer
from core.keys import HOUSE_PREFIX

if TYPE_CHECKING:
    from redis import Redis

T = TypeVar("T")

_ANSWER_LIFE_S = 60
_WAITING_MAX = 64


_PUT_ASIDE = """
-- Questions and answers may hold faces: they stay out of replicas and of the append-only
-- file. They are perishable, and have no business on a disk.
redis.set_repl(redis.REPL_NONE)
redis.call('LPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], 0, tonumber(ARGV[2]) - 1)
if ARGV[3] ~= '0' then
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
"""
"""KEYS: list. ARGV: entry, entries to keep at most, seconds it lives (0 for ever)."""


class _Question(msgspec.Struct):
    reply_to: str
    expires_ms: int
    content: bytes


def ask(redis: "Redis", topic: str, question: bytes, timeout_s: float) -> bytes:
    """Put a question and wait for its answer. Raises NoAnswer."""
    return ask_all(redis, topic, [question], timeout_s)[0]


def ask_all(
    redis: "Redis", topic: str, questions: Sequence[bytes], timeout_s: float
) -> list[bytes]:
    """Put questions, for whoever is free, and wait for the answers, in the questions' order.

    Raises NoAnswer if they are not all there within timeout_s.
    """
    expires_ms = _now_ms(redis) + int(timeout_s * 1000)
    asked = [_Question(_new_reply_key(), expires_ms, question) for question in questions]
    entries = [msgspec.msgpack.encode(one) for one in asked]
    put = redis.register_script(_PUT_ASIDE)
    for entry in entries:
        put([_topic_key(topic)], [entry, _WAITING_MAX, 0])
    until_s = time.monotonic() + timeout_s
    try:
        return [_wait(redis, topic, one.reply_to, until_s, timeout_s) for one in asked]
    except NoAnswer:
        _withdraw(redis, topic, entries)
        raise


def answer_next(
    redis: "Redis", topic: str, handler: Callable[[bytes], bytes], wait_s: float
) -> bool:
    """Wait for one question and answer it. False if none came.

    What the handler raises goes up, and the asker gets no answer.
    """
    taken = redis.brpop([_topic_key(topic)], timeout=wait_s)
    if taken is None:
        return False
    question = msgspec.msgpack.decode(as_bytes(taken[1]), type=_Question)
    if question.expires_ms >= _now_ms(redis):
        answer = handler(question.content)
        redis.register_script(_PUT_ASIDE)([question.reply_to], [answer, 1, _ANSWER_LIFE_S])
    return True


def read_json(content: bytes | str, kind: type[T], complaint: str) -> T:
    """Read a question or an answer that was written as JSON. Raises BadEntry with the complaint."""
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.MsgspecError as error:
        raise BadEntry(complaint) from error


def _wait(redis: "Redis", topic: str, reply_to: str, until_s: float, timeout_s: float) -> bytes:
    # A timeout of 0 would be none at all.
    answer = redis.blpop([reply_to], timeout=max(0.01, until_s - time.monotonic()))
    if answer is None:
        raise NoAnswer(
            f"no process answered '{topic}' within {timeout_s:.0f} s; is it running, or busy?"
        )
    return as_bytes(answer[1])


def _withdraw(redis: "Redis", topic: str, entries: Sequence[bytes]) -> None:
    """Take back what nobody took: pictures must not fill the memory until a worker comes."""
    with redis.pipeline(transaction=False) as pipe:
        for entry in entries:
            pipe.lrem(_topic_key(topic), 0, entry)  # type: ignore[arg-type]  # bytes do, too
        pipe.execute()


def _new_reply_key() -> str:
    return f"{HOUSE_PREFIX}answer:{secrets.token_hex(16)}"


def _topic_key(topic: str) -> str:
    return f"{HOUSE_PREFIX}ask:{topic}"


def _now_ms(redis: "Redis") -> int:
    seconds, microseconds = redis.time()
    return int(seconds * 1000 + microseconds // 1000)
