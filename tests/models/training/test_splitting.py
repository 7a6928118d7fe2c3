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
