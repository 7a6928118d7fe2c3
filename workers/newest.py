"""Read frames in a thread of its own and hand out only the newest."""

import threading
from collections.abc import Iterator
from datetime import datetime
from typing import TypeAlias

from core.types import Image

TimedImage: TypeAlias = tuple[datetime, Image]
STOP_TIMEOUT_S = 6.0
"""A second more than a source that sends nothing takes to give up."""


class NewestFrames:
    """An iterator over the frames of a live source that never lags behind it.

    Frames that come while the caller is busy replace each other. The source's
    own error is raised after its last frame.
    """

    def __init__(self, frames: Iterator[TimedImage]) -> None:
        self._frames = frames
        self._changed = threading.Condition()
        self._newest: TimedImage | None = None
        self._is_over = False
        self._error: Exception | None = None
        # A daemon: a source that hangs in a system call must not keep us from leaving.
        self._reader = threading.Thread(target=self._read, name="newest-frame", daemon=True)
        self._reader.start()

    def __iter__(self) -> Iterator[TimedImage]:
        return self

    def __next__(self) -> TimedImage:
        """Wait for a frame that was not handed out yet."""
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None or self._is_over)
            frame, self._newest = self._newest, None
            if frame is not None:
                return frame
            if self._error is not None:
                raise self._error
            raise StopIteration

    def stop(self) -> None:
        """Let the reader end with the frame that it is waiting for, at most a few seconds.

        A source must not be closed while it is read.
        """
        with self._changed:
            self._is_over = True
        self._reader.join(STOP_TIMEOUT_S)

    def _read(self) -> None:
        try:
            for frame in self._frames:
                with self._changed:
                    if self._is_over:
                        return
                    self._newest = frame
                    self._changed.notify()
        except Exception as error:  # the thread's border: raised again in __next__
            self._error = error
        with self._changed:
            self._is_over = True
            self._changed.notify()
