"""Judge a track by the votes of its faces.

Each face votes with the probabilities of its labels, weighed by how well it could
be seen: its detector score, its size, its sharpness. A verdict needs enough votes
and enough agreement; without, the track is `unsure`, and that is shown. The rule
is written down in docs/verdicts.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from core.preferences import CountedPhase, VerdictRule
from core.timelines import VOTE, Phase, Stretch, Timeline, find_phases
from core.types import LABELS, Faces, Label, Verdict

WIDTH_FULL_PX = 40.0
"""A face this wide votes in full; smaller ones by the share of it."""
SHARPNESS_HALF = 40.0
"""Variance of the Laplacian at which a face's vote is halved for blur."""
LATELY_S = 4
"""What is drawn round a face follows a mask that is taken off so soon."""


@dataclass(frozen=True, slots=True)
class Votes:
    """What the faces of a track have said so far; sums are by LABELS."""

    sums: tuple[float, float, float] = (0.0, 0.0, 0.0)
    faces: int = 0

    @property
    def weight(self) -> float:
        return sum(self.sums)

    @property
    def probabilities(self) -> tuple[float, float, float]:
        """Weighed mean probabilities by LABELS; all zero without votes."""
        if not self.weight:
            return (0.0, 0.0, 0.0)
        mask, incorrect_mask, no_mask = (vote / self.weight for vote in self.sums)
        return (mask, incorrect_mask, no_mask)

    def add(self, probabilities: tuple[float, float, float], weight: float) -> "Votes":
        """Count one more face. probabilities: by LABELS."""
        mask, incorrect_mask, no_mask = (
            vote + weight * probability
            for vote, probability in zip(self.sums, probabilities, strict=True)
        )
        return Votes((mask, incorrect_mask, no_mask), self.faces + (weight > 0))

    @classmethod
    def of(cls, stretch: Stretch) -> "Votes":
        mask, incorrect_mask, no_mask = (votes / VOTE for votes in stretch.sums)
        return cls((mask, incorrect_mask, no_mask), stretch.faces)


NO_VOTES = Votes()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is held of a whole track.

    probabilities: by LABELS, of the votes that counted; changes: how often the mask
    was put on, taken off or put right.
    """

    verdict: Verdict
    probabilities: tuple[float, float, float]
    changes: int


def judge_timeline(timeline: Timeline, rule: VerdictRule) -> Judgement:
    """Judge a track from its first to its last face, by the phase that counts."""
    phases = find_phases(timeline)
    votes = _sum_votes(timeline.stretches)
    if len(phases) > 1:
        votes = Votes.of(_COUNTED[rule.changed](phases).votes)
    return Judgement(judge(votes, rule), votes.probabilities, max(0, len(phases) - 1))


def judge_lately(timeline: Timeline, votes: Votes, rule: VerdictRule) -> Verdict:
    """Give what is worn now, for who looks on: by the last LATELY_S, or by all votes if unsure."""
    count = max(1, LATELY_S // timeline.stretch_s)
    verdict = judge(_sum_votes(timeline.stretches[-count:]), rule)
    return judge(votes, rule) if verdict is Verdict.UNSURE else verdict


def judge(votes: Votes, rule: VerdictRule) -> Verdict:
    """Give the verdict that the votes allow."""
    if votes.faces < rule.faces_min or votes.weight < rule.weight_min:
        return Verdict.UNSURE
    probabilities = votes.probabilities
    best = max(range(len(LABELS)), key=probabilities.__getitem__)
    if probabilities[best] < rule.agreement_min:
        return Verdict.UNSURE
    return Verdict(LABELS[best].value)


def vote_weights(faces: Faces, rule: VerdictRule) -> list[float]:
    """Weigh the vote of each face, 0 to 1; 0 below the rule's width.

    In plain numbers: for the few faces of a frame arrays take ten times as long.
    """
    return [
        score * _size_weight(x2 - x1, rule.face_px_min) * sharpness / (sharpness + SHARPNESS_HALF)
        for (x1, _, x2, _), score, sharpness in zip(
            faces.boxes.tolist(), faces.scores.tolist(), faces.sharpness.tolist(), strict=True
        )
    ]


def _size_weight(width: float, face_px_min: int) -> float:
    return 0.0 if width < face_px_min else min(width / WIDTH_FULL_PX, 1.0)


def _sum_votes(stretches: Sequence[Stretch]) -> Votes:
    if not stretches:
        return NO_VOTES
    return Votes.of(reduce(lambda one, other: one.merge(other, 0), stretches))


def _longest(phases: Sequence[Phase]) -> Phase:
    return max(phases, key=lambda phase: phase.duration_s)


def _last(phases: Sequence[Phase]) -> Phase:
    return phases[-1]


def _worst(phases: Sequence[Phase]) -> Phase:
    """Take the phase with least of a mask; the longest of several such."""
    return max(phases, key=lambda phase: (_BADNESS[phase.label], phase.duration_s))


_BADNESS = {Label.MASK: 0, Label.INCORRECT_MASK: 1, Label.NO_MASK: 2}
_COUNTED: Mapping[CountedPhase, Callable[[Sequence[Phase]], Phase]] = {
    CountedPhase.LONGEST: _longest,
    CountedPhase.LAST: _last,
    CountedPhase.WORST: _worst,
}
