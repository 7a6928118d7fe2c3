"""Count how right a classifier is: confusion, precision, recall, F1, calibration."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.types import LABELS, Label, Probabilities

CALIBRATION_BINS = 15
"""As Guo et al., 2017, measure it."""


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
    balanced_accuracy is the mean recall of the labels that occur.
    """

    count: int
    accuracy: float
    balanced_accuracy: float
    calibration_error: float
    labels: tuple[LabelFigures, ...]
    confusion: tuple[tuple[int, ...], ...]


def measure(probabilities: Probabilities, truth: NDArray[np.int64]) -> Figures:
    """probabilities: (n, 3) by LABELS; truth: (n,) indices into LABELS; n at least 1."""
    said = probabilities.argmax(axis=1)
    confusion = np.zeros((len(LABELS), len(LABELS)), int)
    np.add.at(confusion, (truth, said), 1)
    figures = tuple(_of_label(confusion, index) for index in range(len(LABELS)))
    recalls = [each.recall for each in figures if each.recall is not None]
    return Figures(
        count=len(truth),
        accuracy=float((said == truth).mean()),
        balanced_accuracy=float(np.mean(recalls)),
        calibration_error=calibration_error(probabilities, truth),
        labels=figures,
        confusion=tuple(tuple(row) for row in confusion.tolist()),
    )


def calibration_error(probabilities: Probabilities, truth: NDArray[np.int64]) -> float:
    """Expected calibration error: how far confidence is from accuracy, by equal bins."""
    confidence = probabilities.max(axis=1)
    is_right = probabilities.argmax(axis=1) == truth
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    gaps = [
        abs(confidence[bins == b].mean() - is_right[bins == b].mean()) * (bins == b).mean()
        for b in np.unique(bins)
    ]
    return float(sum(gaps))


def in_words(figures: Figures) -> str:
    """Lay the figures out as a table."""
    lines = [
        f"{figures.count} faces, accuracy {figures.accuracy:.3f}, balanced "
        f"{figures.balanced_accuracy:.3f}, calibration error {figures.calibration_error:.3f}",
        f"{'truth':>15} {'count':>6} {'precision':>9} {'recall':>6} {'F1':>6}   said "
        + " / ".join(LABELS),
    ]
    for each, row in zip(figures.labels, figures.confusion, strict=True):
        shares = [
            "-" if value is None else f"{value:.3f}"
            for value in (each.precision, each.recall, each.f1)
        ]
        said = " / ".join(str(count) for count in row)
        lines.append(
            f"{each.label:>15} {each.count:>6} {shares[0]:>9} {shares[1]:>6} {shares[2]:>6}"
            f"   {said}"
        )
    return "\n".join(lines)


def _of_label(confusion: NDArray[np.int_], index: int) -> LabelFigures:
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
