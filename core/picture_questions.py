"""Pictures that people send to have them analysed: asked by the dashboard, answered by workers.

One question is one picture, so that several pictures are spread over the workers.
"""

from dataclasses import dataclass, field

import msgspec

from core.errors import BadEntry
from core.types import LABELS, Label

TOPIC = "pictures"
TIMEOUT_S = 20.0
"""Seconds that one waits for all answers: a picture takes about 0.1 s on one core."""
PICTURES_MAX = 16
PICTURE_BYTES_MAX = 16_000_000
LONG_SIDE = 960
"""Pixels, as for cameras."""


@dataclass(frozen=True, slots=True)
class PictureOptions:
    """How a picture is looked at; upright turns it by its EXIF orientation first."""

    long_side: int = LONG_SIDE
    min_score: float = 0.5
    upright: bool = True
    megapixels_max: int = 50


@dataclass(frozen=True, slots=True)
class PictureQuestion:
    content: bytes = field(repr=False)
    options: PictureOptions = PictureOptions()


@dataclass(frozen=True, slots=True)
class FoundFace:
    """One face. box: (x, y, width, height) in pixels of the stored picture; by LABELS."""

    box: tuple[float, float, float, float]
    score: float
    probabilities: tuple[float, float, float]

    @property
    def label(self) -> Label:
        """Name the likeliest label."""
        return LABELS[max(range(len(LABELS)), key=self.probabilities.__getitem__)]


@dataclass(frozen=True, slots=True)
class PictureAnswer:
    """The faces of one picture, and its size as stored; or why it cannot be read."""

    width: int = 0
    height: int = 0
    faces: tuple[FoundFace, ...] = ()
    error: str = ""


def encode_question(question: PictureQuestion) -> bytes:
    return msgspec.msgpack.encode(question)


def decode_question(question: bytes) -> PictureQuestion:
    """Raises BadEntry if it is not a question."""
    try:
        return msgspec.msgpack.decode(question, type=PictureQuestion)
    except msgspec.MsgspecError as error:
        raise BadEntry("the question about a picture cannot be read; update the workers") from error


def encode_answer(answer: PictureAnswer) -> bytes:
    return msgspec.msgpack.encode(answer)


def decode_answer(answer: bytes) -> PictureAnswer:
    """Raises BadEntry if it is not an answer."""
    try:
        return msgspec.msgpack.decode(answer, type=PictureAnswer)
    except msgspec.MsgspecError as error:
        raise BadEntry("the answer about a picture cannot be read; update the workers") from error
