"""Show what was recorded to whoever watches, and meter how long that took."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from core.frames import PICTURE_LIFE_MS
from core.latency import LatencyMeter
from core.live import LiveChannel, Overlay

METER_EVERY = timedelta(seconds=1)


class Showing:
    """Publishes overlays; `clock` tells the time at which they are handed over."""

    def __init__(
        self, channel: LiveChannel, meter: LatencyMeter, clock: Callable[[], datetime]
    ) -> None:
        self._channel = channel
        self._meter = meter
        self._clock = clock
        self._metered_at = clock()

    def show(self, overlays: Sequence[Overlay]) -> None:
        """Publish overlays whose pictures are still there, and meter all.

        After an outage many come at once that are old: nobody could pair them.
        """
        now = self._clock()
        alive = now - timedelta(milliseconds=PICTURE_LIFE_MS)
        self._channel.publish_all([one for one in overlays if one.captured_at > alive])
        for overlay in overlays:
            self._meter.add(overlay.camera_id, now - overlay.captured_at)
        if abs(now - self._metered_at) >= METER_EVERY:
            self._metered_at = now
            self._meter.write(now)
