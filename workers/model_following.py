"""Follow the active model versions: load a new one beside the running one, then hand it over.

The networks in use go on meanwhile. The same thread answers whether a version runs.
"""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Mapping
from typing import Protocol

from redis.exceptions import RedisError

from core.desks import AnswerNext
from core.errors import DatabaseAway, MaskwatchError
from core.manifests import Task
from core.model_checks import TOPIC, ModelCheck, decode_question, encode_check
from core.processes import Stop
from workers.inference import Analyser

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
STOP_WITHIN_S = 2.5
"""Of the 3 s in which a process ends."""


class Loaded(Protocol):
    """Networks that are ready, and the names of their versions, the classifier's first."""

    @property
    def analyser(self) -> Analyser: ...

    @property
    def versions(self) -> tuple[str, ...]: ...


class Registry(Protocol):
    """The model versions of the installation; models.registry.ModelRegistry is one."""

    def read_active_ids(self) -> dict[Task, int]: ...

    def load(self, ids: Mapping[Task, int]) -> Loaded: ...

    def check(self, version_id: int) -> None: ...


class ModelFollower:
    """Keeps one worker at the active versions."""

    def __init__(self, registry: Registry, answer_next: AnswerNext) -> None:
        self._registry, self._answer_next = registry, answer_next
        self._ids: dict[Task, int] = {}
        self._fresh: deque[Loaded] = deque(maxlen=1)
        self._used: deque[Analyser] = deque()
        self._is_away = False
        self.trouble = ""
        """Why the active version is not in use; empty where it is. Fit for an operator's eyes."""

    def load_first(self) -> Loaded:
        """Load the active versions, or, where that fails, those of this release."""
        self.look()
        return self.take() or self._registry.load({})

    def start(self, stop: Stop) -> threading.Thread:
        """Look and answer in a thread of its own until asked to stop."""
        thread = threading.Thread(target=self._run, args=(stop,), name="models", daemon=True)
        thread.start()
        return thread

    def take(self) -> Loaded | None:
        """Take the networks to use from now on; None where nothing has changed."""
        return self._fresh.popleft() if self._fresh else None

    def let_go(self, analyser: Analyser) -> None:
        """Free networks that are used no more, in this follower's thread: it takes 30 ms."""
        self._used.append(analyser)

    def look(self) -> None:
        """Load what is active now, if that is news. A version that fails is not tried twice."""
        self._used.clear()
        tried = self._ids
        try:
            ids = self._registry.read_active_ids()
            self._note_database(None)
            if ids != tried:
                self._ids = ids
                self._load(ids)
        except DatabaseAway as error:
            self._ids = tried
            self._note_database(error)

    def answer(self, question: bytes) -> bytes:
        """Answer whether a version runs; whatever goes wrong becomes a sentence."""
        try:
            self._registry.check(decode_question(question))
        except MaskwatchError as error:
            return encode_check(ModelCheck(ok=False, error=str(error)))
        except Exception:
            logger.exception("a model check failed")
            return encode_check(ModelCheck(ok=False, error="it failed; the worker's log says why"))
        return encode_check(ModelCheck(ok=True))

    def _load(self, ids: Mapping[Task, int]) -> None:
        """Load versions and put them where take finds them. Raises DatabaseAway."""
        try:
            fresh = self._registry.load(ids)
        except DatabaseAway:
            raise
        except MaskwatchError as error:
            self.trouble = str(error)
            logger.error("the active model cannot be used, going on as before: %s", error)
        else:
            self._fresh.append(fresh)
            self.trouble = ""
            logger.info("analysing with %s from now on", ", ".join(fresh.versions))

    def _note_database(self, error: DatabaseAway | None) -> None:
        """Say once that the database went away, and once that it is back."""
        if error and not self._is_away:
            logger.warning("%s; going on with the models in use", error)
        elif not error and self._is_away:
            logger.info("the database answers again")
        self._is_away = error is not None

    def _run(self, stop: Stop) -> None:
        while not stop.is_set:
            try:
                self.look()
                self._answer_next(TOPIC, self.answer, LOOK_EVERY_S)
            except RedisError:
                # The loop says that Redis is away; here it is enough to wait.
                stop.wait(LOOK_EVERY_S)
            except Exception:
                logger.exception("the active models could not be followed")
                stop.wait(LOOK_EVERY_S)


def leave(*threads: threading.Thread) -> None:
    """End the process here if a thread is still busy with networks.

    It is in C++ code then, which aborts the process when the interpreter ends under it.
    """
    until_s = time.monotonic() + STOP_WITHIN_S
    for thread in threads:
        thread.join(max(0.0, until_s - time.monotonic()))
    is_busy = any(thread.is_alive() for thread in threads)
    if is_busy and threading.current_thread() is threading.main_thread():
        logging.shutdown()
        os._exit(0)
