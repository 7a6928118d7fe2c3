"""A demo camera as a source of frames, in real time."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from threading import Event

import cv2
import numpy as np
from numpy.typing import NDArray

from core.types import Image
from ingest.demo.cameras import DEMO_CAMERAS, DemoCamera
from ingest.demo.lens import SIZE_WH
from ingest.demo.scene import DemoScene

FRAMES_PER_SECOND = 10.0


@dataclass(frozen=True)
class DemoFrame:
    """One moment of a scene; it is drawn once, when it is asked for."""

    captured_at: datetime
    scene: DemoScene

    @property
    def size_wh(self) -> tuple[int, int]:
        return SIZE_WH

    def to_image(self, size_wh: tuple[int, int] | None = None) -> Image:
        """Draw the moment, (h, w, 3) BGR, scaled to size_wh."""
        if size_wh in (None, SIZE_WH):
            return self._image
        return np.asarray(cv2.resize(self._image, size_wh, interpolation=cv2.INTER_AREA), np.uint8)

    def to_grey(self, size_wh: tuple[int, int]) -> NDArray[np.uint8]:
        """Draw the moment, (h, w) grey, scaled to size_wh."""
        return np.asarray(cv2.cvtColor(self.to_image(size_wh), cv2.COLOR_BGR2GRAY), np.uint8)

    @cached_property
    def _image(self) -> Image:
        return self.scene.render(self.captured_at.timestamp())


class DemoSource:
    """A Source whose scene runs on the clock on the wall.

    The scene's time is Unix time: a camera that is opened again finds the same
    world gone on, and anyone may ask DemoScene(slug) what was there at a frame's
    capture time.
    """

    codec = "drawn"

    def __init__(self, slug: str) -> None:
        """Raises SourceRefused if there is no such demo camera."""
        self._scene = DemoScene(slug)
        self._closed = Event()

    @property
    def size_wh(self) -> tuple[int, int]:
        return SIZE_WH

    @property
    def frames_per_second(self) -> float | None:
        return FRAMES_PER_SECOND

    def frames(self) -> Iterator[DemoFrame]:
        """Yield a frame each tenth of a second until closed; late ones are left out."""
        phase_s = _phase_s(self._scene.camera)
        while not self._closed.wait(_until_next(time.time() - phase_s)):
            yield DemoFrame(datetime.now(UTC), self._scene)

    def close(self) -> None:
        self._closed.set()


def _phase_s(camera: DemoCamera) -> float:
    """Give a camera's place within the period: no two cameras of a house are in step."""
    return DEMO_CAMERAS.index(camera) / len(DEMO_CAMERAS) / FRAMES_PER_SECOND


def _until_next(now: float) -> float:
    """Give the seconds to the clock's next frame."""
    period = 1 / FRAMES_PER_SECOND
    return period - now % period
