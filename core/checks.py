"""What the check of a camera finds, on its way from ingest to the dashboard."""

from dataclasses import dataclass, field

import msgspec

from core.requests import read_json
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
    complaint = "the answer to a camera check cannot be read; restart ingest"
    return read_json(answer, CameraCheck, complaint)


def seal_question(question: CheckQuestion, box: SecretBox) -> bytes:
    return box.seal(msgspec.json.encode(question).decode())


def unseal_question(sealed: bytes, box: SecretBox) -> CheckQuestion:
    """Raises SecretUnreadable where it was sealed with another key, BadEntry if it is broken."""
    complaint = "the question of a camera check cannot be read"
    return read_json(box.unseal(sealed), CheckQuestion, complaint)
