"""The cameras of the kill test: frames pushed as ingest does, and counted."""

import threading
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import count

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from core.frames import FrameQueue
from core.types import Frame
from tests.kills.people import FRAMES_EACH, SIZE_WH, draw, is_unchanged, moment_of

FRAME_EVERY_S = 0.05


class Cameras:
    """Push until stopped. pushed: frames that Redis said it has; unsure: it may have them."""

    def __init__(self, port: int, camera_ids: Sequence[int]) -> None:
        # Each push is tried once: tried again, it might be counted twice.
        self._redis = Redis(port=port, retry=Retry(NoBackoff(), 0), socket_timeout=5)
        self._queue = FrameQueue(self._redis)
        self._camera_ids = camera_ids
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.pushed: Counter[int] = Counter()
        self.unsure: Counter[int] = Counter()
        self.frames = 0
        """Frames of each camera so far; the last person is finished before the end."""

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(30)
        assert not self._thread.is_alive()
        self._redis.close()

    def _run(self) -> None:
        for number in count():
            if self._stop.is_set() and number % FRAMES_EACH == 0:
                return
            for camera_id in self._camera_ids:
                try:
                    self._push(camera_id, number)
                    self.pushed[camera_id] += 1
                except RedisError:
                    self.unsure[camera_id] += 1
            self.frames = number + 1
            self._stop.wait(FRAME_EVERY_S)

    def _push(self, camera_id: int, number: int) -> None:
        if is_unchanged(number):
            self._queue.push_unchanged(camera_id, moment_of(number))
        else:
            jpeg = _picture(number // FRAMES_EACH)
            self._queue.push(Frame(camera_id, moment_of(number), SIZE_WH, jpeg))


@lru_cache(maxsize=64)
def _picture(person: int) -> bytes:
    return draw(person * FRAMES_EACH)
