"""Capture one camera: open its stream, take its frames, and come back whenever it is lost."""

import logging
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from redis.exceptions import RedisError

from core.errors import BadRequest, PasswordRefused, SourceError
from core.heartbeats import CameraHealth, CameraState
from core.processes import Stop
from core.reconnects import Loss
from core.sources import SourceAddress, parse_source
from ingest.frame_steps import CapturePlan, FrameOutlet, FrameSteps, PreviewOutlet
from ingest.pacing import RateMeter, ReconnectPauses
from ingest.sources import open_source
from ingest.streams import Source

logger = logging.getLogger(__name__)

LOG_AGAIN_S = 60.0

OpenStream = Callable[[SourceAddress, str], Source]
Report = Callable[[CameraHealth], None]
OnLoss = Callable[[int, Loss], None]


class CameraCapture:
    """The life of one camera, run by a thread of its own.

    report is called on each change of state, on_loss with the camera's id where a
    live one is lost; neither may raise. `health` may be read by any thread at any time.
    """

    def __init__(
        self,
        plan: CapturePlan,
        queue: FrameOutlet,
        live: PreviewOutlet,
        report: Report,
        media: Path,
        open_stream: OpenStream = open_source,
        clock: Callable[[], float] = time.monotonic,
        on_loss: OnLoss = lambda camera_id, loss: None,
    ) -> None:
        self._plan, self._report, self._media = plan, report, media
        self._on_loss = on_loss
        self._open, self._clock = open_stream, clock
        self._steps = FrameSteps(plan, queue, live)
        self._pauses = ReconnectPauses()
        self._rate = RateMeter()
        self._last_frame_at: datetime | None = None
        self._health = CameraHealth(plan.camera_id, CameraState.CONNECTING, datetime.now(UTC))
        self._logged, self._logged_at_s = "", -LOG_AGAIN_S

    @property
    def health(self) -> CameraHealth:
        rate = self._rate.per_second()
        return replace(self._health, frames_per_second=rate, last_frame_at=self._last_frame_at)

    def run(self, stop: Stop) -> None:
        """Capture until stopped; a lost camera is tried again for ever."""
        self._change(CameraState.CONNECTING)
        while not stop.is_set:
            reason = self.run_once(stop)
            if stop.is_set:
                return
            self._lose(reason)
            stop.wait(self._pauses.next_s())

    def run_once(self, stop: Stop) -> str:
        """Open the stream and take its frames until it is lost; say why, for users."""
        try:
            address = parse_source(self._plan.address, self._media)
            with closing(self._open(address, self._plan.transport)) as source:
                self._take_frames(source, stop)
        except PasswordRefused as error:
            self._pauses.hold_back()
            return str(error)
        except (SourceError, BadRequest) as error:
            return str(error)
        except RedisError as error:
            logger.debug("camera %s: %s", self._plan.camera_id, error)
            return "Redis does not answer; frames are taken again when it does"
        return ""

    def _take_frames(self, source: Source, stop: Stop) -> None:
        is_first = True
        for frame in source.frames():
            if stop.is_set:
                return
            now_s = self._clock()
            self._rate.count(now_s)
            self._last_frame_at = frame.captured_at
            if is_first:
                self._go_live(source.codec, frame.size_wh)
                is_first = False
            self._steps.take(frame, now_s)

    def _go_live(self, codec: str, size_wh: tuple[int, int]) -> None:
        self._pauses.reset()
        self._health = replace(self._health, size_wh=size_wh, codec=codec)
        self._change(CameraState.LIVE)
        self._log(f"live, {codec} {size_wh[0]}x{size_wh[1]}")

    def _lose(self, reason: str) -> None:
        was_live = self._health.state is CameraState.LIVE
        self._rate = RateMeter()
        self._health = replace(self._health, reconnects=self._health.reconnects + was_live)
        self._change(CameraState.RECONNECTING, reason)
        if was_live:
            self._on_loss(self._plan.camera_id, Loss(datetime.now(UTC), reason))
        self._log(f"lost, trying again: {reason}")

    def _change(self, state: CameraState, reason: str = "") -> None:
        """Report a state; its `since` stays as long as the state does."""
        is_same = state is self._health.state
        since = self._health.since if is_same else datetime.now(UTC)
        self._health = replace(self._health, state=state, reason=reason, since=since)
        self._report(self.health)

    def _log(self, message: str) -> None:
        """Log what is new, and what is not at most once a minute."""
        now_s = self._clock()
        if message == self._logged and now_s - self._logged_at_s < LOG_AGAIN_S:
            return
        logger.info("camera %s: %s", self._plan.camera_id, message)
        self._logged, self._logged_at_s = message, now_s
