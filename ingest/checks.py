"""Answer the dashboard's question whether a stream can be opened, and what it shows."""

import logging
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from core.checks import TOPIC, CameraCheck, encode_check, unseal_question
from core.desks import AnswerNext, open_desk
from core.errors import BadPicture, MaskwatchError, NotVideo, SourceError, SourceLost
from core.pictures import encode_jpeg, fit_size
from core.processes import Stop
from core.secrets import SecretBox
from core.sources import SourceAddress, parse_source
from ingest.pacing import RateMeter
from ingest.sources import open_source
from ingest.streams import Source, SourceFrame

logger = logging.getLogger(__name__)

OPEN_TIMEOUT_S = 6.0
"""With the read time-out of 5 s and the measuring, 3 s, a check ends within 14 s."""

SNAPSHOT_LONG_SIDE = 960
THREADS = 3

_BURST_S = 0.3
"""What libav held back while it opened the stream comes at once, and is not measured."""
_MEASURE_S = 1.0
_MEASURE_MAX_S = 3.0

OpenStream = Callable[[SourceAddress, str, float], Source]


class CheckAnswerer:
    """Threads that answer checks, so that one slow camera does not hold up the next.

    answer_next: takes topic, handler and seconds to wait, as core.requests has it.
    """

    def __init__(self, answer_next: AnswerNext, box: SecretBox, media: Path) -> None:
        self._answer_next, self._box, self._media = answer_next, box, media

    def start(self, stop: Stop) -> list[Thread]:
        return [open_desk(TOPIC, self.answer, self._answer_next, stop) for _ in range(THREADS)]

    def answer(self, sealed: bytes) -> bytes:
        """Answer one question; whatever goes wrong becomes a sentence."""
        try:
            question = unseal_question(sealed, self._box)
            address = parse_source(question.url, self._media)
            return encode_check(check_source(address, question.transport))
        except MaskwatchError as error:
            return encode_check(CameraCheck(ok=False, error=str(error)))
        except Exception:  # a question's border: the asker must hear that it failed
            logger.exception("a camera check failed")
            return encode_check(
                CameraCheck(ok=False, error="the check failed; ingest's log says why")
            )


def check_source(
    address: SourceAddress,
    transport: str = "tcp",
    open_stream: OpenStream = open_source,
    clock: Callable[[], float] = time.monotonic,
) -> CameraCheck:
    """Open a stream, take its first good picture, measure its rate for a second.

    A stream that does not open gives the sentence that says why.
    """
    try:
        with closing(open_stream(address, transport, OPEN_TIMEOUT_S)) as source:
            look = _look(source, clock)
            width, height = look.size_wh
            per_second = look.per_second or source.frames_per_second
            return CameraCheck(True, "", width, height, per_second, source.codec, look.jpeg)
    except SourceError as error:
        return CameraCheck(ok=False, error=str(error))


@dataclass(frozen=True, slots=True)
class _Look:
    """The first good picture, the size of the stream's pictures, the rate that was measured."""

    jpeg: bytes
    size_wh: tuple[int, int]
    per_second: float | None


def _look(source: Source, clock: Callable[[], float]) -> _Look:
    """Watch for a second, or a little longer if little comes."""
    jpeg, meter, first_s = b"", RateMeter(_MEASURE_MAX_S), None
    for frame in source.frames():
        now_s = clock()
        first_s = now_s if first_s is None else first_s
        jpeg = jpeg or _encode(frame)
        if now_s - first_s >= _BURST_S:
            meter.count(now_s)
        if _is_enough(now_s - first_s, jpeg, meter):
            if not jpeg:
                raise NotVideo("the stream opens, but none of its pictures can be decoded")
            return _Look(jpeg, frame.size_wh, meter.per_second())
    raise SourceLost("the stream ended before it showed a picture")


def _is_enough(watched_s: float, jpeg: bytes, meter: RateMeter) -> bool:
    has_all = bool(jpeg) and meter.per_second() is not None
    return watched_s >= (_BURST_S + _MEASURE_S if has_all else _MEASURE_MAX_S)


def _encode(frame: SourceFrame) -> bytes:
    """Encode a snapshot; empty if this frame is broken."""
    try:
        return encode_jpeg(frame.to_image(fit_size(frame.size_wh, SNAPSHOT_LONG_SIDE)))
    except BadPicture:
        return b""
