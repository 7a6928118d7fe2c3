"""A demo camera as a source of frames."""

import threading
import time
from datetime import UTC
from itertools import islice, pairwise

import numpy as np
import pytest

from core.errors import SourceRefused
from ingest.demo import DemoScene, DemoSource
from ingest.streams import Source


def test_it_is_a_source() -> None:
    source: Source = DemoSource("platform")
    assert source.size_wh == (960, 540)
    assert source.frames_per_second == 10
    assert source.codec


def test_an_unknown_name_is_refused_on_opening() -> None:
    with pytest.raises(SourceRefused, match="nowhere"):
        DemoSource("nowhere")


def test_it_gives_ten_frames_a_second() -> None:
    started = time.monotonic()
    moments = [frame.captured_at for frame in islice(DemoSource("platform").frames(), 8)]
    assert time.monotonic() - started > 0.65
    # Late ones are left out, so that a busy machine shows only some of the gaps as they are.
    assert 0 < min(later - one for one, later in pairwise(moments)).total_seconds() < 0.15
    assert all(moment.tzinfo is UTC for moment in moments)


def test_a_frame_is_the_scene_at_its_capture_time() -> None:
    frame = next(DemoSource("platform").frames())
    expected = DemoScene("platform").render(frame.captured_at.timestamp())
    assert (frame.to_image() == expected).all()


def test_a_frame_is_drawn_only_when_it_is_asked_for() -> None:
    started = time.thread_time()
    frames = list(islice(DemoSource("platform").frames(), 2))
    assert [frame.size_wh for frame in frames] == [(960, 540)] * 2
    asked = time.thread_time()
    frames[0].to_image()
    assert asked - started < time.thread_time() - asked


def test_a_frame_comes_in_the_size_that_is_asked_for() -> None:
    frame = next(DemoSource("platform").frames())
    assert frame.to_image((480, 270)).shape == (270, 480, 3)
    grey = frame.to_grey((64, 36))
    assert grey.shape == (36, 64)
    assert grey.dtype == np.uint8


def test_closing_ends_the_frames() -> None:
    source = DemoSource("platform")
    frames = source.frames()
    next(frames)
    closing = threading.Timer(0.02, source.close)
    closing.start()
    assert all(frame.captured_at for frame in frames), "they end"
    closing.join()
