"""Answer the dashboard's questions which cameras are in the network, and which streams one has."""

import logging
from collections.abc import Callable
from threading import Thread

from core.camera_search import (
    SEARCH_TOPIC,
    STREAMS_TOPIC,
    DeviceStream,
    SearchAnswer,
    StreamsAnswer,
    StreamsQuestion,
    encode_answer,
    unseal_question,
)
from core.desks import AnswerNext, open_desk
from core.errors import MaskwatchError
from core.processes import Stop
from core.secrets import SecretBox
from ingest.discovery import search_cameras
from ingest.onvif import list_streams

logger = logging.getLogger(__name__)

_FAILED = "the search failed; ingest's log says why"


class SearchDesk:
    """Answers one search, and one question about streams, at a time."""

    def __init__(
        self,
        answer_next: AnswerNext,
        box: SecretBox,
        search: Callable[[], SearchAnswer] = search_cameras,
        ask: Callable[[StreamsQuestion], tuple[DeviceStream, ...]] = list_streams,
    ) -> None:
        self._answer_next, self._box, self._search, self._ask = answer_next, box, search, ask

    def start(self, stop: Stop) -> list[Thread]:
        """Answer in threads of their own until asked to stop."""
        return [
            open_desk(SEARCH_TOPIC, self.answer_search, self._answer_next, stop),
            open_desk(STREAMS_TOPIC, self.answer_streams, self._answer_next, stop),
        ]

    def answer_search(self, _: bytes) -> bytes:
        """Search; whatever goes wrong becomes a sentence."""
        try:
            return encode_answer(self._search())
        except Exception:  # a question's border: the asker must hear that it failed
            logger.exception("a search for cameras failed")
            return encode_answer(SearchAnswer(error=_FAILED))

    def answer_streams(self, sealed: bytes) -> bytes:
        """Ask one camera; whatever goes wrong becomes a sentence. The log holds no password."""
        try:
            return encode_answer(StreamsAnswer(self._ask(unseal_question(sealed, self._box))))
        except MaskwatchError as error:
            return encode_answer(StreamsAnswer(error=str(error)))
        except Exception:  # a question's border: the asker must hear that it failed
            logger.exception("a camera could not be asked for its streams")
            return encode_answer(StreamsAnswer(error=_FAILED))
