"""How many frames a worker takes at once: as many as it finishes soon."""

BATCH_S = 0.5
"""A quarter of a lease, so that a worker that is slowed all of a sudden still finishes in time."""

_NEWEST_WEIGHS = 0.25


class BatchSize:
    """The size of the next batch, by how long the last ones took.

    A slow worker that took as many as a quick one would hold them until the leases are
    over: all of its work would be lost, and the longer frames wait, the older they are shown.
    """

    def __init__(self, most: int, least: int = 1) -> None:
        """least: frames that are analysed side by side; fewer of them would not be done sooner."""
        self._most = most
        self._least = min(least, most)
        self._frame_s = 0.0

    @property
    def frames(self) -> int:
        if self._frame_s * self._most <= BATCH_S:
            return self._most
        return max(self._least, int(BATCH_S / self._frame_s))

    def note(self, frames: int, took_s: float) -> None:
        """Learn how long a batch of so many frames took."""
        self._frame_s += _NEWEST_WEIGHS * (took_s / frames - self._frame_s)
