"""Answer where on a kept face the classifier looked, in a child process of this worker."""

import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from core.desks import AnswerNext, open_desk
from core.errors import MaskwatchError, WeightsMismatch
from core.face_explanations import (
    TIMEOUT_S,
    TOPIC,
    ExplanationAnswer,
    decode_question,
    encode_answer,
)
from core.manifests import FileKind
from core.processes import Stop
from models.manifest import read_manifest

logger = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parents[1]
_PROGRAM = "models.explanation.one_face"
_FAILED = ExplanationAnswer(error="it failed; the worker's log says why")


class ExplanationDesk:
    """Answers one question after the other. locate: finds the folder of a classifier's version."""

    def __init__(
        self,
        locate: Callable[[str], Path],
        answer_next: AnswerNext,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._locate, self._answer_next = locate, answer_next
        self._timeout_s = timeout_s

    def start(self, stop: Stop) -> threading.Thread:
        """Answer in a thread of its own until asked to stop."""
        return open_desk(TOPIC, self.answer, self._answer_next, stop)

    def answer(self, question: bytes) -> bytes:
        """Answer for one face; whatever goes wrong becomes a sentence."""
        try:
            asked = decode_question(question)
            folder = self._locate(asked.model_version)
            check_explainable(folder)
            return explain_in_child(asked.jpeg, folder, self._timeout_s)
        except MaskwatchError as error:
            return encode_answer(ExplanationAnswer(error=str(error)))
        except Exception:
            logger.exception("a face could not be explained")
            return encode_answer(_FAILED)


def check_explainable(folder: Path) -> None:
    """Raise WeightsMismatch where a version has no Keras file, before TensorFlow is loaded."""
    manifest = read_manifest(folder)
    if not list(manifest.files_for(FileKind.KERAS)):
        raise WeightsMismatch(
            f"the classifier {manifest.model_version} has no Keras file, so it cannot be explained"
        )


def explain_in_child(jpeg: bytes, folder: Path, timeout_s: float) -> bytes:
    """Have a face explained by a process that ends with its answer.

    Raises CalledProcessError and TimeoutExpired; what it said meanwhile is logged.
    """
    command = [sys.executable, "-m", _PROGRAM, str(folder)]
    done = subprocess.run(  # noqa: S603  # our own program
        command, input=jpeg, capture_output=True, cwd=_ROOT, timeout=timeout_s, check=False
    )
    if done.returncode:
        logger.error("explaining a face: %s", done.stderr.decode(errors="replace")[-2000:])
        done.check_returncode()
    return done.stdout
