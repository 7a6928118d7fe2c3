"""Answer for pictures that people send, beside the inference loop, with the same networks."""

import logging
import threading
from collections.abc import Sequence

from core.desks import AnswerNext, open_desk
from core.errors import MaskwatchError
from core.picture_questions import TOPIC, PictureAnswer, decode_question, encode_answer
from core.processes import Stop
from core.types import Faces, Image
from models.answers import find_faces
from workers.inference import Analyser

logger = logging.getLogger(__name__)


class SharedAnalyser:
    """The networks in use, for several threads, one at a time.

    A thread waits for at most one call of each other: the inference loop for one
    picture, a picture for one batch of frames.
    """

    def __init__(self, analyser: Analyser) -> None:
        self._analyser = analyser
        self._turn = threading.Lock()

    @property
    def model_version(self) -> str:
        return self._analyser.model_version

    def analyse(self, images: Sequence[Image], min_score: float) -> list[Faces]:
        with self._turn:
            return self._analyser.analyse(images, min_score)

    def use(self, analyser: Analyser) -> Analyser:
        """Analyse with other networks from now on; returns those used so far, which are idle."""
        with self._turn:
            used, self._analyser = self._analyser, analyser
        return used


class PictureDesk:
    """Answers one picture after the other. Decoding, the most of it, delays nobody."""

    def __init__(self, analyser: SharedAnalyser, answer_next: AnswerNext) -> None:
        self._analyser, self._answer_next = analyser, answer_next

    def start(self, stop: Stop) -> threading.Thread:
        """Answer in a thread of its own until asked to stop."""
        return open_desk(TOPIC, self.answer, self._answer_next, stop)

    def answer(self, question: bytes) -> bytes:
        """Answer for one picture; whatever goes wrong becomes a sentence."""
        try:
            asked = decode_question(question)
            return encode_answer(find_faces(asked.content, asked.options, self._analyser))
        except MaskwatchError as error:
            return encode_answer(PictureAnswer(error=str(error)))
        except Exception:
            logger.exception("a picture could not be analysed")
            return encode_answer(PictureAnswer(error="it failed; the worker's log says why"))
