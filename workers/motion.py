"""Foresee where a face will be, and how sure that is: a Kalman filter in face widths.

norfair's own filters take it that one step lies between two sights, and know nothing
of sizes. This one runs in seconds and face widths, so that one set of constants fits
near and far faces, and any frame rate.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from norfair.filter import FilterFactory
from numpy.typing import NDArray

SIGHT_NOISE = 0.1
"""Widths that a found box is off: the detector's 0.05, and the head that bobs."""
ENTRY_SPEED_X, ENTRY_SPREAD_X, ENTRY_SPREAD_Y = 5.0, 4.0, 1.5
"""Speed, and its deviations, of who comes in at a side: 0.1 to 1.3 m/s inwards."""
EDGE_WIDTHS = 1.0
"""So near an edge a face's centre is at it, in face widths."""
START_SPEED_X, START_SPEED_Y = 7.0, 2.5
"""Deviation of the speed of who is seen first, in widths a second: 1 m/s across, less
up and down. A face is 0.14 to 0.16 m wide."""
WANDER_X, WANDER_Y = 8.0, 3.0
"""Variance that the speed gains in a second: people turn, stop and start."""
WIDTH_GAIN = 0.3
"""Share of a surprise that moves the width: boxes breathe by 6 %."""
OUTAGE_S = 1.0
"""Frames come at least once a second; a longer gap is an outage of ours, in which
nobody was seen to leave: no more of it counts as missed."""


@dataclass(slots=True)
class Axis:
    """A face's motion along one axis: place in pixels, speed in pixels a second.

    variance, covariance, speed_variance: of place and speed, in face widths.
    """

    place: float
    speed: float = 0.0
    variance: float = SIGHT_NOISE**2
    covariance: float = 0.0
    speed_variance: float = 0.0

    def predict(self, passed_s: float, wander: float) -> None:
        """Let time pass: nearly steady motion, whose speed gains `wander` in a second."""
        self.place += self.speed * passed_s
        gained = self.speed_variance + passed_s * wander / 3
        self.variance += passed_s * (2 * self.covariance + passed_s * gained)
        self.covariance += passed_s * (self.speed_variance + passed_s * wander / 2)
        self.speed_variance += passed_s * wander

    def update(self, place: float) -> None:
        """Learn from a sight, as Kalman says."""
        surprise, total = place - self.place, self.variance + SIGHT_NOISE**2
        gain, speed_gain = self.variance / total, self.covariance / total
        self.place += gain * surprise
        self.speed += speed_gain * surprise
        self.speed_variance -= speed_gain * self.covariance
        self.covariance *= 1 - gain
        self.variance *= 1 - gain

    def rest(self, start_speed: float) -> None:
        """Stand still; one may walk off at any time."""
        self.speed, self.covariance, self.speed_variance = 0.0, 0.0, start_speed**2


@dataclass(slots=True)
class Motion:
    """What is held of a face's motion; width and height in pixels.

    missed_s, missed: seconds, and number, of analysed frames since it was seen;
    sights: frames that it was seen in, of `frames` up to the last of them.
    """

    across: Axis
    down: Axis
    width: float
    height: float
    missed_s: float = 0.0
    missed: int = 0
    sights: int = 1
    frames: int = 1

    @property
    def elusiveness(self) -> float:
        """Say in every how many frames it is found: 1 for each."""
        return self.frames / self.sights

    def predict(self, passed_s: float) -> None:
        self.missed += 1
        self.across.predict(passed_s, WANDER_X)
        self.down.predict(passed_s, WANDER_Y)
        self.missed_s += min(passed_s, OUTAGE_S)

    def update(self, x: float, y: float, width: float, height: float) -> None:
        """Learn from a sight: centre and size in pixels."""
        self.across.update(x)
        self.down.update(y)
        self.width *= (max(width, 1.0) / self.width) ** WIDTH_GAIN
        self.height = height
        self.sights, self.frames = self.sights + 1, self.frames + self.missed
        self.missed_s, self.missed = 0.0, 0

    def rest(self) -> None:
        """Hear that nothing moves."""
        self.across.rest(START_SPEED_X)
        self.down.rest(START_SPEED_Y)

    def enter(self, size_wh: tuple[int, int]) -> None:
        """Take who is first seen at a side for one who comes in there."""
        inwards = _inwards(self.across.place, EDGE_WIDTHS * self.width, size_wh[0])
        if inwards:
            self.across.speed = inwards * ENTRY_SPEED_X * self.width
            self.across.speed_variance = ENTRY_SPREAD_X**2
            self.down.speed_variance = ENTRY_SPREAD_Y**2

    def is_within(self, size_wh: tuple[int, int]) -> bool:
        """Say whether the centre is foreseen to be in the picture."""
        return 0 <= self.across.place < size_wh[0] and 0 <= self.down.place < size_wh[1]


def start_motion(x: float, y: float, width: float, height: float) -> Motion:
    """Begin with the first sight: whereto, nobody knows."""
    across = Axis(x, speed_variance=START_SPEED_X**2)
    down = Axis(y, speed_variance=START_SPEED_Y**2)
    return Motion(across, down, max(width, 1.0), height)


def _inwards(place: float, margin: float, size: float) -> int:
    """Give the direction away from the edge that is so near, 0 if none is."""
    if place < margin:
        return 1
    return -1 if place >= size - margin else 0


class MotionFilter:
    """A Motion as norfair wants its filters: two points, the centre and the size.

    x: (8, 1), the places, then the speeds. step_s: how much time the next step takes.
    """

    dim_z = 4

    def __init__(self, points: NDArray[np.float64]) -> None:
        """points: (2, 2), the centre's x and y, and width and height."""
        (x, y), (width, height) = points.tolist()
        self.motion = start_motion(x, y, width, height)
        self.step_s = 0.0
        self.x = np.zeros((8, 1))
        self._show()

    def predict(self) -> None:
        self.motion.predict(self.step_s)
        self._show()

    def update(
        self,
        points: NDArray[np.float64],
        /,
        R: Any = None,  # noqa: N803 - norfair's name
        H: Any = None,  # noqa: N803 - norfair's name
    ) -> None:
        """points: (4, 1); R and H are for filters that see less than all of them."""
        self.motion.update(*points[:, 0].tolist())
        self._show()

    def _show(self) -> None:
        motion = self.motion
        places = (motion.across.place, motion.down.place, motion.width, motion.height)
        self.x[:, 0] = (*places, motion.across.speed, motion.down.speed, 0.0, 0.0)


class MotionFilterFactory(FilterFactory):
    def create_filter(self, initial_detection: NDArray[np.float64]) -> MotionFilter:
        return MotionFilter(initial_detection)
