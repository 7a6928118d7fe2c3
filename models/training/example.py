"""One labelled face, and what its group is for."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from core.types import Label

TEST_PERCENT = 10
VALIDATION_PERCENT = 8

BoxXyxy: TypeAlias = tuple[float, float, float, float]


class Split(StrEnum):
    """What a group of pictures is for; only the evaluation opens TEST."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled face.

    box_xyxy is in pixels of the stored picture, None where the picture is the
    face's crop. group joins near-duplicates, across sources too. seconds: where
    in a video the picture is, None where path is a picture.
    """

    path: Path
    box_xyxy: BoxXyxy | None
    label: Label
    source: str
    group: str
    seconds: float | None = None

    @property
    def split(self) -> Split:
        """Place the whole group by a hash of its name: no seed, no order, no shuffling apart."""
        percent = int(hashlib.sha256(self.group.encode()).hexdigest(), 16) % 100
        if percent < TEST_PERCENT:
            return Split.TEST
        return Split.VALIDATION if percent < TEST_PERCENT + VALIDATION_PERCENT else Split.TRAIN
