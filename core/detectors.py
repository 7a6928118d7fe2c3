"""Which face detector an installation uses, and into how many tiles it cuts pictures."""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.errors import BadSettings

TILES_MAX = 4
"""Tiles in a row or a column: at 3840 pixels each is then shown at more than half its size."""
TILES_PATTERN = f"^(off|auto|[1-{TILES_MAX}]x[1-{TILES_MAX}])$"


class DetectorName(StrEnum):
    """The detectors that can be chosen; `accurate` is another word for centerface."""

    CENTERFACE = "centerface"
    FAST = "fast"
    YUNET = "yunet"
    MTCNN = "mtcnn"

    @classmethod
    def _missing_(cls, value: object) -> "DetectorName | None":
        return cls.CENTERFACE if value == "accurate" else None


@dataclass(frozen=True, slots=True)
class Tiles:
    """A grid of tiles for a landscape picture; a portrait one is cut into rows by columns.

    columns and rows are 0 where each picture's size decides.
    """

    columns: int
    rows: int

    @property
    def is_automatic(self) -> bool:
        return self.columns == 0


NO_TILES = Tiles(1, 1)
AUTOMATIC_TILES = Tiles(0, 0)


@dataclass(frozen=True, slots=True)
class DetectorChoice:
    """What the settings say of the detector; file is the user's own, which YuNet needs."""

    name: DetectorName = DetectorName.CENTERFACE
    file: Path | None = None
    tiles: Tiles = NO_TILES


def parse_tiles(text: str) -> Tiles:
    """Read off, auto, or columns x rows as in 3x2. Raises BadSettings."""
    if text == "off":
        return NO_TILES
    if text == "auto":
        return AUTOMATIC_TILES
    if not re.match(TILES_PATTERN, text):
        raise BadSettings(
            f"tiles are {text!r}; give off, auto, or columns x rows up to "
            f"{TILES_MAX}x{TILES_MAX}, as in 3x2"
        )
    columns, rows = text.split("x")
    return Tiles(int(columns), int(rows))
