"""Faces are parted by groups, each label in its share."""

from collections import Counter

import pytest

from core.types import Label
from models.training.examples import Split
from models.training.splitting import choose_splits

MASK, BARE, WORN_BADLY = Label.MASK, Label.NO_MASK, Label.INCORRECT_MASK


def test_each_label_has_its_share_in_validation() -> None:
    labels = [MASK] * 100 + [BARE] * 40 + [WORN_BADLY] * 10
    groups = [str(number) for number in range(150)]

    chosen = choose_splits(labels, groups, {Split.VALIDATION: 0.2})

    counts = Counter(
        label
        for label, group in zip(labels, groups, strict=True)
        if chosen[group] is Split.VALIDATION
    )
    assert counts == {MASK: 20, BARE: 8, WORN_BADLY: 2}


def test_a_group_is_never_torn_apart() -> None:
    labels = [MASK, BARE] * 30
    groups = [str(number // 6) for number in range(60)]

    chosen = choose_splits(labels, groups, {Split.TEST: 0.1, Split.VALIDATION: 0.2})

    assert set(chosen) == {str(number) for number in range(10)}
    assert Counter(chosen.values()) == {Split.TRAIN: 7, Split.VALIDATION: 2, Split.TEST: 1}


@pytest.mark.parametrize(("count", "validation"), [(0, 0), (1, 0), (2, 1), (5, 1)])
def test_one_group_of_a_label_stays_for_training(count: int, validation: int) -> None:
    groups = [str(number) for number in range(count)]

    chosen = choose_splits([MASK] * count, groups, {Split.VALIDATION: 0.15})

    assert list(chosen.values()).count(Split.VALIDATION) == validation


def test_the_choice_is_the_same_in_any_order() -> None:
    groups = [str(number) for number in range(30)]

    forwards = choose_splits([MASK] * 30, groups, {Split.VALIDATION: 0.2})
    backwards = choose_splits([MASK] * 30, groups[::-1], {Split.VALIDATION: 0.2})

    assert forwards == backwards


def test_a_rare_label_does_not_drag_along_too_many_of_another() -> None:
    # Ten crowds of bare faces with one badly worn mask each, and ten of those masks alone.
    labels = [*([WORN_BADLY] + [BARE] * 9) * 10, *[WORN_BADLY] * 10]
    groups = [*(f"crowd{number // 10}" for number in range(100)), *(f"one{n}" for n in range(10))]

    chosen = choose_splits(labels, groups, {Split.VALIDATION: 0.15})

    counts = Counter(
        label
        for label, group in zip(labels, groups, strict=True)
        if chosen[group] is Split.VALIDATION
    )
    assert 0 < counts[BARE] <= 28
    assert counts[WORN_BADLY] >= 3


def test_of_large_groups_the_smallest_is_taken() -> None:
    labels, groups = [MASK] * 35, [*["a"] * 15, *["b"] * 12, *["c"] * 8]

    chosen = choose_splits(labels, groups, {Split.VALIDATION: 0.1})

    assert chosen == {"a": Split.TRAIN, "b": Split.TRAIN, "c": Split.VALIDATION}


def test_the_last_group_of_another_label_stays_too() -> None:
    labels, groups = [MASK, BARE, MASK, MASK], ["both", "both", "one", "two"]

    chosen = choose_splits(labels, groups, {Split.VALIDATION: 0.3})

    assert chosen["both"] is Split.TRAIN
