"""Tell an evaluation on a terminal, and as JSON."""

from dataclasses import asdict
from typing import Any

from core.types import LABELS
from models.training.evaluate import Evaluation
from models.training.figures import in_words, trace_curves
from models.training.intervals import Interval, Intervals
from models.training.slices import Slicing


def tell(evaluation: Evaluation) -> str:
    """Lay out the classification report, then a line a slice."""
    judged = evaluation.judged
    curves = trace_curves(judged.probabilities, judged.truth)
    precisions = ", ".join(f"{curve.label} {curve.average_precision:.3f}" for curve in curves)
    lines = [
        f"model {evaluation.manifest.model_version}",
        evaluation.choice,
        "",
        in_words(judged.figures()),
        f"average precision: {precisions}",
    ]
    for slicing in evaluation.slicings:
        lines += ["", *_tell_slicing(slicing)]
    return "\n".join([*lines, *(f"\nnote: {note}" for note in evaluation.notes)])


def to_json(evaluation: Evaluation) -> dict[str, Any]:
    """Everything in figures; intervals are the bootstrap's 95 %, drawn by groups."""
    judged = evaluation.judged
    curves = trace_curves(judged.probabilities, judged.truth)
    return {
        "model_version": evaluation.manifest.model_version,
        "choice": evaluation.choice,
        "notes": list(evaluation.notes),
        "figures": asdict(judged.figures()),
        "average_precision": {curve.label: curve.average_precision for curve in curves},
        "intervals": _intervals(judged.intervals()),
        "slices": {
            slicing.name: {each.name: _intervals(each.figures) for each in slicing.slices}
            for slicing in evaluation.slicings
        },
        "mistakes": [
            {
                "file": str(judged.paths[each.place]),
                "truth": LABELS[judged.truth[each.place]],
                "probabilities": {
                    label: round(float(share), 4)
                    for label, share in zip(LABELS, judged.probabilities[each.place], strict=True)
                },
            }
            for each in evaluation.mistakes
        ],
    }


def _tell_slicing(slicing: Slicing) -> list[str]:
    columns = f"{'faces':>6} {'groups':>6}  {'accuracy':<20} {'mask/no_mask':<20} {'macro-F1':<20}"
    width = max(len(slicing.name), *(len(each.name) for each in slicing.slices))
    lines = [f"{slicing.name:<{width}} {columns}".rstrip()]
    for each in slicing.slices:
        found = each.figures
        figures = "     0      0  -"
        if found:
            cells = (found.accuracy, found.mask_accuracy, found.macro_f1)
            shown = " ".join(f"{_in_brackets(cell):<20}" for cell in cells)
            figures = f"{found.count:>6} {found.groups:>6}  {shown}"
        lines.append(f"{each.name:<{width}} {figures}".rstrip())
    return lines


def _in_brackets(interval: Interval | None) -> str:
    if interval is None:
        return "-"
    if interval.lower is None or interval.upper is None:
        return f"{interval.value:.3f}"
    return f"{interval.value:.3f} ({interval.lower:.3f}-{interval.upper:.3f})"


def _intervals(found: Intervals | None) -> dict[str, Any] | None:
    if found is None:
        return None
    recalls = zip(LABELS, found.recalls, strict=True)
    return {
        **asdict(found),
        "recalls": {label: recall and asdict(recall) for label, recall in recalls},
    }
