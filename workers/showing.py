"""Show what was recorded to whoever watches, and meter how long that took."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from core.latency import LatencyMeter
from core.live import LiveChannel, Overlay

METER_EVERY = timedelta(seconds=1)
SHOWN_WITHIN = timedelta(seconds=8)
"""A picture waits 1.5 s for a worker, is 2 s in its hands, and stays for 3 s after."""


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
        """Publish overlays whose pictures may still be there, and meter all.

        After an outage many come at once that are old: nobody could pair them.
        """
        now = self._clock()
        shown = [one for one in overlays if now - one.captured_at < SHOWN_WITHIN]
        self._channel.publish_all(shown)
        for overlay in overlays:
            self._meter.add(overlay.camera_id, now - overlay.captured_at)
        if abs(now - self._metered_at) >= METER_EVERY:
            self._metered_at = now
            self._meter.write(now)
