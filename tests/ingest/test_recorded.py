"""A recorded video gives the frames that a camera would have taken, at its own times."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.backfills import Footage
from core.errors import NotVideo
from core.types import Frame, Result
from ingest.recorded import RecordedVideo, VideoClock
from tests.ingest.videos import make_sound, make_video

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def read(path: Path, per_second: float = 5.0, long_side: int = 960) -> list[Frame | Result]:
    with closing(RecordedVideo(path)) as video:
        return list(video.frames(Footage(7, NOON, per_second, long_side)))


def seconds(frames: list[Frame | Result]) -> list[float]:
    return [(frame.captured_at - NOON).total_seconds() for frame in frames]


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Two seconds, 25 frames a second, each another grey."""
    return make_video(tmp_path / "video.mp4", frames=50)


def test_frames_come_at_the_cameras_rate_by_the_videos_own_times(video: Path) -> None:
    frames = read(video)
    assert seconds(frames)[0] == 0.0
    assert 9 <= len(frames) <= 11
    assert all(isinstance(frame, Frame) and frame.camera_id == 7 for frame in frames)
    assert seconds(frames)[-1] == pytest.approx(1.8, abs=0.2)


def test_a_slower_camera_takes_fewer_frames(video: Path) -> None:
    assert len(read(video, per_second=1.0)) <= 3


def test_frames_are_shrunk_as_the_cameras_are(video: Path) -> None:
    frame = read(video, long_side=32)[0]
    assert frame.size_wh == (32, 24)


def test_still_frames_are_told_as_unchanged_and_one_in_five_seconds_is_not(tmp_path: Path) -> None:
    frames = read(make_video(tmp_path / "still.mp4", frames=60, per_second=10, step=0))
    still = [isinstance(frame, Result) for frame in frames]
    assert still == [False, *[True] * 24, False, *[True] * 4]
    assert seconds(frames) == pytest.approx([number * 0.2 for number in range(30)])


def test_a_check_says_what_the_video_is(video: Path) -> None:
    with closing(RecordedVideo(video)) as opened:
        facts = opened.check()
    assert (facts.width, facts.height, facts.codec) == (64, 48, "h264")
    assert facts.duration_s == pytest.approx(2.0, abs=0.1)


def no_videos(folder: Path) -> Iterator[Path]:
    text = folder / "text.mp4"
    text.write_text("no video")
    empty = folder / "empty.mp4"
    empty.touch()
    yield from (text, empty, make_sound(folder / "sound.mp4"))


def test_what_is_no_video_is_refused(tmp_path: Path) -> None:
    for path in no_videos(tmp_path):
        with pytest.raises(NotVideo):
            RecordedVideo(path)


@pytest.mark.parametrize(
    ("stamps_s", "times_s"),
    [
        pytest.param([0.0, 0.2, 0.4], [0.0, 0.2, 0.4], id="from 0"),
        pytest.param([7.0, 7.2, 9.0], [0.0, 0.2, 2.0], id="from elsewhere, with a gap"),
        pytest.param([None, None, None], [0.0, 0.1, 0.2], id="none at all"),
        pytest.param([1.0, None, 1.2], [0.0, 0.1, 0.3], id="one is missing"),
        pytest.param([5.0, 5.2, 0.0, 0.2], [0.0, 0.2, 0.3, 0.5], id="begins again"),
        pytest.param([1.0, 1.0], [0.0, 0.1], id="stands still"),
    ],
)
def test_the_clock_always_rises(stamps_s: list[float | None], times_s: list[float]) -> None:
    clock = VideoClock(0.1)
    assert [clock.read(stamp_s) for stamp_s in stamps_s] == pytest.approx(times_s)
