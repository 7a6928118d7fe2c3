"""The motion filter learns speed by the time that really passed."""

import numpy as np
import pytest
from numpy.typing import NDArray

from workers.motion import MotionFilter


def place(x: float) -> NDArray[np.float64]:
    return np.array([[x]])


@pytest.mark.parametrize("ticks", [1, 2, 5, 10])
def test_two_sights_give_the_speed_however_far_apart(ticks: int) -> None:
    motion = MotionFilter(place(0))
    for _ in range(ticks):
        motion.predict()
    motion.update(place(10 * ticks))
    assert motion.x[1, 0] == 10


def test_a_steady_walk_is_foreseen() -> None:
    motion = MotionFilter(place(0))
    for step in range(1, 12):
        motion.predict()
        motion.predict()
        motion.update(place(20 * step))
    motion.predict()
    assert motion.x[0, 0] == pytest.approx(230, abs=1)


def test_who_stops_is_not_carried_on() -> None:
    motion = MotionFilter(place(0))
    for step in range(1, 20):
        motion.predict()
        motion.update(place(min(10.0 * step, 50.0)))
    motion.predict()
    assert motion.x[0, 0] == pytest.approx(50, abs=1)
