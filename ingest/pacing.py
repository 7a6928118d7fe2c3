"""Decide when: which frames are analysed, when a file's frame is due, when to try again."""

import random
from collections import deque


class Pacer:
    """Keeps a steady share of a stream's frames.

    A frame may come a quarter of a period early, for cameras jitter; then the
    next one is due by the schedule, so that the rate is right in the long run.
    After a stall nothing is made up for: two kept frames are at least a quarter
    of a period apart.
    """

    def __init__(self, per_second: float) -> None:
        self._period_s = 1 / per_second
        self._open_at_s: float | None = None

    def keep(self, now_s: float) -> bool:
        """Say whether the frame of this moment is kept. now_s: any clock that only rises."""
        if self._open_at_s is None:
            self._open_at_s = now_s + 0.75 * self._period_s
            return True
        if now_s < self._open_at_s:
            return False
        self._open_at_s = max(self._open_at_s + self._period_s, now_s + 0.25 * self._period_s)
        return True


class Playback:
    """Plays a file at its own pace, over and over.

    frame_s: how long a frame without a time of its own is shown. A gap of more
    than a second in the file's clock, or a player that lags as much, moves the
    schedule: a file never hurries to catch up.
    """

    def __init__(self, frame_s: float) -> None:
        self._frame_s = frame_s
        self._last_at_s: float | None = None
        self._due_s: float | None = None

    def pause_s(self, at_s: float | None, now_s: float) -> float:
        """Say how long to wait for a frame that stands at at_s in the file."""
        step_s = self._frame_s
        if at_s is not None and self._last_at_s is not None:
            step_s = at_s - self._last_at_s
        if at_s is not None:
            self._last_at_s = at_s
        if not 0 <= step_s <= _JUMP_S:
            step_s = self._frame_s
        due_s = now_s if self._due_s is None else self._due_s + step_s
        self._due_s = now_s if abs(due_s - now_s) > 2 * _JUMP_S else due_s
        return max(0.0, self._due_s - now_s)

    def start_again(self) -> None:
        """Say that the next frame is the file's first."""
        self._last_at_s = None


class ReconnectPauses:
    """Pauses before a lost camera is tried again: growing, jittered, without an end.

    The jitter keeps cameras that were lost together, behind one switch, from
    coming back in step.
    """

    def __init__(self, chance: random.Random | None = None) -> None:
        self._chance = chance or random.Random()  # noqa: S311 - nothing is secret here
        self._next_s, self._most_s = RECONNECT_FIRST_S, RECONNECT_MAX_S

    def next_s(self) -> float:
        """Give the next pause: 1 s, twice as long each time up to 60 s, less up to a quarter."""
        pause_s, self._next_s = self._next_s, min(self._most_s, 2 * self._next_s)
        return pause_s * self._chance.uniform(0.75, 1.0)

    def reset(self) -> None:
        """Say that the stream delivered: a stream that has just ended is tried at once."""
        self._next_s, self._most_s = RECONNECT_SOON_S, RECONNECT_MAX_S

    def hold_back(self) -> None:
        """Say that the password was refused: from 60 s on, pauses grow up to half an hour."""
        self._next_s, self._most_s = max(self._next_s, RECONNECT_MAX_S), RECONNECT_REFUSED_MAX_S


class RateMeter:
    """Counts frames a second over the last seconds."""

    def __init__(self, window_s: float = 5.0) -> None:
        self._window_s = window_s
        self._moments_s: deque[float] = deque()

    def count(self, now_s: float) -> None:
        self._moments_s.append(now_s)
        while now_s - self._moments_s[0] > self._window_s:
            self._moments_s.popleft()

    def per_second(self) -> float | None:
        """None until two frames have come."""
        if len(self._moments_s) < 2:
            return None
        span_s = self._moments_s[-1] - self._moments_s[0]
        return (len(self._moments_s) - 1) / span_s if span_s > 0 else None


class Lag:
    """Tells how far the reading of a live stream is behind its camera.

    The quickest frame sets the mark. The mark rises by a thousandth, for the
    clocks of cameras drift; so a real lag is forgotten too, but slowly.
    """

    def __init__(self) -> None:
        self._mark_s: float | None = None
        self._last_s = 0.0

    def update(self, at_s: float, now_s: float) -> float:
        """Give the lag in seconds of a frame that stands at at_s in the stream."""
        offset_s = now_s - at_s
        if self._mark_s is None or abs(offset_s - self._mark_s) > _CLOCK_JUMP_S:
            self._mark_s = offset_s
        else:
            drift_s = _DRIFT * (now_s - self._last_s)
            self._mark_s = min(self._mark_s + drift_s, offset_s)
        self._last_s = now_s
        return offset_s - self._mark_s


RECONNECT_FIRST_S = 1.0
RECONNECT_SOON_S = 0.5
RECONNECT_MAX_S = 60.0
RECONNECT_REFUSED_MAX_S = 1800.0
"""Many cameras lock out for half an hour who tries five to seven wrong passwords."""

_JUMP_S = 1.0
_CLOCK_JUMP_S = 30.0
_DRIFT = 0.001
