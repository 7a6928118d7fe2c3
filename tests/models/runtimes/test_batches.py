"""Inputs are cut into batches of few sizes, so that nothing is compiled while frames wait."""

import pytest

from models.runtimes.network import BATCHES, split_into_batches


@pytest.mark.parametrize(
    ("count", "batches"),
    [
        (0, []),
        (1, [(1, 1)]),
        (3, [(3, 4)]),
        (11, [(11, 16)]),
        (32, [(32, 32)]),
        (33, [(32, 32), (1, 1)]),
        (70, [(32, 32), (32, 32), (6, 8)]),
    ],
)
def test_batches_hold_all_inputs_in_few_sizes(count: int, batches: list[tuple[int, int]]) -> None:
    assert split_into_batches(count) == batches
    assert sum(taken for taken, _ in split_into_batches(count)) == count
    assert {size for _, size in split_into_batches(count)} <= set(BATCHES)
