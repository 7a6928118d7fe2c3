"""Say how sure a figure is, by drawing the groups of pictures again and again."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from core.statistics import wilson_interval
from core.types import LABELS
from models.training.figures import CERTAIN_LABELS

DRAWS = 2000
SEED = 1
CONFIDENCE = 0.95

Groups = NDArray[np.str_]
"""(n,) each face's group: near-duplicates, faces of one photograph, frames of one camera."""

Figure = Callable[[NDArray[np.int64]], NDArray[np.float64]]
"""Tells a figure of each confusion: (m, 3, 3) to (m,)."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % interval; bounds are None for a single group.

    The interval is the bootstrap's, and Wilson's by groups where all faces or none are
    told rightly.
    """

    value: float
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class Intervals:
    """Figures of some faces; None where they cannot be told (no such face)."""

    count: int
    groups: int
    accuracy: Interval
    mask_accuracy: Interval | None
    macro_f1: Interval
    recalls: tuple[Interval | None, ...]


def bootstrap(
    said: NDArray[np.int64], truth: NDArray[np.int64], groups: Groups, seed: int = SEED
) -> Intervals:
    """Measure some faces, and draw their groups with replacement, DRAWS times.

    said, truth, groups: (n,), n at least 1. Whole groups are drawn: drawing
    faces would take near-duplicates for independent, and promise too much.
    """
    of_group = _count_by_group(said, truth, groups)
    observed, drawn = of_group.sum(axis=0)[None], _draw(of_group, seed)

    def interval(figure: Figure, trials: int) -> Interval | None:
        return _bound(figure(observed)[0], figure(drawn), len(of_group), trials)

    showing = (of_group.sum(axis=2) > 0).sum(axis=0)  # groups that show each label
    accuracy = interval(_accuracy, len(of_group))
    occurring = observed[0].sum(axis=1) > 0
    rarest = int(showing[occurring].min())
    macro_f1 = interval(partial(_macro_f1, occurring=occurring), rarest)
    if accuracy is None or macro_f1 is None:
        raise ValueError("expected at least one face")
    return Intervals(
        count=len(said),
        groups=len(of_group),
        accuracy=accuracy,
        mask_accuracy=interval(_mask_accuracy, int(showing[list(CERTAIN_LABELS)].max())),
        macro_f1=macro_f1,
        recalls=tuple(
            _bound(told[0], draws, len(of_group), int(trials))
            for told, draws, trials in zip(
                _recalls(observed).T, _recalls(drawn).T, showing, strict=True
            )
        ),
    )


def _bound(
    figure: np.float64, draws: NDArray[np.float64], groups: int, trials: int
) -> Interval | None:
    """Give a figure the interval of its draws (DRAWS,); None where it cannot be told.

    trials: groups that it was counted in, for Wilson's interval.
    """
    if np.isnan(figure):
        return None
    if groups == 1:
        return Interval(float(figure), None, None)
    if figure in (0.0, 1.0):
        # What was never seen is never drawn: 12 of 12 would be called certain.
        lower, upper = wilson_interval(int(figure) * trials, trials) or (0.0, 1.0)
    else:
        tail = 50 * (1 - CONFIDENCE)
        lower, upper = np.nanpercentile(draws, [tail, 100 - tail])
    return Interval(float(figure), float(lower), float(upper))


def _count_by_group(
    said: NDArray[np.int64], truth: NDArray[np.int64], groups: Groups
) -> NDArray[np.int64]:
    """Confusion of each group, (groups, 3, 3)."""
    names, group = np.unique(groups, return_inverse=True)
    confusions = np.zeros((len(names), len(LABELS), len(LABELS)), np.int64)
    np.add.at(confusions, (group, truth, said), 1)
    return confusions


def _draw(of_group: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Sum the confusions of drawn groups, (DRAWS, 3, 3).

    Most groups are one face, so equal confusions are drawn together, by how
    many groups have them: the same law, without a table of draws by groups.
    """
    kinds, counts = np.unique(of_group, axis=0, return_counts=True)
    rng = np.random.default_rng(seed)
    times = rng.multinomial(len(of_group), counts / counts.sum(), DRAWS)  # (DRAWS, kinds)
    return np.asarray(np.einsum("dk,kts->dts", times, kinds))


def _accuracy(confusions: NDArray[np.int64]) -> NDArray[np.float64]:
    right = np.trace(confusions, axis1=1, axis2=2)
    return _divide(right, confusions.sum(axis=(1, 2)))


def _mask_accuracy(confusions: NDArray[np.int64]) -> NDArray[np.float64]:
    certain = list(CERTAIN_LABELS)
    right = confusions[:, certain, certain].sum(axis=1)
    return _divide(right, confusions[:, certain].sum(axis=(1, 2)))


def _recalls(confusions: NDArray[np.int64]) -> NDArray[np.float64]:
    """(k, 3), NaN for a label that does not occur."""
    return _divide(_right(confusions), confusions.sum(axis=2))


def _macro_f1(confusions: NDArray[np.int64], occurring: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Mean F1 of the labels that occur, as figures.measure has it.

    NaN for a draw that misses one of them: with fewer labels it is another figure.
    """
    support, said = confusions.sum(axis=2), confusions.sum(axis=1)
    f1 = _divide(2 * _right(confusions), np.where(support > 0, support + said, 0))
    return np.asarray(f1[:, occurring].mean(axis=1))


def _right(confusions: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray(np.diagonal(confusions, axis1=1, axis2=2))


def _divide(counts: NDArray[np.int64], totals: NDArray[np.int64]) -> NDArray[np.float64]:
    """NaN where the total is 0."""
    unknown = np.full(counts.shape, np.nan)
    return np.asarray(np.divide(counts, totals, out=unknown, where=totals > 0))
