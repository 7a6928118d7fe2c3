"""Compliance in numbers: rate, interval, coverage."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
    share = successes / trials
    lower, upper = _wilson(share, trials)
    return max(0.0, min(lower, share)), min(1.0, max(upper, share))


@dataclass(frozen=True, slots=True)
class Rates:
    """What `Counts` tells, of many at once. Each: (n,) float64, NaN in place of None."""

    rate: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    coverage: NDArray[np.float64]


def rates_of(counts: NDArray[np.int64]) -> Rates:
    """Tell the rates of many counts; counts: (n, 4) mask, incorrect_mask, no_mask, unsure."""
    judged, seen = counts[:, :3].sum(axis=1), counts.sum(axis=1)
    with np.errstate(invalid="ignore"):  # zero of zero is NaN, as it shall be
        rate, coverage = counts[:, 0] / judged, judged / seen
        lower, upper = _wilson(rate, np.where(judged, judged, np.nan))
    return Rates(rate, lower.clip(0.0, rate), upper.clip(rate, 1.0), coverage)


def _wilson(share: Any, trials: Any) -> tuple[Any, Any]:
    """Compute the interval of a share, or of an array of them, but for errors of rounding."""
    z2 = _Z_95 * _Z_95
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = _Z_95 / (1 + z2 / trials)
    half *= (share * (1 - share) / trials + z2 / (4 * trials * trials)) ** 0.5
    return centre - half, centre + half
