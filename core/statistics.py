"""Compliance in numbers: rate, interval, coverage."""

import math
from dataclasses import dataclass

_Z_95 = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Sightings by verdict, and what follows from them."""

    mask: int = 0
    incorrect_mask: int = 0
    no_mask: int = 0
    unsure: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.mask + other.mask,
            self.incorrect_mask + other.incorrect_mask,
            self.no_mask + other.no_mask,
            self.unsure + other.unsure,
        )

    @property
    def judged(self) -> int:
        return self.mask + self.incorrect_mask + self.no_mask

    @property
    def rate(self) -> float | None:
        """Share of the judged who wear a mask well; None where nobody was judged."""
        return self.mask / self.judged if self.judged else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson 95 % interval of the rate."""
        return wilson_interval(self.mask, self.judged)

    @property
    def coverage(self) -> float | None:
        """Share of sightings that got a verdict other than unsure; None without sightings."""
        seen = self.judged + self.unsure
        return self.judged / seen if seen else None


def wilson_interval(successes: int, trials: int) -> tuple[float, float] | None:
    """Give the 95 % score interval of a proportion; None without trials.

    E. B. Wilson, "Probable inference, the law of succession, and statistical
    inference", JASA 22 (1927), 209-212. 0.0 <= lower <= successes/trials <= upper <= 1.0.
    """
    if trials == 0:
        return None
    z2 = _Z_95 * _Z_95
    share = successes / trials
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = _Z_95 / (1 + z2 / trials)
    half *= math.sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials))
    return max(0.0, min(centre - half, share)), min(1.0, max(centre + half, share))
