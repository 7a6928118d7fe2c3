"""Write annotated pictures to a file: all of them as a video, or the last one."""

from datetime import datetime
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from core.errors import BadRequest
from core.types import Image

FRAMES_PER_SECOND = 25
REPEATS_MAX = FRAMES_PER_SECOND * 5
"""A longer gap between two frames is shortened to five seconds of the video."""
_PICTURES = (".jpg", ".jpeg", ".png")


class Recording(Protocol):
    """What takes the annotated pictures."""

    def add(self, captured_at: datetime, image: Image) -> None: ...

    def close(self) -> None:
        """Finish the file. May be called without any picture added."""


def open_recording(path: Path) -> Recording:
    """Choose by the name: .mp4 or a picture. Raises BadRequest if that cannot work."""
    if not path.parent.is_dir():
        raise BadRequest(
            "output", f"{path}: the folder {path.parent} does not exist; make it first"
        )
    if path.is_dir():
        raise BadRequest("output", f"{path} is a folder; give the name of a file")
    if path.suffix.lower() == ".mp4":
        return Video(path)
    if path.suffix.lower() in _PICTURES:
        return LastPicture(path)
    raise BadRequest("output", f"{path}: expected a name that ends in .mp4, .jpg or .png")


class Video:
    """An MP4 file that plays at the speed at which its frames were captured.

    Its rate is constant; a frame is repeated or left out as its capture time asks.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: cv2.VideoWriter | None = None
        self._size_wh = (0, 0)
        self._started_at: datetime | None = None
        self._count = 0

    def add(self, captured_at: datetime, image: Image) -> None:
        """Raises BadRequest if the file cannot be written."""
        if self._writer is None:
            self._writer = self._open(image)
            self._started_at = captured_at
        if (image.shape[1], image.shape[0]) != self._size_wh:
            image = np.asarray(cv2.resize(image, self._size_wh), np.uint8)
        for _ in range(self._repeats(captured_at)):
            self._writer.write(image)

    def close(self) -> None:
        """Raises BadRequest if nothing arrived in the file, such as on a full disk."""
        if self._writer is None:
            return
        self._writer.release()
        if not self._path.exists() or self._path.stat().st_size == 0:
            raise BadRequest("output", f"{self._path}: no video was written; is the disk full?")

    def _open(self, image: Image) -> cv2.VideoWriter:
        self._size_wh = (image.shape[1], image.shape[0])
        code = cv2.VideoWriter.fourcc(*"mp4v")
        writer = cv2.VideoWriter(str(self._path), code, FRAMES_PER_SECOND, self._size_wh)
        if not writer.isOpened():
            raise BadRequest(
                "output",
                f"{self._path}: the video cannot be written; may this folder be written to?",
            )
        return writer

    def _repeats(self, captured_at: datetime) -> int:
        """Say how often to write a frame so that the video is at its time."""
        elapsed = (captured_at - (self._started_at or captured_at)).total_seconds()
        due = int(elapsed * FRAMES_PER_SECOND) + 1
        repeats = min(max(0, due - self._count), REPEATS_MAX)
        self._count = max(due, self._count)
        return repeats


class LastPicture:
    """A picture file that holds the last frame once it is closed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last: Image | None = None

    def add(self, captured_at: datetime, image: Image) -> None:
        self._last = image

    def close(self) -> None:
        """Raises BadRequest if the file cannot be written."""
        if self._last is None:
            return
        _, content = cv2.imencode(self._path.suffix.lower(), self._last)
        try:
            self._path.write_bytes(content.tobytes())
        except OSError as error:
            raise BadRequest(
                "output", f"{self._path}: cannot be written ({error.strerror})"
            ) from error
