"""Part faces into training, validation and test, alike pictures kept together."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from core.types import LABELS, Label
from models.training.examples import Split

VALIDATION_SHARE = 0.15
TEST_SHARE = 0.1
TEST_FROM = 200
"""Faces; of fewer none is set aside for a test that would say nothing."""


def choose_splits(
    labels: Sequence[Label], groups: Sequence[str], shares: Mapping[Split, float]
) -> dict[str, Split]:
    """Give whole groups to the splits until each has its share of each label.

    labels and groups: of each face. The order is by a hash of the groups'
    names: no seed, and nearly the same after some pictures are added. Of each
    label a group stays for training. Rare labels choose first.
    """
    counts: dict[str, Counter[Label]] = defaultdict(Counter)
    for label, group in zip(labels, groups, strict=True):
        counts[group][label] += 1
    totals = Counter(labels)
    chosen = dict.fromkeys(sorted(counts, key=_hash), Split.TRAIN)
    for split, share in shares.items():
        wanted = {label: max(1, round(share * totals[label])) for label in totals}
        for label in sorted(totals, key=lambda each: (totals[each], LABELS.index(each))):
            _fill(split, label, wanted, chosen, counts)
    return chosen


def _fill(
    split: Split,
    label: Label,
    wanted: Mapping[Label, int],
    chosen: dict[str, Split],
    counts: Mapping[str, Counter[Label]],
) -> None:
    """Move groups with that label out of training until the split has enough of it.

    A group that would bring twice too many of any label is passed over, but for
    the smallest if all of them would. One that has the last of a label stays.
    """
    has, stays = (_sum_up(each, chosen, counts) for each in (split, Split.TRAIN))
    left = [group for group in chosen if chosen[group] is Split.TRAIN and counts[group][label]]
    for group in left:
        if has[label] >= wanted[label]:
            return
        fits = all(has[each] + counts[group][each] <= 2 * wanted[each] for each in counts[group])
        if fits and _leaves_some(stays, counts[group]):
            chosen[group] = split
            has, stays = has + counts[group], stays - counts[group]
    for group in sorted(left, key=lambda each: counts[each].total()):
        if not has[label] and _leaves_some(stays, counts[group]):
            chosen[group] = split
            return


def _sum_up(
    split: Split, chosen: Mapping[str, Split], counts: Mapping[str, Counter[Label]]
) -> Counter[Label]:
    total: Counter[Label] = Counter()
    for group in chosen:
        if chosen[group] is split:
            total += counts[group]
    return total


def _leaves_some(stays: Counter[Label], taken: Counter[Label]) -> bool:
    """Say whether some of each label stay."""
    return all(stays[each] > taken[each] for each in taken)


def _hash(group: str) -> str:
    return hashlib.sha256(group.encode()).hexdigest()
