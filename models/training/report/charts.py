"""Work out where the marks of the report's charts stand; the template draws them.

Coordinates are those of an SVG viewBox, from its upper left, rounded to a tenth.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.training.figures import Bin, Curve
from models.training.intervals import Interval

POINTS_MAX = 160
"""Of a line; more do not show at the width of a page."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The square or strip that shares from 0 to 1 are drawn in."""

    left: float
    top: float
    width: float
    height: float

    def x(self, share: float) -> float:
        return round(self.left + share * self.width, 1)

    def y(self, share: float) -> float:
        """Up is more."""
        return round(self.top + (1 - share) * self.height, 1)


SQUARE = Frame(left=44, top=12, width=316, height=316)
HISTOGRAM = Frame(left=44, top=372, width=316, height=64)
STRIP = Frame(left=4, top=0, width=192, height=20)


@dataclass(frozen=True, slots=True)
class Line:
    """A curve as points of a polyline: "x,y x,y"."""

    curve: Curve
    points: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bin of confidence: how right its faces were, and how many there are of them."""

    bin: Bin
    left: float
    width: float
    top: float
    height: float
    count_top: float
    count_height: float
    confidence_x: float


@dataclass(frozen=True, slots=True)
class Whisker:
    """A figure and its interval on a strip; without an interval both ends are the figure."""

    left: float
    right: float
    at: float


def draw_curves(curves: Sequence[Curve]) -> tuple[Line, ...]:
    return tuple(Line(curve, _points(curve)) for curve in curves)


def draw_bars(bins: Sequence[Bin]) -> tuple[Bar, ...]:
    """Lay out the reliability diagram and the histogram below it."""
    most = max((each.count for each in bins), default=1)
    return tuple(_bar(each, most) for each in bins)


def draw_whisker(interval: Interval, lowest: float) -> Whisker:
    """Place an interval on a strip that reaches from `lowest` to 1."""

    def place(share: float) -> float:
        return STRIP.x(min(1.0, max(0.0, (share - lowest) / (1 - lowest))))

    at = interval.value
    lower = at if interval.lower is None else interval.lower
    upper = at if interval.upper is None else interval.upper
    return Whisker(place(lower), place(upper), place(at))


def choose_lowest(intervals: Sequence[Interval]) -> float:
    """Choose where strips begin: the tenth below all intervals, 0.9 at most."""
    bounds = [each.value if each.lower is None else each.lower for each in intervals]
    return min(0.9, float(np.floor(min(bounds, default=0.9) * 10) / 10))


def _points(curve: Curve) -> str:
    kept = _thin(curve.recall, curve.precision)
    first = f"{SQUARE.x(0.0)},{SQUARE.y(float(curve.precision[0]))}"
    rest = (
        f"{SQUARE.x(float(curve.recall[i]))},{SQUARE.y(float(curve.precision[i]))}" for i in kept
    )
    return " ".join([first, *rest])


def _thin(recall: NDArray[np.float64], precision: NDArray[np.float64]) -> NDArray[np.int64]:
    """Choose the lowest precision of each narrow range of recall, and both ends.

    The lowest, so that thinning does not flatter.
    """
    if len(recall) <= POINTS_MAX:
        return np.arange(len(recall))
    place = np.minimum((recall * (POINTS_MAX - 2)).astype(int), POINTS_MAX - 3)
    order = np.lexsort((precision, place))
    starts = np.flatnonzero(np.diff(place[order], prepend=-1))
    return np.unique(np.concatenate([[0], order[starts], [len(recall) - 1]]))


def _bar(each: Bin, most: int) -> Bar:
    left, right = SQUARE.x(each.lower), SQUARE.x(each.upper)
    top, count_top = SQUARE.y(each.accuracy), HISTOGRAM.y(each.count / most)
    return Bar(
        bin=each,
        left=left,
        width=round(right - left, 1),
        top=top,
        height=round(SQUARE.y(0) - top, 1),
        count_top=count_top,
        count_height=round(HISTOGRAM.y(0) - count_top, 1),
        confidence_x=SQUARE.x(each.confidence),
    )
