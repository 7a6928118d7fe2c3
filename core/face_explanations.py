"""Where on a kept face the classifier looked: asked by the dashboard, answered by a worker."""

from dataclasses import dataclass, field

import msgspec

from core.errors import BadEntry

TOPIC = "explanation"
TIMEOUT_S = 45.0
"""Seconds that one waits: loading TensorFlow takes about 5 of one core, beside live frames."""


@dataclass(frozen=True, slots=True)
class ExplanationQuestion:
    """A face as it is, and the version of the classifier that judged it."""

    model_version: str
    jpeg: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ExplanationAnswer:
    """The face beside its heat, as PNG; or why there is none, fit for a user's eyes."""

    png: bytes = field(default=b"", repr=False)
    error: str = ""


def encode_question(question: ExplanationQuestion) -> bytes:
    return msgspec.msgpack.encode(question)


def decode_question(question: bytes) -> ExplanationQuestion:
    """Raises BadEntry if it is not a question."""
    try:
        return msgspec.msgpack.decode(question, type=ExplanationQuestion)
    except msgspec.MsgspecError as error:
        raise BadEntry("the question about a face cannot be read; update the workers") from error


def encode_answer(answer: ExplanationAnswer) -> bytes:
    return msgspec.msgpack.encode(answer)


def decode_answer(answer: bytes) -> ExplanationAnswer:
    """Raises BadEntry if it is not an answer."""
    try:
        return msgspec.msgpack.decode(answer, type=ExplanationAnswer)
    except msgspec.MsgspecError as error:
        raise BadEntry("the answer about a face cannot be read; update the workers") from error
