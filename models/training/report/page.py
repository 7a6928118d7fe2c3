"""Write an evaluation as one HTML file that needs no host, no script and no other file."""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from core.pictures import encode_jpeg
from core.types import LABELS, Label
from models.preprocess import resize
from models.training.evaluate import Evaluation, Mistake
from models.training.figures import Figures, reliability, trace_curves
from models.training.intervals import Interval, Intervals
from models.training.report import charts
from models.training.slices import Slicing

HERE = Path(__file__).parent
PICTURE_SIDE = 128
"""Pixels; a mistake is shown as large as the classifier saw it, about."""
WORDS = {
    Label.MASK: "mask",
    Label.INCORRECT_MASK: "incorrect mask",
    Label.NO_MASK: "no mask",
}
"""What people read."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One count of the confusion matrix and its share of the row, None in an empty row."""

    truth: Label
    said: Label
    count: int
    share: float | None

    @property
    def depth(self) -> int:
        """The step of the shade, 0 to 10."""
        return round((self.share or 0) * 10)


@dataclass(frozen=True, slots=True)
class SliceRow:
    """A slice with its place on the strip; both None where there is no such face."""

    name: str
    figures: Intervals | None
    whisker: charts.Whisker | None


@dataclass(frozen=True, slots=True)
class SliceTable:
    name: str
    lowest: float
    rows: tuple[SliceRow, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A mistake as the page shows it; uri holds the picture itself."""

    uri: str
    file: str
    truth: Label
    said: Label
    shares: tuple[tuple[Label, float], ...]


def write_page(evaluation: Evaluation, path: Path) -> None:
    """Write the page as UTF-8."""
    path.write_text(render(evaluation), encoding="utf-8")


def render(evaluation: Evaluation) -> str:
    """Put the page together; the style is named in its policy by its checksum."""
    judged, style = evaluation.judged, (HERE / "report.css").read_text()
    figures, overall = judged.figures(), judged.intervals()
    return (
        _templates()
        .get_template("report.html")
        .render(
            evaluation=evaluation,
            figures=figures,
            overall=overall,
            style=Markup(style),  # noqa: S704 (our own file; escaped, its quotes would break it)
            style_sha256=_checksum(style),
            confusion=lay_out_confusion(figures),
            lines=charts.draw_curves(trace_curves(judged.probabilities, judged.truth)),
            bars=charts.draw_bars(reliability(judged.probabilities, judged.truth)),
            slicings=[lay_out_slices(slicing) for slicing in evaluation.slicings],
            overall_whisker=charts.draw_whisker(overall.accuracy, 0),
            pictures=[show(evaluation, mistake) for mistake in evaluation.mistakes],
            wrong=int((judged.said != judged.truth).sum()),
            square=charts.SQUARE,
            histogram=charts.HISTOGRAM,
            strip=charts.STRIP,
            labels=LABELS,
            words=WORDS,
        )
    )


def lay_out_confusion(figures: Figures) -> tuple[tuple[Cell, ...], ...]:
    """One row for each true label."""
    return tuple(
        tuple(
            Cell(truth, said, count, count / sum(row) if sum(row) else None)
            for said, count in zip(LABELS, row, strict=True)
        )
        for truth, row in zip(LABELS, figures.confusion, strict=True)
    )


def lay_out_slices(slicing: Slicing) -> SliceTable:
    """Place the slices of one kind on strips of one scale."""
    found = [each.figures.accuracy for each in slicing.slices if each.figures]
    lowest = charts.choose_lowest(found)
    rows = tuple(
        SliceRow(
            each.name,
            each.figures,
            charts.draw_whisker(each.figures.accuracy, lowest) if each.figures else None,
        )
        for each in slicing.slices
    )
    return SliceTable(slicing.name, lowest, rows)


def show(evaluation: Evaluation, mistake: Mistake) -> Picture:
    judged, place = evaluation.judged, mistake.place
    shares = judged.probabilities[place].tolist()
    side = min(PICTURE_SIDE, max(mistake.picture.shape[:2]))
    jpeg = encode_jpeg(resize(mistake.picture, side), quality=80)
    return Picture(
        uri=f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}",
        file=str(judged.paths[place]),
        truth=LABELS[judged.truth[place]],
        said=LABELS[int(np.argmax(shares))],
        shares=tuple(zip(LABELS, shares, strict=True)),
    )


def percent(share: float | None) -> str:
    """Say a share with one digit, as 97.3 %; a dash where there is none."""
    return "–" if share is None else f"{100 * share:.1f} %"  # noqa: RUF001 (a dash is meant)


def between(interval: Interval | None) -> str:
    """Say an interval's bounds, or that there are none."""
    if interval is None:
        return ""
    if interval.lower is None or interval.upper is None:
        return "one group: no interval"
    return f"{100 * interval.lower:.1f} to {100 * interval.upper:.1f} %"


def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    templates.filters["percent"] = percent
    templates.filters["between"] = between
    return templates


def _checksum(style: str) -> str:
    """The hash that a content security policy names an inline style by."""
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
