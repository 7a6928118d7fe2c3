"""The inference loop: take frames across cameras, analyse them together, finish."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.errors import BadPicture
from core.evidence import NOTHING, EvidencePolicy
from core.face_pictures import cut_face_crops
from core.frames import LeasedFrame
from core.pictures import decode_jpeg
from core.types import FaceCrop, Faces, Image, Result
from workers.batch_sizes import BatchSize

logger = logging.getLogger(__name__)

IDLE_WAIT_S = 0.5


class Analyser(Protocol):
    """What finds and labels faces; `models.analysis.Analyser` does."""

    @property
    def model_version(self) -> str: ...

    def analyse(self, images: Sequence[Image], min_score: float) -> list[Faces]: ...


class Frames(Protocol):
    """The worker's end of the frame queue."""

    def take(self, count: int, wait_s: float) -> list[LeasedFrame]: ...

    def finish(self, leased: LeasedFrame, result: Result) -> bool: ...

    def fail(self, leased: LeasedFrame) -> bool: ...


@dataclass(slots=True)
class WorkDone:
    """What a worker has done since it started."""

    frames: int = 0
    faces: int = 0
    failed: int = 0
    too_late: int = 0


class InferenceLoop:
    """One worker. It keeps nothing between frames, so any worker may take the next."""

    def __init__(
        self,
        frames: Frames,
        analyser: Analyser,
        min_score: float,
        batch: BatchSize,
        batch_wait_s: float,
        read_policy: Callable[[], EvidencePolicy] = lambda: NOTHING,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """read_policy: what may be kept of faces now; asked at every batch."""
        self._frames = frames
        self._analyser = analyser
        self._min_score = min_score
        self._batch = batch
        self._batch_wait_s = batch_wait_s
        self._read_policy = read_policy
        self._clock = clock
        self.done = WorkDone()

    def step(self, wait_s: float = IDLE_WAIT_S) -> int:
        """Take one batch through; returns how many frames were finished."""
        batch = self._take_batch(wait_s)
        began_s = self._clock()
        images, leases = self._decode(batch)
        if not images:
            return 0
        found = self._analyser.analyse(images, self._min_score)
        policy, finished = self._read_policy(), 0
        for leased, image, faces in zip(leases, images, found, strict=True):
            finished += self._finish(leased, faces, cut_face_crops(image, faces, policy))
        self._batch.note(len(images), self._clock() - began_s)
        return finished

    def _take_batch(self, wait_s: float) -> list[LeasedFrame]:
        """Wait for a first frame, then at most batch_wait_s for the batch to fill."""
        wanted = self._batch.frames
        batch = self._frames.take(wanted, wait_s)
        until_s = self._clock() + self._batch_wait_s
        while batch and len(batch) < wanted:
            left_s = until_s - self._clock()
            if left_s <= 0:
                break
            batch += self._frames.take(wanted - len(batch), left_s)
        return batch

    def _decode(self, batch: list[LeasedFrame]) -> tuple[list[Image], list[LeasedFrame]]:
        images: list[Image] = []
        leases: list[LeasedFrame] = []
        for leased in batch:
            try:
                images.append(decode_jpeg(leased.frame.jpeg))
                leases.append(leased)
            except BadPicture:
                self.done.failed += 1
                self._frames.fail(leased)
        return images, leases

    def _finish(self, leased: LeasedFrame, faces: Faces, crops: tuple[FaceCrop, ...]) -> bool:
        frame = leased.frame
        result = Result(
            frame.camera_id,
            frame.captured_at,
            frame.size_wh,
            faces=faces,
            model_version=self._analyser.model_version,
            crops=crops,
        )
        is_finished = self._frames.finish(leased, result)
        self.done.frames += is_finished
        self.done.faces += len(faces) if is_finished else 0
        self.done.too_late += not is_finished
        return is_finished
