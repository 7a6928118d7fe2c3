"""Whether a model version runs: asked by the dashboard, answered by a worker."""

from dataclasses import dataclass

import msgspec

from core.requests import read_json

TOPIC = "model-check"
TIMEOUT_S = 25.0
"""Seconds that one waits for an answer: fetching, loading and warming up take a few."""


@dataclass(frozen=True, slots=True)
class ModelCheck:
    """What came of loading and running a version; where it is not ok, error says why."""

    ok: bool
    error: str = ""


def encode_question(version_id: int) -> bytes:
    return msgspec.json.encode(version_id)


def decode_question(question: bytes) -> int:
    """Raises BadEntry if the question names no version."""
    return read_json(question, int, "the question of a model check cannot be read")


def encode_check(check: ModelCheck) -> bytes:
    return msgspec.json.encode(check)


def decode_check(answer: bytes) -> ModelCheck:
    """Raises BadEntry if the answer is not a check."""
    complaint = "the answer to a model check cannot be read; update the workers"
    return read_json(answer, ModelCheck, complaint)
