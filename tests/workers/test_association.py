"""All faces of a frame are assigned at once, to whom they most likely are."""

import numpy as np
import pytest

from tests.workers.scenes import MASK, NO_MASK, Box, box, faces
from workers.association import (
    EDGE_STRANGER,
    STRANGER,
    Associator,
    Probabilities,
    measure,
    strangeness,
)

PICTURE_WH = (960, 540)
STEP_S = 0.2


def walk(associator: Associator, *frames: list[Box]) -> list[list[int]]:
    return [associator.associate(faces(boxes), PICTURE_WH, STEP_S) for boxes in frames]


def pair(
    away: float, variance: float = 0.5, growth: float = 1.0, worn: Probabilities = MASK
) -> float:
    """Measure a face so many widths of 40 px beside the place that is foreseen."""
    seen = np.array([100 + away * 40, 100, 40 * growth, *worn])
    return float(measure(seen, np.array([100, 100, 40, *MASK, variance, variance])))


def test_ids_are_given_in_the_order_of_the_faces() -> None:
    associator = Associator()
    assert walk(associator, [box(10), box(500)], [box(505), box(15)]) == [[1, 2], [2, 1]]


def test_the_nearest_pair_does_not_take_the_place_of_two_good_ones() -> None:
    """Both walked on by 60 px: the second now stands a little nearer to the first's old place."""
    associator = Associator()
    first = walk(associator, [box(100), box(180)])
    assert walk(associator, [box(172), box(252)]) == first


def test_people_who_cross_keep_their_ids() -> None:
    associator = Associator()
    frames = [[box(40.0 * step, 100), box(760 - 40.0 * step, 130)] for step in range(20)]
    assert walk(associator, *frames) == [[1, 2]] * 20


def test_a_face_hidden_behind_another_comes_back_as_itself() -> None:
    associator = Associator()
    both = [[box(40.0 * step, 100), box(760 - 40.0 * step, 130)] for step in range(20)]
    frames = [pair[:1] if 8 <= step <= 11 else pair for step, pair in enumerate(both)]
    assert walk(associator, *frames)[-1] == [1, 2]


def test_who_is_far_off_is_someone_else() -> None:
    associator = Associator()
    assert walk(associator, [box(10)], [box(700)]) == [[1], [2]]


def test_what_is_worn_decides_between_two_places() -> None:
    associator = Associator()
    associator.associate(faces([box(100)], MASK), PICTURE_WH, STEP_S)
    associator.associate(faces([box(100)], MASK), PICTURE_WH, STEP_S)
    two = faces([box(90), box(112)], MASK)
    two.probabilities[0] = NO_MASK
    assert associator.associate(two, PICTURE_WH, STEP_S) == [2, 1]


def test_one_who_takes_off_a_mask_stays_the_same() -> None:
    associator = Associator()
    for worn in (MASK, MASK, NO_MASK, NO_MASK):
        assert associator.associate(faces([box(100)], worn), PICTURE_WH, STEP_S) == [1]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (pair(0), pair(1)),
        (pair(1, growth=1), pair(1, growth=1.5)),
        (pair(1, growth=1), pair(1, growth=1 / 1.5)),
        (pair(1), pair(1, worn=NO_MASK)),
        (pair(0, variance=0.1), pair(0, variance=10)),
        (pair(4, variance=10), pair(4, variance=0.1)),
    ],
    ids=["near", "grown", "shrunk", "other label", "known well", "far but hardly known"],
)
def test_what_is_likelier_measures_less(better: float, worse: float) -> None:
    assert better < worse


def test_growing_and_shrinking_weigh_the_same() -> None:
    assert pair(0, growth=2) == pytest.approx(pair(0, growth=0.5))


def test_distance_is_in_face_widths() -> None:
    """A face of half the size, half as far away in pixels, measures the same."""
    near = measure(np.array([180, 100, 40, *MASK]), np.array([100, 100, 40, *MASK, 1, 1]))
    far = measure(np.array([140, 100, 20, *MASK]), np.array([100, 100, 20, *MASK, 1, 1]))
    assert near == pytest.approx(far)


@pytest.mark.parametrize("objects", [0, 2])
def test_an_empty_frame_matches_nothing(objects: int) -> None:
    associator = Associator()
    walk(associator, [box(100.0 * index) for index in range(objects)])
    assert walk(associator, []) == [[]]
    assert len(associator.followed) == objects


def test_strangers_cost_nothing() -> None:
    """A pair that is worse than none does not tear a good pair apart."""
    matrix = np.array([[-5.0, -4.0], [9.0, np.inf]])
    assert Associator().match_dets_and_objs(matrix, 0.0) == ([0], [0])


def test_who_is_forgotten_is_not_followed() -> None:
    associator = Associator()
    walk(associator, [box(100), box(400)])
    associator.forget({1})
    assert [known.id for known in associator.followed] == [2]
    assert walk(associator, [box(100)]) == [[3]]


def test_it_goes_on_with_those_followed_before() -> None:
    before, after = Associator(), Associator()
    walk(before, *[[box(100 + 30.0 * step), box(600 - 30.0 * step)] for step in range(4)])
    known = before.followed
    assert after.go_on([one.motion for one in known], [one.worn for one in known]) == [1, 2]
    next_frame = [box(480), box(220)]
    assert walk(after, next_frame) == walk(before, next_frame) == [[2, 1]]


def test_a_stranger_is_measured_by_the_bound() -> None:
    assert pair(0) < STRANGER < pair(6)


def test_strangers_are_likelier_at_the_edges() -> None:
    places = np.array([[480, 270], [30, 270], [940, 270], [480, 20], [480, 530]])
    seen = np.hstack([places, np.full((5, 1), 40.0), np.tile(MASK, (5, 1))])
    assert strangeness(seen, PICTURE_WH).tolist() == [STRANGER] + [EDGE_STRANGER] * 4


def test_who_is_first_seen_at_a_side_is_taken_to_walk_in() -> None:
    associator = Associator()
    walk(associator, [box(-20), box(930), box(400)])
    left, right, middle = (known.motion.across for known in associator.followed)
    assert left.speed > 0 > right.speed
    assert middle.speed == 0
    assert middle.speed_variance > left.speed_variance
