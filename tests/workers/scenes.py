"""Results as a worker would write them, for the tests of this room."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from core.types import Faces, Result, ResultKind

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MASK, NO_MASK = (0.96, 0.02, 0.02), (0.02, 0.02, 0.96)

Box = tuple[float, float, float, float]


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def faces(
    boxes: Sequence[Box],
    probabilities: tuple[float, float, float] = MASK,
    sharpness: float = 400.0,
    score: float = 0.9,
) -> Faces:
    n = len(boxes)
    return Faces(
        np.array(boxes, np.float32).reshape(n, 4),
        np.full(n, score, np.float32),
        np.tile(np.array(probabilities, np.float32), (n, 1)),
        np.full(n, sharpness, np.float32),
    )


def analysed(
    seconds: float,
    boxes: Sequence[Box] = (),
    probabilities: tuple[float, float, float] = MASK,
    camera_id: int = 1,
) -> Result:
    found = faces(boxes, probabilities)
    return Result(camera_id, at(seconds), (960, 540), faces=found, model_version="masks-1")


def unchanged(seconds: float, camera_id: int = 1) -> Result:
    return Result(camera_id, at(seconds), (0, 0), ResultKind.UNCHANGED)


def box(x: float, y: float = 100.0, width: float = 50.0) -> Box:
    return (x, y, x + width, y + width * 1.2)
