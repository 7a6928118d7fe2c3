import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from redis import Redis

from core.checks import TOPIC, CameraCheck, CheckQuestion, decode_check, seal_question
from core.errors import SourceError, SourceLost, SourceRefused
from core.pictures import decode_jpeg
from core.processes import Stop
from core.requests import answer_next, ask
from core.secrets import SecretBox
from core.sources import SourceAddress, parse_source
from ingest.checks import THREADS, CheckAnswerer, check_source
from ingest.streams import Source
from tests.ingest.fakes import FakeSource, moving_frames, still_frames
from tests.ingest.videos import make_video
from tests.rtsp_server import RtspServer
from tests.waiting import join


def _check(answer: FakeSource | SourceError) -> CameraCheck:
    """Check a source whose frames take the time that they say."""
    now_s = iter(range(1_000_000))

    def open_stream(address: SourceAddress, transport: str, timeout_s: float) -> Source:
        if isinstance(answer, SourceError):
            raise answer
        return answer

    address = parse_source("rtsp://ada:s3cret@door/live", Path("/nowhere"))
    return check_source(address, "tcp", open_stream, lambda: next(now_s) / 25)


def test_a_check_tells_what_the_stream_shows() -> None:
    source = FakeSource(moving_frames(seconds=5))

    check = _check(source)

    assert (check.ok, check.error) == (True, "")
    assert (check.width, check.height, check.codec) == (320, 180, "h264")
    assert check.frames_per_second == pytest.approx(25)
    assert decode_jpeg(check.snapshot_jpeg).shape == (180, 320, 3)
    assert source.is_closed


def test_a_snapshot_is_no_larger_than_960_pixels() -> None:
    check = _check(FakeSource(still_frames(seconds=5, long_side=1920)))

    assert (check.width, check.height) == (1920, 1080)
    assert decode_jpeg(check.snapshot_jpeg).shape == (540, 960, 3)


def test_the_first_good_picture_is_shown() -> None:
    frames = still_frames(seconds=5)
    frames[0].is_broken = True

    assert _check(FakeSource(frames)).ok


def test_a_stream_without_a_good_picture_fails() -> None:
    frames = still_frames(seconds=5)
    for frame in frames:
        frame.is_broken = True

    check = _check(FakeSource(frames))

    assert (check.ok, check.error) == (
        False,
        "the stream opens, but none of its pictures can be decoded",
    )


@pytest.mark.parametrize("error", [SourceRefused("no"), SourceLost("gone")])
def test_a_stream_that_does_not_open_gives_its_sentence(error: SourceError) -> None:
    assert _check(error) == CameraCheck(ok=False, error=str(error))


def test_a_stream_that_ends_at_once_gives_a_sentence() -> None:
    assert _check(FakeSource([])) == CameraCheck(ok=False, error="the stream ended")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("ftp://door/", "ftp:// cannot be opened"),
        ("../outside.mp4", "outside the media folder"),
        ("missing.mp4", "no file missing.mp4"),
    ],
)
def test_an_address_that_cannot_work_is_answered(
    url: str, expected: str, box: SecretBox, tmp_path: Path
) -> None:
    answerer = CheckAnswerer(lambda *_: False, box, tmp_path)

    check = decode_check(answerer.answer(seal_question(CheckQuestion(url), box)))

    assert not check.ok
    assert expected in check.error


def test_a_question_of_another_key_is_answered(box: SecretBox, tmp_path: Path) -> None:
    answerer = CheckAnswerer(lambda *_: False, box, tmp_path)

    check = decode_check(answerer.answer(b"sealed by somebody else"))

    assert "another key" in check.error


def test_a_question_that_cannot_be_read_does_not_end_the_thread(
    box: SecretBox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stop = Stop()
    asked = threading.Semaphore(0)

    def answer_next(topic: str, handler: Callable[[bytes], bytes], wait_s: float) -> bool:
        asked.release()
        raise ValueError("not a question")

    stop.wait = lambda timeout_s: False  # type: ignore[method-assign]  # without its pause
    threads = CheckAnswerer(answer_next, box, tmp_path).start(stop)

    assert all(asked.acquire(timeout=60) for _ in range(3 * THREADS))
    stop.set()
    join(threads)
    assert "not a question" in caplog.text


def test_checks_are_answered_over_redis(redis: Redis, box: SecretBox, tmp_path: Path) -> None:
    make_video(tmp_path / "hall.mp4", (64, 48), frames=25)
    stop = Stop()
    threads = CheckAnswerer(partial(answer_next, redis), box, tmp_path).start(stop)

    with RtspServer("admin", "p@ss:/#") as server:
        checks = [
            decode_check(ask(redis, TOPIC, seal_question(CheckQuestion(url), box), timeout_s=60))
            for url in ("hall.mp4", server.url(), f"rtsp://127.0.0.1:{server.port}/live")
        ]
    stop.set()
    join(threads)

    assert [check.ok for check in checks] == [True, True, False]
    assert [check.width for check in checks] == [64, 320, 0]
    assert [bool(check.frames_per_second) for check in checks] == [True, True, False]
    assert "wants a user name" in checks[2].error
