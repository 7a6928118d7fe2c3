"""Draw how a training went, as a PNG.

Drawn with Pillow, which is here anyway: a plotting package would weigh 30 MB
for one picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from models.training.history import EpochFigures, best_of

SIZE_WH = (1100, 460)
OVERSAMPLING = 2
"""Drawn so many times as large and shrunk: Pillow's own lines have steps."""

Colour = tuple[int, int, int]
Point = tuple[float, float]

INK, GREY, GRID = (34, 40, 49), (104, 113, 125), (228, 231, 235)
BLUE, ORANGE, GREEN = (31, 99, 184), (214, 116, 21), (34, 128, 86)


@dataclass(frozen=True, slots=True)
class Line:
    """One figure over the epochs."""

    name: str
    colour: Colour
    values: tuple[float, ...]


def draw_history(history: Sequence[EpochFigures], path: Path) -> None:
    """Draw loss on the left, validation figures on the right, the best epoch marked."""
    size_wh = (SIZE_WH[0] * OVERSAMPLING, SIZE_WH[1] * OVERSAMPLING)
    picture = Image.new("RGB", size_wh, "white")
    pen = ImageDraw.Draw(picture)
    best = history.index(best_of(history))
    half = SIZE_WH[0] // 2
    _Panel(pen, (0, half), "Loss", _top(_losses(history)), best).draw(_losses(history))
    _Panel(pen, (half, SIZE_WH[0]), "Validation", 1.0, best).draw(_figures(history))
    picture.resize(SIZE_WH, Image.Resampling.LANCZOS).save(path, "PNG")


def _losses(history: Sequence[EpochFigures]) -> list[Line]:
    return [
        Line("training", BLUE, tuple(each.loss for each in history)),
        Line("validation", ORANGE, tuple(each.val_loss for each in history)),
    ]


def _figures(history: Sequence[EpochFigures]) -> list[Line]:
    return [
        Line("macro-F1", GREEN, tuple(each.val_macro_f1 for each in history)),
        Line("accuracy", ORANGE, tuple(each.val_accuracy for each in history)),
    ]


def _top(lines: Sequence[Line]) -> float:
    """The upper end of an axis from 0: the largest value, rounded up to a fifth of one digit."""
    largest = max(max(line.values) for line in lines)
    digit = 1.0
    while digit > largest > 0:
        digit /= 10
    while digit * 10 <= largest:
        digit *= 10
    return max(digit / 5 * -(-largest // (digit / 5)), 0.1)


class _Panel:
    """One pair of axes from the left to the right end, in pixels of the finished picture."""

    def __init__(
        self, pen: ImageDraw.ImageDraw, ends: tuple[int, int], title: str, top: float, best: int
    ) -> None:
        self._pen, self._title, self._top, self._best = pen, title, top, best
        self._left, self._right = ends[0] + 64, ends[1] - 24
        self._upper, self._lower = 74, SIZE_WH[1] - 58

    def draw(self, lines: Sequence[Line]) -> None:
        """Draw title, grid, best epoch, lines and their names."""
        count = len(lines[0].values)
        self._text((self._left, 16), self._title, INK, 19)
        self._grid(count)
        self._mark_best(count)
        place = float(self._left)
        for line in lines:
            points = [self._place(index, value, count) for index, value in enumerate(line.values)]
            self._line(points, line.colour, 2.4)
            for point in points:
                self._dot(point, line.colour)
            place = self._name(place, line)

    def _grid(self, count: int) -> None:
        for share in range(6):
            value = self._top * share / 5
            _, y = self._place(0, value, count)
            self._line([(self._left, y), (self._right, y)], GRID, 1)
            self._text((self._left - 10, y), f"{value:.2f}", GREY, 13, "rm")
        for index in range(0, count, -(-count // 12)):
            x, _ = self._place(index, 0, count)
            self._text((x, self._lower + 16), str(index + 1), GREY, 13, "mm")
        middle = (self._left + self._right) / 2
        self._text((middle, self._lower + 38), "epoch", GREY, 13, "mm")

    def _mark_best(self, count: int) -> None:
        x, _ = self._place(self._best, 0, count)
        for y in range(self._upper, self._lower, 8):
            self._line([(x, y), (x, y + 4)], GREY, 1)
        self._text((x, self._upper - 10), "best", GREY, 13, "mm")

    def _name(self, x: float, line: Line) -> float:
        """Write a line's name beside a piece of it; returns where the next may begin."""
        words = f"{line.name} {line.values[self._best]:.3f}"
        self._line([(x, 50), (x + 22, 50)], line.colour, 3)
        self._text((x + 28, 50), words, INK, 14, "lm")
        return x + 52 + self._pen.textlength(words, _font(14)) / OVERSAMPLING

    def _place(self, index: int, value: float, count: int) -> Point:
        # A single epoch stands in the middle.
        share = index / (count - 1) if count > 1 else 0.5
        height = min(max(value / self._top, 0.0), 1.0)
        x = self._left + 14 + share * (self._right - self._left - 28)
        return x, self._lower - height * (self._lower - self._upper - 12)

    def _line(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        scaled = [(x * OVERSAMPLING, y * OVERSAMPLING) for x, y in points]
        self._pen.line(scaled, colour, round(width * OVERSAMPLING), joint="curve")

    def _dot(self, point: Point, colour: Colour, radius: float = 3.2) -> None:
        x, y = point
        box = [(x - radius) * OVERSAMPLING, (y - radius) * OVERSAMPLING]
        box += [(x + radius) * OVERSAMPLING, (y + radius) * OVERSAMPLING]
        self._pen.ellipse(box, fill=colour)

    def _text(self, at: Point, words: str, colour: Colour, size: int, anchor: str = "la") -> None:
        place = (at[0] * OVERSAMPLING, at[1] * OVERSAMPLING)
        self._pen.text(place, words, colour, _font(size), anchor=anchor)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size * OVERSAMPLING)
