"""Report on a dataset before training starts, and refuse what cannot be learned from."""

from collections.abc import Iterator

from core.errors import BadDataset
from core.types import LABELS, Label
from models.training.datasets import SHOWN, Dataset, count_labels
from models.training.examples import Split
from models.training.inspection import same_in_both

FEW_FACES = 30
"""Of a label; below, a network started from ours learns it, but is easily misled."""
FEW_JUDGED = 20
"""Validation faces; below, one face more or less moves macro-F1 by several points."""

DRAWN_ALONE = (
    "no incorrect_mask to learn from: masks drawn below the nose and on the chin of bare faces "
    "teach it"
)


def check(dataset: Dataset, *, draws_masks: bool = True) -> list[str]:
    """Lay out what the dataset holds and what is amiss with it, in lines to be shown.

    draws_masks: whether badly worn masks are drawn onto bare faces in training.
    Raises BadDataset, naming what is missing, if there is nothing to learn from.
    """
    _refuse(dataset)
    return [
        f"{dataset.folder}: read as {dataset.layout}",
        *_count(dataset),
        *dataset.notes,
        *_say_unreadable(dataset),
        *([DRAWN_ALONE] if draws_masks and not _has_badly_worn(dataset) else []),
        *_warn(dataset),
    ]


def _refuse(dataset: Dataset) -> None:
    """Raise BadDataset without mask or no_mask to learn, or without anything to judge by."""
    counts = count_labels(dataset.train)
    missing = [label for label in (Label.MASK, Label.NO_MASK) if not counts[label]]
    if missing:
        has = ", ".join(f"{counts[label]} {label}" for label in LABELS)
        raise BadDataset(
            f"{dataset.folder}: expected faces of mask and of no_mask to learn from, found none of "
            f"{' and '.join(missing)} ({has}){_unreadable_in_short(dataset)}; add pictures, or say "
            "what your names mean, as in --label-name NAME=no_mask"
        )
    if not dataset.validation:
        raise BadDataset(
            f"{dataset.folder}: expected faces for validation, found none; put pictures under "
            "val/mask and val/no_mask, or remove val to have some set aside"
        )


def _count(dataset: Dataset) -> Iterator[str]:
    """A table of sources, what they are for and labels."""
    sources = sorted({each.source for part in dataset.parts.values() for each in part})
    width = max(len("source"), *map(len, sources))
    yield f"{'source':<{width}}  {'for':<10} " + " ".join(f"{label:>14}" for label in LABELS)
    for source in sources:
        for split in Split:
            counts = count_labels([each for each in dataset.parts[split] if each.source == source])
            if counts:
                numbers = " ".join(f"{counts[label]:>14}" for label in LABELS)
                yield f"{source:<{width}}  {split:<10} {numbers}"


def _say_unreadable(dataset: Dataset) -> Iterator[str]:
    bad = dataset.inspection.unreadable
    if bad:
        first = "".join(f"\n  {line}" for line in bad[:SHOWN])
        rest = f"\n  and {len(bad) - SHOWN} more" if len(bad) > SHOWN else ""
        yield f"{len(bad)} pictures cannot be read and are left out:{first}{rest}"


def _has_badly_worn(dataset: Dataset) -> bool:
    return count_labels(dataset.train)[Label.INCORRECT_MASK] > 0


def _warn(dataset: Dataset) -> Iterator[str]:
    counts = count_labels(dataset.train)
    few = [label for label in LABELS if 0 < counts[label] < FEW_FACES]
    if few:
        yield (
            f"warning: few faces of {', '.join(few)} (under {FEW_FACES}); judge the result on "
            "pictures from elsewhere before you trust it"
        )
    if len(dataset.validation) < FEW_JUDGED:
        yield (
            f"warning: {len(dataset.validation)} faces for validation; its figures will jump, and "
            "the best epoch is partly luck"
        )
    judged = count_labels(dataset.validation)
    unseen = [label for label in LABELS if counts[label] and not judged[label]]
    if unseen:
        yield f"warning: validation has no face of {', '.join(unseen)}"
    yield from _warn_of_duplicates(dataset)


def _warn_of_duplicates(dataset: Dataset) -> Iterator[str]:
    """The same file in training and validation lets validation flatter."""
    paths = [[each.path for each in part] for part in (dataset.train, dataset.validation)]
    twins = same_in_both(paths[0], paths[1], dataset.inspection.seen)
    if twins:
        first = "".join(f"\n  {one} = {other}" for one, other in twins[:3])
        yield (
            f"warning: {len(twins)} pictures of validation are in training too, so that validation "
            f"flatters; remove them from one:{first}"
        )


def _unreadable_in_short(dataset: Dataset) -> str:
    bad = dataset.inspection.unreadable
    return "" if not bad else f"; {len(bad)} pictures cannot be read, such as {bad[0]}"
