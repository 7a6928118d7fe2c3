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
        for label in sorted(totals, key=lambda each: (totals[each], LABELS.index(each))):
            _fill(split, label, max(1, round(share * totals[label])), chosen, counts)
    return chosen


def _fill(
    split: Split,
    label: Label,
    wanted: int,
    chosen: dict[str, Split],
    counts: Mapping[str, Counter[Label]],
) -> None:
    """Move groups with that label out of training until the split has enough of it."""
    has = sum(counts[group][label] for group in chosen if chosen[group] is split)
    left = [group for group in chosen if chosen[group] is Split.TRAIN and counts[group][label]]
    # The last one stays; a large group is passed over while a small one would do.
    for group in left[:-1]:
        if has >= wanted:
            return
        if counts[group][label] <= max(1, 2 * (wanted - has)):
            chosen[group] = split
            has += counts[group][label]


def _hash(group: str) -> str:
    return hashlib.sha256(group.encode()).hexdigest()
