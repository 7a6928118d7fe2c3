"""What the check of a camera finds, on its way from ingest to the dashboard."""

import json
from dataclasses import dataclass, field

import msgspec

from core.errors import BadEntry
from core.secrets import SecretBox

TOPIC = "camera-check"
TIMEOUT_S = 20.0
"""Seconds that one waits for an answer: a check takes 14 at most, on a machine that is not busy."""


@dataclass(frozen=True, slots=True)
class CameraCheck:
    """The first look at a stream: what it shows, or why it does not open.

    frames_per_second is measured, None if too few frames came. The snapshot is
    a JPEG of at most 960 pixels; empty where the check failed.
    """

    ok: bool
    error: str = ""
    width: int = 0
    height: int = 0
    frames_per_second: float | None = None
    codec: str = ""
    snapshot_jpeg: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class CheckQuestion:
    """Which stream to check; sealed on its way, for the address may hold a password."""

    url: str = field(repr=False)
    transport: str = "tcp"


def encode_check(check: CameraCheck) -> bytes:
    return msgspec.json.encode(check)


def decode_check(answer: bytes) -> CameraCheck:
    """Raises BadEntry if the answer is not a check."""
    try:
        return msgspec.json.decode(answer, type=CameraCheck)
    except msgspec.MsgspecError as error:
        raise BadEntry("the answer to a camera check cannot be read; restart ingest") from error


def seal_question(question: CheckQuestion, box: SecretBox) -> bytes:
    return box.seal(json.dumps({"url": question.url, "transport": question.transport}))


def unseal_question(sealed: bytes, box: SecretBox) -> CheckQuestion:
    """Raises SecretUnreadable where it was sealed with another key, BadEntry if it is broken."""
    text = box.unseal(sealed)
    try:
        return msgspec.json.decode(text, type=CheckQuestion)
    except msgspec.MsgspecError as error:
        raise BadEntry("the question of a camera check cannot be read") from error
