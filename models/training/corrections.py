"""Correct labels and groups that were found wrong by eye, whatever the pictures' makers said.

`corrections.csv` beside this file: source, file, box, label. box is "x y width
height" as in annotations.json, empty for a crop; file `*` means every face of
the source whose label is `face`, its state unknown; label is one of LABELS, or
`ignore` for what cannot be told.

`groups.csv`: file, group. It joins pictures that are one photograph, across
sources too, so that no split parts them.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from core.errors import BadSettings
from core.types import LABELS

SHIPPED_CORRECTIONS = Path(__file__).parent / "corrections.csv"
SHIPPED_GROUPS = Path(__file__).parent / "groups.csv"
IGNORED = "ignore"
UNKNOWN = "face"
WHOLE_SOURCE = "*"

BoxKey: TypeAlias = tuple[float, ...]
"""x, y, width and height to a tenth of a pixel; empty for a crop."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """Labels by source, file and box, and by source alone."""

    _of_faces: dict[tuple[str, str, BoxKey], str] = field(default_factory=dict)
    _of_sources: dict[str, str] = field(default_factory=dict)
    _groups: dict[str, str] = field(default_factory=dict)

    def label(self, source: str, file: str, box_xywh: Sequence[float], label: str) -> str:
        """Give the corrected label, or the one given where nothing is known against it."""
        given = self._of_sources.get(source, label) if label == UNKNOWN else label
        return self._of_faces.get((source, file, _key(box_xywh)), given)

    def group(self, file: str, group: str) -> str:
        """Give the group that a file belongs to, by its path in the data folder."""
        return self._groups.get(file, group)


def read_corrections(
    path: Path = SHIPPED_CORRECTIONS, groups: Path = SHIPPED_GROUPS
) -> Corrections:
    """Read both lists; nothing is corrected where there is no file. Raises BadSettings."""
    corrections = Corrections()
    if path.exists():
        with path.open(newline="") as lines:
            corrections = _sort(csv.DictReader(lines), path)
    if groups.exists():
        with groups.open(newline="") as lines:
            corrections._groups.update((row["file"], row["group"]) for row in csv.DictReader(lines))
    return corrections


def _sort(rows: Iterable[dict[str, str]], path: Path) -> Corrections:
    corrections = Corrections()
    for number, row in enumerate(rows, start=2):
        try:
            source, file, label = row["source"], row["file"], row["label"]
            box = _key([float(value) for value in row["box"].split()])
        except (KeyError, ValueError, AttributeError) as error:
            raise BadSettings(
                f"{path}, line {number}: expected source,file,box,label with box as "
                f"`x y width height` or empty ({error!r})"
            ) from error
        if label not in (*LABELS, IGNORED):
            raise BadSettings(f"{path}, line {number}: unknown label {label!r}; give {LABELS}")
        if file == WHOLE_SOURCE:
            corrections._of_sources[source] = label
        else:
            corrections._of_faces[source, file, box] = label
    return corrections


def _key(box_xywh: Sequence[float]) -> BoxKey:
    return tuple(round(float(value), 1) for value in box_xywh)
