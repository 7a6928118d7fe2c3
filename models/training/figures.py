"""Count how right a classifier is: confusion, precision, recall, F1, calibration, curves."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.types import LABELS, Label, Probabilities

CALIBRATION_BINS = 15
"""As Guo et al., 2017, measure it."""
CERTAIN_LABELS = (LABELS.index(Label.MASK), LABELS.index(Label.NO_MASK))
"""The two that every data set has, and that others' figures are about."""


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """None where nothing was called so (precision) or nothing was so (recall)."""

    label: Label
    count: int
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """How a classifier did on some faces.

    confusion: rows are the truth, columns what was said, both by LABELS.
    balanced_accuracy and macro_f1 are the means of recall and F1 of the labels
    that occur. mask_accuracy is how many of the faces that are mask or no_mask
    were called exactly that (`incorrect_mask` counts as wrong); None without any.
    """

    count: int
    accuracy: float
    balanced_accuracy: float
    macro_f1: float
    mask_accuracy: float | None
    calibration_error: float
    labels: tuple[LabelFigures, ...]
    confusion: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """Precision over recall as the asked-for probability falls, one label against the rest.

    recall, precision: (k,) float64, recall rising; count: faces that wear it.
    """

    label: Label
    count: int
    average_precision: float
    recall: NDArray[np.float64]
    precision: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bin:
    """The faces of one range of confidence, and how many of them were told rightly."""

    lower: float
    upper: float
    count: int
    confidence: float
    accuracy: float


def measure(probabilities: Probabilities, truth: NDArray[np.int64]) -> Figures:
    """probabilities: (n, 3) by LABELS; truth: (n,) indices into LABELS; n at least 1."""
    confusion = confuse(probabilities.argmax(axis=1), truth)
    figures = tuple(_of_label(confusion, index) for index in range(len(LABELS)))
    occurring = [each for each in figures if each.count]
    certain = confusion[list(CERTAIN_LABELS)].sum()
    right = confusion.diagonal()
    return Figures(
        count=len(truth),
        accuracy=float(right.sum() / len(truth)),
        balanced_accuracy=float(np.mean([each.recall for each in occurring])),
        macro_f1=float(np.mean([each.f1 for each in occurring])),
        mask_accuracy=float(right[list(CERTAIN_LABELS)].sum() / certain) if certain else None,
        calibration_error=calibration_error(probabilities, truth),
        labels=figures,
        confusion=tuple(tuple(row) for row in confusion.tolist()),
    )


def confuse(said: NDArray[np.int64], truth: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count (3, 3): rows are the truth, columns what was said."""
    confusion = np.zeros((len(LABELS), len(LABELS)), np.int64)
    np.add.at(confusion, (truth, said), 1)
    return confusion


def calibration_error(probabilities: Probabilities, truth: NDArray[np.int64]) -> float:
    """Expected calibration error: how far confidence is from accuracy, by equal bins."""
    gaps = [
        abs(each.confidence - each.accuracy) * each.count / len(truth)
        for each in reliability(probabilities, truth)
    ]
    return float(sum(gaps))


def reliability(probabilities: Probabilities, truth: NDArray[np.int64]) -> tuple[Bin, ...]:
    """Sort the faces into equal bins of the likeliest label's probability; empty ones are out."""
    confidence = probabilities.max(axis=1).astype(np.float64)
    is_right = probabilities.argmax(axis=1) == truth
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    return tuple(
        Bin(
            b / CALIBRATION_BINS,
            (b + 1) / CALIBRATION_BINS,
            int((bins == b).sum()),
            float(confidence[bins == b].mean()),
            float(is_right[bins == b].mean()),
        )
        for b in np.unique(bins).tolist()
    )


def trace_curves(probabilities: Probabilities, truth: NDArray[np.int64]) -> tuple[Curve, ...]:
    """Trace the curve of every label that occurs."""
    return tuple(
        trace_curve(label, probabilities[:, index], truth == index)
        for index, label in enumerate(LABELS)
        if (truth == index).any()
    )


def trace_curve(label: Label, scores: NDArray[np.float32], is_so: NDArray[np.bool_]) -> Curve:
    """Trace precision over recall; scores and is_so: (n,), at least one is so.

    Equal scores are one step. The average precision is the area under the
    steps, without interpolation, which would flatter: the sum of precision
    times the gain in recall.
    """
    order = np.argsort(-scores, kind="stable")
    falls = np.flatnonzero(np.diff(scores[order]))
    steps = np.append(falls, len(scores) - 1)
    right = np.cumsum(is_so[order])[steps]
    precision = right / (steps + 1)
    recall = right / right[-1]
    gains = np.diff(recall, prepend=0)
    return Curve(label, int(right[-1]), float((gains * precision).sum()), recall, precision)


def in_words(figures: Figures) -> str:
    """Lay the figures out as a classification report."""
    certain = "-" if figures.mask_accuracy is None else f"{figures.mask_accuracy:.3f}"
    lines = [
        f"{figures.count} faces, accuracy {figures.accuracy:.3f}, balanced "
        f"{figures.balanced_accuracy:.3f}, macro-F1 {figures.macro_f1:.3f}, "
        f"mask against no_mask {certain}, calibration error {figures.calibration_error:.3f}",
        f"{'truth':>15} {'precision':>9} {'recall':>6} {'F1':>6} {'support':>7}   said "
        + " / ".join(LABELS),
    ]
    for each, row in zip(figures.labels, figures.confusion, strict=True):
        shares = [
            "-" if value is None else f"{value:.3f}"
            for value in (each.precision, each.recall, each.f1)
        ]
        said = " / ".join(str(count) for count in row)
        lines.append(
            f"{each.label:>15} {shares[0]:>9} {shares[1]:>6} {shares[2]:>6} {each.count:>7}"
            f"   {said}"
        )
    return "\n".join(lines)


def _of_label(confusion: NDArray[np.int64], index: int) -> LabelFigures:
    right, said, count = (
        int(confusion[index, index]),
        int(confusion[:, index].sum()),
        int(confusion[index].sum()),
    )
    return LabelFigures(
        LABELS[index],
        count,
        precision=right / said if said else None,
        recall=right / count if count else None,
        f1=2 * right / (said + count) if said + count else None,
    )
