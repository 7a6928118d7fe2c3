"""Judge a track by the votes of its faces.

Each face votes with the probabilities of its labels, weighed by how well it could
be seen: its detector score, its size, its sharpness. A verdict needs enough votes
and enough agreement; without, the track is `unsure`, and that is shown.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.preferences import VerdictRule
from core.types import LABELS, Boxes, Faces, Scores, Verdict

WIDTH_FULL_PX = 40.0
"""A face this wide votes in full; smaller ones by the share of it."""
WIDTH_MIN_PX = 12.0
"""Below this a mask cannot be told: no vote."""
SHARPNESS_HALF = 40.0
"""Variance of the Laplacian at which a face's vote is halved for blur."""


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

    def add(self, probabilities: NDArray[np.float32], weight: float) -> "Votes":
        """Count one more face. probabilities: (3,) by LABELS."""
        mask, incorrect_mask, no_mask = (
            vote + weight * float(probability)
            for vote, probability in zip(self.sums, probabilities, strict=True)
        )
        return Votes((mask, incorrect_mask, no_mask), self.faces + (weight > 0))


NO_VOTES = Votes()


def judge(votes: Votes, rule: VerdictRule) -> Verdict:
    """Give the verdict that the votes allow."""
    if votes.faces < rule.faces_min or votes.weight < rule.weight_min:
        return Verdict.UNSURE
    probabilities = votes.probabilities
    best = max(range(len(LABELS)), key=probabilities.__getitem__)
    if probabilities[best] < rule.agreement_min:
        return Verdict.UNSURE
    return Verdict(LABELS[best].value)


def vote_weights(faces: Faces) -> Scores:
    """Weigh the vote of each face, 0 to 1. Returns (n,)."""
    blur = faces.sharpness / (faces.sharpness + SHARPNESS_HALF)
    return (faces.scores * _size_weights(faces.boxes) * blur).astype(np.float32)


def _size_weights(boxes: Boxes) -> Scores:
    widths = boxes[:, 2] - boxes[:, 0]
    weights = np.clip(widths / WIDTH_FULL_PX, 0.0, 1.0)
    return np.where(widths < WIDTH_MIN_PX, 0.0, weights).astype(np.float32)
