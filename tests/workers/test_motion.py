"""The motion filter learns speed by the time that really passed, and knows what it knows."""

import math

import numpy as np
import pytest

from workers.motion import OUTAGE_S, Axis, Motion, MotionFilter, MotionFilterFactory, start_motion

PICTURE_WH = (960, 540)
WANDER = 8.0


def walked(speed: float, step_s: float, steps: int) -> Axis:
    """See somebody walk at so many widths a second; a width is one pixel here."""
    axis = Axis(0.0, speed_variance=49.0)
    for step in range(1, steps + 1):
        axis.predict(step_s, WANDER)
        axis.update(speed * step_s * step)
    return axis


@pytest.mark.parametrize("step_s", [0.1, 0.2, 0.5, 1.0])
def test_two_sights_give_the_speed_however_far_apart(step_s: float) -> None:
    assert walked(6.0, step_s, 1).speed == pytest.approx(6.0, rel=0.1)


@pytest.mark.parametrize("step_s", [0.1, 0.2, 0.5, 1.0])
def test_a_steady_walk_is_foreseen(step_s: float) -> None:
    axis = walked(6.0, step_s, 20)
    expected = axis.place + 6.0 * step_s
    axis.predict(step_s, WANDER)
    assert axis.place == pytest.approx(expected, abs=0.05)


def test_who_stops_is_not_carried_on() -> None:
    axis = walked(6.0, 0.2, 10)
    for _ in range(10):
        axis.predict(0.2, WANDER)
        axis.update(12.0)
    axis.predict(0.2, WANDER)
    assert axis.place == pytest.approx(12.0, abs=0.05)


@pytest.mark.parametrize("parts", [2, 5, 20])
def test_many_small_steps_are_one_large_one(parts: int) -> None:
    """The covariance is that of the textbook, which does not depend on how time is cut."""
    whole, cut = walked(3.0, 0.2, 4), walked(3.0, 0.2, 4)
    whole.predict(1.0, WANDER)
    for _ in range(parts):
        cut.predict(1.0 / parts, WANDER)
    for name in ("place", "speed", "variance", "covariance", "speed_variance"):
        assert getattr(cut, name) == pytest.approx(getattr(whole, name), rel=1e-9)


def test_it_filters_as_the_textbook_does() -> None:
    """Against matrices: state (place, speed), unit widths."""
    axis, t, r = Axis(0.0, speed_variance=49.0), 0.2, 0.01
    state, p = np.zeros((2, 1)), np.diag([r, 49.0])
    f, h = np.array([[1, t], [0, 1]]), np.array([[1.0, 0.0]])
    q = WANDER * np.array([[t**3 / 3, t**2 / 2], [t**2 / 2, t]])
    for place in (1.0, 2.2, 3.1, 4.4):
        axis.predict(t, WANDER)
        axis.update(place)
        state, p = f @ state, f @ p @ f.T + q
        gain = p @ h.T / (h @ p @ h.T + r)
        state, p = state + gain * (place - h @ state), (np.eye(2) - gain @ h) @ p
    held = [axis.place, axis.speed, axis.variance, axis.covariance, axis.speed_variance]
    expected = [state[0, 0], state[1, 0], p[0, 0], p[0, 1], p[1, 1]]
    assert held == pytest.approx(expected)


def test_what_is_not_seen_grows_unsure() -> None:
    axis = walked(6.0, 0.2, 10)
    spreads = []
    for _ in range(10):
        axis.predict(0.2, WANDER)
        spreads.append(math.sqrt(axis.variance))
    assert spreads == sorted(spreads)
    assert spreads[0] < 0.5
    assert 3 < spreads[-1] < 8


def test_missed_time_is_counted_until_a_sight_and_no_outage_with_it() -> None:
    motion = start_motion(100, 100, 40, 50)
    motion.predict(0.2)
    motion.predict(4.0)
    assert motion.missed_s == 0.2 + OUTAGE_S
    motion.update(100, 100, 40, 50)
    assert motion.missed_s == 0


def test_it_knows_in_every_how_many_frames_it_is_found() -> None:
    motion = start_motion(100, 100, 40, 50)
    for step in range(1, 10):
        motion.predict(0.2)
        if step % 3 == 0:
            motion.update(100, 100, 40, 50)
    assert motion.elusiveness == 10 / 4
    motion.predict(0.2)
    assert (motion.missed, motion.elusiveness) == (1, 10 / 4)


def test_a_width_follows_slowly() -> None:
    motion = start_motion(100, 100, 40, 50)
    motion.update(100, 100, 60, 75)
    assert 40 < motion.width < 50
    motion.update(100, 100, 0, 0)
    assert motion.width > 1


def test_who_rests_stands_still_and_may_walk_off() -> None:
    motion = Motion(walked(60.0, 0.2, 5), Axis(100.0), 40, 50, missed_s=0.4)
    motion.rest()
    assert (motion.across.speed, motion.missed_s) == (0.0, 0.4)
    assert motion.across.speed_variance > 0


@pytest.mark.parametrize(("place", "direction"), [(10, 1), (930, -1), (500, 0)])
def test_who_comes_in_at_a_side_walks_inwards(place: float, direction: int) -> None:
    motion = start_motion(place, 270, 40, 50)
    motion.enter(PICTURE_WH)
    assert np.sign(motion.across.speed) == direction
    assert motion.down.speed == 0


@pytest.mark.parametrize(
    ("place", "expected"), [((0, 0), True), ((959, 539), True), ((-1, 9), False), ((9, 540), False)]
)
def test_the_picture_ends_at_its_edges(place: tuple[float, float], expected: bool) -> None:
    assert start_motion(*place, 40, 50).is_within(PICTURE_WH) is expected


def test_the_filter_is_as_norfair_wants_it() -> None:
    made = MotionFilterFactory().create_filter(np.array([[100.0, 50.0], [40.0, 48.0]]))
    assert isinstance(made, MotionFilter)
    assert made.x[:, 0].tolist() == [100, 50, 40, 48, 0, 0, 0, 0]
    made.step_s = 0.2
    made.predict()
    made.update(np.array([[120.0], [50.0], [40.0], [48.0]]), None, np.eye(4, 8))
    assert made.x[0, 0] == pytest.approx(120, abs=1)
    assert made.x[4, 0] == pytest.approx(100, rel=0.1)
