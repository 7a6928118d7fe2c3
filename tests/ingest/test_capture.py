import logging
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from core.errors import PasswordRefused, SourceError, SourceLost, SourceRefused
from core.heartbeats import CameraHealth, CameraState
from core.processes import Stop
from core.sources import SourceAddress
from core.types import Frame
from ingest.capture import CameraCapture
from ingest.frame_steps import CapturePlan
from ingest.streams import Source
from tests.ingest.fakes import FakeLive, FakeQueue, FakeSource, moving_frames

PLAN = CapturePlan(7, "rtsp://ada:s3cret@door/live", "udp")


class RecordedStop(Stop):
    """A Stop that notes the pauses, does not wait, and stops after a number of them."""

    def __init__(self, pauses: int) -> None:
        super().__init__()
        self.pauses_s: list[float] = []
        self._left = pauses

    def wait(self, timeout_s: float) -> bool:
        self.pauses_s.append(timeout_s)
        if len(self.pauses_s) >= self._left:
            self.set()
        return self.is_set


class Camera:
    """A capture whose every opening gives the next of a list of sources or errors."""

    def __init__(
        self, answers: Iterable[FakeSource | SourceError], plan: CapturePlan = PLAN
    ) -> None:
        self._answers = iter(answers)
        self.opened: list[tuple[SourceAddress, str]] = []
        self.queue = FakeQueue()
        self.healths: list[CameraHealth] = []
        self.losses: list[tuple[int, str]] = []
        self._ticks = 0
        self.capture = CameraCapture(
            plan,
            self.queue,
            FakeLive(),
            self.healths.append,
            Path("/nowhere"),
            self._open,
            self._clock,
            lambda camera_id, loss: self.losses.append((camera_id, loss.reason)),
        )

    def _open(self, address: SourceAddress, transport: str) -> Source:
        self.opened.append((address, transport))
        answer = next(self._answers)
        if isinstance(answer, SourceError):
            raise answer
        return answer

    def _clock(self) -> float:
        """Rise by a 25th of a second whenever it is looked at."""
        self._ticks += 1
        return self._ticks / 25


def test_it_captures_until_the_stream_ends() -> None:
    source = FakeSource(moving_frames(seconds=2))
    camera = Camera([source])

    reason = camera.capture.run_once(Stop())

    assert reason == "the stream ended"
    assert len(camera.queue.pushed) >= 9
    assert source.is_closed


def test_it_opens_the_address_by_its_transport() -> None:
    camera = Camera([FakeSource([])])

    camera.capture.run_once(Stop())

    ((address, transport),) = camera.opened
    assert (address.password, transport) == ("s3cret", "udp")


def test_it_tells_how_the_camera_is() -> None:
    camera = Camera([SourceLost("no answer"), FakeSource(moving_frames(seconds=2))])

    camera.capture.run(RecordedStop(2))

    assert [(one.state, one.reason) for one in camera.healths] == [
        (CameraState.CONNECTING, ""),
        (CameraState.RECONNECTING, "no answer"),
        (CameraState.LIVE, ""),
        (CameraState.RECONNECTING, "the stream ended"),
    ]
    live = camera.healths[2]
    assert (live.size_wh, live.codec, live.camera_id) == ((320, 180), "h264", 7)
    assert [one.reconnects for one in camera.healths] == [0, 0, 0, 1]
    assert camera.losses == [(7, "the stream ended")]
    last = moving_frames(seconds=2)[-1].captured_at
    assert (camera.healths[0].last_frame_at, camera.healths[3].last_frame_at) == (None, last)


def test_a_state_that_lasts_keeps_its_beginning() -> None:
    camera = Camera([SourceLost("no answer"), SourceLost("still none")])

    camera.capture.run(RecordedStop(2))

    _, first, second = camera.healths
    assert first.since == second.since


def test_it_measures_the_rate() -> None:
    camera = Camera([FakeSource(moving_frames(seconds=2), end=SourceLost("gone"))])

    camera.capture.run_once(Stop())

    assert camera.capture.health.frames_per_second == pytest.approx(25, rel=0.1)


def test_it_tries_for_ever_with_growing_pauses() -> None:
    camera = Camera(SourceLost("no answer") for _ in range(100))
    stop = RecordedStop(20)

    camera.capture.run(stop)

    assert len(camera.opened) == 20
    assert stop.pauses_s[0] <= 1
    assert stop.pauses_s[:6] == sorted(stop.pauses_s[:6])
    assert 45 <= stop.pauses_s[-1] <= 60


def test_a_stream_that_delivered_is_opened_again_at_once() -> None:
    failures: list[FakeSource | SourceError] = [SourceLost("no answer") for _ in range(9)]
    camera = Camera([*failures, FakeSource(moving_frames(seconds=1))])
    stop = RecordedStop(10)

    camera.capture.run(stop)

    assert stop.pauses_s[-2] > 40
    assert stop.pauses_s[-1] <= 0.5


def test_a_stream_that_opens_but_delivers_nothing_is_not_hurried() -> None:
    camera = Camera(FakeSource([]) for _ in range(10))
    stop = RecordedStop(10)

    camera.capture.run(stop)

    assert stop.pauses_s[-1] > 40


def test_a_wrong_password_is_not_tried_until_the_camera_locks_us_out() -> None:
    camera = Camera(PasswordRefused("the camera refuses the password") for _ in range(3))
    stop = RecordedStop(3)

    camera.capture.run(stop)

    assert stop.pauses_s[0] >= 45
    assert sum(stop.pauses_s) > 300


def test_it_stops_between_two_frames() -> None:
    stop = Stop()
    source = FakeSource(moving_frames(seconds=10))
    camera = Camera([source])
    _call_at(source, 30, stop.set)

    camera.capture.run(stop)

    assert len(camera.queue.pushed) < 10
    assert source.is_closed
    assert camera.healths[-1].state is CameraState.LIVE


def test_an_address_that_is_refused_is_a_reason() -> None:
    camera = Camera([], CapturePlan(7, "../outside.mp4"))

    assert "outside the media folder" in camera.capture.run_once(Stop())


def test_a_redis_that_is_away_is_a_reason() -> None:
    camera = Camera([FakeSource(moving_frames(seconds=1))])

    def push(frame: Frame) -> None:
        raise RedisConnectionError("connection refused")

    camera.queue.push = push  # type: ignore[method-assign]  # a Redis that is away

    assert "Redis does not answer" in camera.capture.run_once(Stop())


def test_it_logs_a_reason_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    camera = Camera(SourceRefused("door refuses the password") for _ in range(100))

    with caplog.at_level(logging.INFO):
        camera.capture.run(RecordedStop(30))

    assert [record.getMessage() for record in caplog.records] == [
        "camera 7: lost, trying again: door refuses the password"
    ]
    assert "s3cret" not in caplog.text


def _call_at(source: FakeSource, number: int, call: Callable[[], None]) -> None:
    """Call something when a source hands out its frame `number`."""
    frames = source.frames

    def calling() -> Iterable[object]:
        for at, frame in enumerate(frames()):
            if at == number:
                call()
            yield frame

    source.frames = calling  # type: ignore[method-assign, assignment]  # the same, with a hook
