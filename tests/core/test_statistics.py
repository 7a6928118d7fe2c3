"""Rates, intervals and coverage."""

import numpy as np
import pytest

from core.statistics import Counts, rates_of, wilson_interval


@pytest.mark.parametrize(
    ("successes", "trials", "interval"),
    [
        # R. G. Newcombe, "Two-sided confidence intervals for the single proportion",
        # Statistics in Medicine 17 (1998), table I, method 3.
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_the_interval_agrees_with_the_published_table(
    successes: int, trials: int, interval: tuple[float, float]
) -> None:
    assert wilson_interval(successes, trials) == pytest.approx(interval, abs=5e-5)


def test_nothing_is_said_of_nobody() -> None:
    counts = Counts()
    assert (counts.rate, counts.interval, counts.coverage) == (None, None, None)


def test_unsure_lowers_the_coverage_and_not_the_rate() -> None:
    counts = Counts(mask=3, no_mask=1) + Counts(unsure=4)
    assert counts.rate == 0.75
    assert counts.coverage == 0.5


@pytest.mark.parametrize("successes", [0, 1, 5, 9, 10])
def test_the_rate_lies_in_its_interval(successes: int) -> None:
    interval = wilson_interval(successes, 10)
    assert interval is not None
    assert 0 <= interval[0] <= successes / 10 <= interval[1] <= 1


def test_rates_in_columns_are_those_of_each_count() -> None:
    rows = [(0, 0, 0, 0), (3, 0, 1, 4), (0, 2, 0, 0), (7, 0, 0, 1), (0, 0, 0, 5)]
    rates = rates_of(np.array(rows, np.int64))
    for row, *told in zip(rows, rates.rate, rates.lower, rates.upper, rates.coverage, strict=True):
        counts = Counts(*row)
        expected = (counts.rate, *(counts.interval or (None, None)), counts.coverage)
        numbers = [np.nan if one is None else one for one in expected]
        assert told == pytest.approx(numbers, nan_ok=True)


def test_the_rates_of_no_counts_are_none() -> None:
    assert len(rates_of(np.empty((0, 4), np.int64)).rate) == 0
