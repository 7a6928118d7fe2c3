"""Part judged faces by what a camera decides: their size, blur, brightness and source."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.types import Probabilities
from models.training.figures import Figures, measure
from models.training.intervals import Groups, Intervals, bootstrap

SIZE_EDGES = (24, 40, 80, 160)
"""Pixels of a face's longer side; far, usual and near cameras lie between them."""

Values = NDArray[np.float32]
"""(n,) float32."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Faces and what was said of them; each field has n entries.

    truth: indices into LABELS; face_px: the face's longer side in the stored
    picture; sharpness: see models/preprocess.py; brightness: mean grey, 0 to 255.
    """

    paths: tuple[Path, ...]
    sources: NDArray[np.str_]
    groups: Groups
    truth: NDArray[np.int64]
    probabilities: Probabilities
    face_px: Values
    sharpness: Values
    brightness: Values

    def __post_init__(self) -> None:
        fields = (self.sources, self.groups, self.truth, self.probabilities)
        sizes = {len(each) for each in (*fields, self.face_px, self.sharpness, self.brightness)}
        if sizes != {len(self.paths)}:
            raise ValueError(f"expected {len(self.paths)} faces in every field, found {sizes}")

    def __len__(self) -> int:
        return len(self.paths)

    @property
    def said(self) -> NDArray[np.int64]:
        return np.asarray(self.probabilities.argmax(axis=1))

    def figures(self, chosen: NDArray[np.bool_] | None = None) -> Figures:
        """Measure all, or those that are chosen; at least one."""
        rows = slice(None) if chosen is None else chosen
        return measure(self.probabilities[rows], self.truth[rows])

    def intervals(self, chosen: NDArray[np.bool_] | None = None) -> Intervals:
        rows = slice(None) if chosen is None else chosen
        return bootstrap(self.said[rows], self.truth[rows], self.groups[rows])


@dataclass(frozen=True, slots=True)
class Slice:
    """Some of the faces and how they fared; None where there is no such face."""

    name: str
    figures: Intervals | None


@dataclass(frozen=True, slots=True)
class Slicing:
    """All faces, parted by one thing."""

    name: str
    slices: tuple[Slice, ...]


def part(judged: Judged) -> tuple[Slicing, ...]:
    """Part the faces in every way that we know."""
    return (
        _by_size(judged),
        _by_thirds(judged, "Sharpness", judged.sharpness, ("blurred", "middle", "sharp")),
        _by_thirds(judged, "Brightness", judged.brightness, ("dark", "middle", "bright")),
        _by_source(judged),
    )


def find_worst(judged: Judged, count: int) -> NDArray[np.int64]:
    """Find the wrong answers that were given most surely, surest first."""
    wrong = np.flatnonzero(judged.said != judged.truth)
    sure = (
        judged.probabilities[wrong].max(axis=1) - judged.probabilities[wrong, judged.truth[wrong]]
    )
    return wrong[np.argsort(-sure, kind="stable")][:count]


def _by_size(judged: Judged) -> Slicing:
    first, *_, last = SIZE_EDGES
    names = [
        f"under {first} px",
        *(f"{a} to {b} px" for a, b in pairwise(SIZE_EDGES)),
        f"{last} px and more",
    ]
    place = np.searchsorted(SIZE_EDGES, judged.face_px, side="right")
    return Slicing("Face size", _each(judged, names, place))


def _by_thirds(judged: Judged, name: str, values: Values, words: tuple[str, str, str]) -> Slicing:
    """Part at the terciles of these very faces, which the names tell."""
    low, high = np.percentile(values, [100 / 3, 200 / 3])
    place = np.searchsorted([low, high], values, side="right")
    ranges = (f"under {low:.0f}", f"{low:.0f} to {high:.0f}", f"{high:.0f} and more")
    names = [f"{word} ({between})" for word, between in zip(words, ranges, strict=True)]
    return Slicing(name, _each(judged, names, place))


def _by_source(judged: Judged) -> Slicing:
    names, place = np.unique(judged.sources, return_inverse=True)
    return Slicing("Source", _each(judged, names.tolist(), place))


def _each(judged: Judged, names: list[str], place: NDArray[np.int64]) -> tuple[Slice, ...]:
    chosen = [place == index for index in range(len(names))]
    return tuple(
        Slice(name, judged.intervals(rows) if rows.any() else None)
        for name, rows in zip(names, chosen, strict=True)
    )
