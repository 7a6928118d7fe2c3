"""Stand in for the processes that answer questions over Redis."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TypeAlias

from redis import Redis

from core.heartbeats import Heartbeat, beat, end_beat
from core.requests import answer_next

TURN_S = 0.05

Answer: TypeAlias = Callable[[bytes], bytes]
Answering: TypeAlias = Callable[[str, str, Answer], None]
"""Takes kind of process, topic and what answers a question; it goes on until the test ends."""


@contextmanager
def stand_in(
    port: int, kind: str, topic: str, answer: Answer, models: tuple[str, ...] = ()
) -> Iterator[None]:
    """Be a process of a kind that is alive and answers each question of a topic."""
    redis, stop = Redis(port=port), threading.Event()
    heartbeat = Heartbeat(kind, f"stands in for {topic}", 1, datetime.now(UTC), models=models)

    def run() -> None:
        while not stop.is_set():
            answer_next(redis, topic, answer, TURN_S)
            beat(redis, heartbeat)

    beat(redis, heartbeat)
    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        end_beat(redis, heartbeat)
        redis.close()
