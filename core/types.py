"""The words of the house as types: frames, faces, labels, verdicts, results."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Image: TypeAlias = NDArray[np.uint8]
"""(height, width, 3) uint8, BGR as OpenCV orders it."""
Boxes: TypeAlias = NDArray[np.float32]
"""(n, 4) float32, xyxy in pixels."""
Scores: TypeAlias = NDArray[np.float32]
"""(n,) float32 in [0, 1]."""
Probabilities: TypeAlias = NDArray[np.float32]
"""(n, 3) float32; columns in the order of LABELS; each row sums to 1."""


class Label(StrEnum):
    """What a face wears."""

    MASK = "mask"
    INCORRECT_MASK = "incorrect_mask"
    NO_MASK = "no_mask"


LABELS: tuple[Label, ...] = (Label.MASK, Label.INCORRECT_MASK, Label.NO_MASK)


class Verdict(StrEnum):
    """What is held of one track; `unsure` is shown, never folded into another."""

    MASK = "mask"
    INCORRECT_MASK = "incorrect_mask"
    NO_MASK = "no_mask"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Detections:
    """Faces that a detector found in one image, best score first.

    boxes: (n, 4) float32 xyxy in pixels of that image; scores: (n,) float32.
    """

    boxes: Boxes
    scores: Scores

    def __post_init__(self) -> None:
        _check_shape("boxes", self.boxes, (len(self.scores), 4))
        _check_shape("scores", self.scores, (len(self.boxes),))

    def __len__(self) -> int:
        return len(self.scores)

    @classmethod
    def empty(cls) -> "Detections":
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32))


@dataclass(frozen=True, slots=True)
class Faces:
    """Faces of one image, detected and classified.

    boxes: (n, 4) xyxy pixels; scores: (n,); probabilities: (n, 3) by LABELS;
    sharpness: (n,) variance of the Laplacian of the grey crop, 0 is flat.
    """

    boxes: Boxes
    scores: Scores
    probabilities: Probabilities
    sharpness: Scores

    def __post_init__(self) -> None:
        n = len(self.boxes)
        _check_shape("boxes", self.boxes, (n, 4))
        _check_shape("scores", self.scores, (n,))
        _check_shape("probabilities", self.probabilities, (n, 3))
        _check_shape("sharpness", self.sharpness, (n,))

    def __len__(self) -> int:
        return len(self.boxes)

    def labels(self) -> Sequence[Label]:
        """Name the likeliest label of each face."""
        return [LABELS[i] for i in self.probabilities.argmax(axis=1)]

    def keep(self, mask: NDArray[np.bool_]) -> "Faces":
        """Keep the faces that a mask marks. mask: (n,) bool."""
        return Faces(
            self.boxes[mask], self.scores[mask], self.probabilities[mask], self.sharpness[mask]
        )

    @classmethod
    def empty(cls) -> "Faces":
        flat = np.zeros(0, np.float32)
        return cls(np.zeros((0, 4), np.float32), flat, np.zeros((0, 3), np.float32), flat)


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded picture of a camera, encoded as JPEG at the analysis size."""

    camera_id: int
    captured_at: datetime
    size_wh: tuple[int, int]
    jpeg: bytes

    @property
    def frame_id(self) -> int:
        """Name the frame within its camera: its capture time in microseconds."""
        return to_microseconds(self.captured_at)


class ResultKind(StrEnum):
    """How a captured frame came out."""

    ANALYSED = "analysed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class FaceCrop:
    """A small picture of one face. face: its row in the result's faces.

    content: JPEG, blurred for good; or, where is_sharp, a JPEG sealed for the
    holder of the secret key (`core/face_seals.py`).
    """

    face: int
    content: bytes = field(repr=False)
    is_sharp: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one frame: its faces, or that nothing had changed.

    crops: pictures of some of the faces, best first; none where none may be kept.
    """

    camera_id: int
    captured_at: datetime
    size_wh: tuple[int, int]
    kind: ResultKind = ResultKind.ANALYSED
    faces: Faces = field(default_factory=Faces.empty)
    model_version: str = ""
    crops: tuple[FaceCrop, ...] = ()

    @property
    def frame_id(self) -> int:
        return to_microseconds(self.captured_at)

    def keep(self, mask: NDArray[np.bool_]) -> "Result":
        """Leave the faces out whose row of the mask (n,) is false, and their crops."""
        rows = np.cumsum(mask) - 1
        crops = tuple(replace(c, face=int(rows[c.face])) for c in self.crops if mask[c.face])
        return replace(self, faces=self.faces.keep(mask), crops=crops)


def to_microseconds(moment: datetime) -> int:
    """Count microseconds since 1970; the moment must be aware."""
    delta = moment.astimezone(UTC) - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def from_microseconds(microseconds: int) -> datetime:
    """Turn microseconds since 1970 into an aware UTC datetime."""
    seconds, rest = divmod(microseconds, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _check_shape(name: str, array: NDArray[np.float32], shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise ValueError(f"{name}: expected shape {shape}, found {array.shape}")
