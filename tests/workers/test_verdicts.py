"""A verdict needs enough votes and agreement; else it is unsure."""

import pytest

from core.preferences import CountedPhase, VerdictRule
from core.timelines import Timeline
from core.types import Verdict
from tests.workers.scenes import NOON, at, box, faces
from workers.verdicts import NO_VOTES, Votes, judge, judge_lately, judge_timeline, vote_weights

RULE = VerdictRule()


def votes(*rows: tuple[tuple[float, float, float], float]) -> Votes:
    total = NO_VOTES
    for probabilities, weight in rows:
        total = total.add(probabilities, weight)
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
    clear = vote_weights(faces([box(0, width=80)], sharpness=2000, score=0.95), RULE)[0]
    for worse in (
        faces([box(0, width=20)], sharpness=2000, score=0.95),
        faces([box(0, width=80)], sharpness=10, score=0.95),
        faces([box(0, width=80)], sharpness=2000, score=0.4),
    ):
        assert vote_weights(worse, RULE)[0] < clear / 1.5
    assert 0.9 < clear <= 1


def test_a_face_too_small_to_tell_has_no_vote() -> None:
    assert vote_weights(faces([box(0, width=10)]), RULE) == [0.0]


def test_no_faces_no_weights() -> None:
    assert vote_weights(faces([]), RULE) == []


def test_the_rule_says_from_which_width_faces_vote() -> None:
    narrow = faces([box(0, width=20)])
    assert vote_weights(narrow, RULE)[0] > 0
    assert vote_weights(narrow, VerdictRule(face_px_min=21)) == [0.0]


WORN, CHIN, BARE = (480, 10, 10), (10, 480, 10), (10, 10, 480)


def timeline_of(*phases: tuple[tuple[int, int, int], int]) -> Timeline:
    """Vote the same twice a second for so many seconds, then the next."""
    timeline = Timeline(NOON)
    votes = [sums for sums, seconds in phases for _ in range(2 * seconds)]
    for index, sums in enumerate(votes):
        timeline = timeline.add(at(index / 2), sums)
    return timeline


@pytest.mark.parametrize(
    ("counted", "verdict"),
    [
        (CountedPhase.LONGEST, Verdict.MASK),
        (CountedPhase.LAST, Verdict.INCORRECT_MASK),
        (CountedPhase.WORST, Verdict.NO_MASK),
    ],
)
def test_the_rule_says_what_counts_after_a_change(counted: CountedPhase, verdict: Verdict) -> None:
    timeline = timeline_of((BARE, 3), (WORN, 8), (CHIN, 3))
    judgement = judge_timeline(timeline, VerdictRule(changed=counted))
    assert (judgement.verdict, judgement.changes) == (verdict, 2)
    assert max(judgement.probabilities) == pytest.approx(0.96)


@pytest.mark.parametrize("counted", CountedPhase)
def test_without_a_change_all_votes_count(counted: CountedPhase) -> None:
    timeline = timeline_of((WORN, 4), (BARE, 1), (WORN, 4))
    judgement = judge_timeline(timeline, VerdictRule(changed=counted))
    assert (judgement.verdict, judgement.changes) == (Verdict.MASK, 0)
    assert judgement.probabilities[2] > 0.1


def test_no_votes_are_no_judgement() -> None:
    judgement = judge_timeline(Timeline(NOON), RULE)
    assert (judgement.verdict, judgement.changes) == (Verdict.UNSURE, 0)
    assert judgement.probabilities == (0.0, 0.0, 0.0)


def test_a_thin_last_phase_is_unsure_if_the_last_counts() -> None:
    rule = VerdictRule(changed=CountedPhase.LAST, faces_min=5)
    timeline = timeline_of((WORN, 6), (BARE, 2))
    assert judge_timeline(timeline, rule).verdict is Verdict.UNSURE
    assert judge_timeline(timeline, RULE).verdict is Verdict.MASK


def lately(*phases: tuple[tuple[int, int, int], int]) -> Verdict:
    timeline = timeline_of(*phases)
    all_votes = NO_VOTES
    for stretch in timeline.stretches:
        for _ in range(stretch.faces):
            shares = (stretch.mask, stretch.incorrect_mask, stretch.no_mask)
            mask, incorrect_mask, no_mask = (share / sum(shares) for share in shares)
            all_votes = all_votes.add((mask, incorrect_mask, no_mask), 0.5)
    return judge_lately(timeline, all_votes, RULE)


@pytest.mark.parametrize(
    ("phases", "verdict"),
    [
        pytest.param([], Verdict.UNSURE, id="nothing yet"),
        pytest.param([(WORN, 60), (BARE, 4)], Verdict.NO_MASK, id="taken off"),
        pytest.param([(WORN, 60), (BARE, 1)], Verdict.MASK, id="only just"),
        pytest.param([(WORN, 60), (BARE, 2)], Verdict.MASK, id="by all votes while divided"),
        pytest.param([(WORN, 400), (BARE, 16)], Verdict.NO_MASK, id="long stretches"),
    ],
)
def test_what_is_drawn_is_what_is_worn_now(
    phases: list[tuple[tuple[int, int, int], int]], verdict: Verdict
) -> None:
    assert lately(*phases) is verdict
