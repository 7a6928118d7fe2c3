"""A verdict needs enough votes and agreement; else it is unsure."""

import numpy as np
import pytest

from core.preferences import VerdictRule
from core.types import Verdict
from tests.workers.scenes import box, faces
from workers.verdicts import NO_VOTES, Votes, judge, vote_weights

RULE = VerdictRule()


def votes(*rows: tuple[tuple[float, float, float], float]) -> Votes:
    total = NO_VOTES
    for probabilities, weight in rows:
        total = total.add(np.array(probabilities, np.float32), weight)
    return total


@pytest.mark.parametrize(
    ("cast", "verdict"),
    [
        pytest.param(NO_VOTES, Verdict.UNSURE, id="no votes"),
        pytest.param(votes(*[((1, 0, 0), 0.5)] * 3), Verdict.MASK, id="agreed mask"),
        pytest.param(votes(*[((0, 1, 0), 0.5)] * 3), Verdict.INCORRECT_MASK, id="agreed incorrect"),
        pytest.param(votes(*[((0, 0, 1), 0.5)] * 3), Verdict.NO_MASK, id="agreed bare"),
        pytest.param(votes(*[((1, 0, 0), 1.0)] * 2), Verdict.UNSURE, id="too few faces"),
        pytest.param(votes(*[((1, 0, 0), 0.1)] * 5), Verdict.UNSURE, id="badly seen"),
        pytest.param(votes(*[((0.5, 0, 0.5), 1.0)] * 9), Verdict.UNSURE, id="no agreement"),
        pytest.param(
            votes(*[((1, 0, 0), 0.9)] * 3, *[((0, 0, 1), 0.05)] * 6),
            Verdict.MASK,
            id="clear faces outweigh blurred ones",
        ),
    ],
)
def test_the_rule(cast: Votes, verdict: Verdict) -> None:
    assert judge(cast, RULE) is verdict


def test_probabilities_are_the_weighed_mean() -> None:
    cast = votes(((1, 0, 0), 3.0), ((0, 0, 1), 1.0))
    assert cast.probabilities == pytest.approx((0.75, 0, 0.25))
    assert NO_VOTES.probabilities == (0, 0, 0)


def test_a_face_without_weight_is_no_voter() -> None:
    assert votes(((1, 0, 0), 0.0)).faces == 0


def test_large_sharp_sure_faces_weigh_more() -> None:
    clear = vote_weights(faces([box(0, width=80)], sharpness=2000, score=0.95))[0]
    for worse in (
        faces([box(0, width=20)], sharpness=2000, score=0.95),
        faces([box(0, width=80)], sharpness=10, score=0.95),
        faces([box(0, width=80)], sharpness=2000, score=0.4),
    ):
        assert vote_weights(worse)[0] < clear / 1.5
    assert 0.9 < clear <= 1


def test_a_face_too_small_to_tell_has_no_vote() -> None:
    assert vote_weights(faces([box(0, width=10)])).tolist() == [0.0]


def test_no_faces_no_weights() -> None:
    assert vote_weights(faces([])).shape == (0,)
