"""Answer questions of other processes beside a loop, in a thread of their own."""

import logging
import threading
from collections.abc import Callable

from redis.exceptions import RedisError

from core.processes import Stop

logger = logging.getLogger(__name__)

WAIT_S = 1.0

Answer = Callable[[bytes], bytes]
"""Must not raise: whatever goes wrong becomes a sentence of the answer."""
AnswerNext = Callable[[str, Answer, float], bool]
"""Takes topic, handler and seconds to wait, as core.requests has it."""


def open_desk(topic: str, answer: Answer, answer_next: AnswerNext, stop: Stop) -> threading.Thread:
    """Answer one question of a topic after the other until asked to stop."""
    arguments = (topic, answer, answer_next, stop)
    thread = threading.Thread(target=_run, args=arguments, name=topic, daemon=True)
    thread.start()
    return thread


def _run(topic: str, answer: Answer, answer_next: AnswerNext, stop: Stop) -> None:
    while not stop.is_set:
        try:
            answer_next(topic, answer, WAIT_S)
        except RedisError:
            # The loop beside us says that Redis is away; here it is enough to wait.
            stop.wait(WAIT_S)
        except Exception:  # the thread's outermost loop
            logger.exception("questions about '%s' cannot be answered", topic)
            stop.wait(WAIT_S)
