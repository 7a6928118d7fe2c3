import numpy as np
import pytest

from core.pictures import decode_jpeg
from ingest.frame_steps import CapturePlan, FrameSteps
from tests.ingest.fakes import FakeFrame, FakeLive, FakeQueue, moving_frames, still_frames

PLAN = CapturePlan(7, "rtsp://ada:s3cret@door/live")


def _run(frames: list[FakeFrame], plan: CapturePlan = PLAN, has_viewer: bool = False
         ) -> tuple[FakeQueue, FakeLive, FrameSteps]:  # fmt: skip
    queue, live = FakeQueue(), FakeLive(has_viewer)
    steps = FrameSteps(plan, queue, live)
    for frame in frames:
        steps.take(frame, frame.at_s)
    return queue, live, steps


def test_a_moving_scene_is_analysed_at_its_rate() -> None:
    queue, _, _ = _run(moving_frames(seconds=10))

    assert len(queue.pushed) == pytest.approx(50, abs=1)
    assert not queue.unchanged


def test_the_rate_is_the_cameras_own() -> None:
    queue, _, _ = _run(moving_frames(seconds=10), CapturePlan(7, "0", frames_per_second=2))

    assert len(queue.pushed) == pytest.approx(20, abs=1)


def test_a_still_scene_is_unchanged_but_for_one_frame_in_five_seconds() -> None:
    queue, _, _ = _run(still_frames(seconds=20))

    assert len(queue.pushed) == 4
    assert len(queue.pushed) + len(queue.unchanged) == pytest.approx(100, abs=1)


def test_frames_that_nobody_wants_are_not_converted() -> None:
    frames = moving_frames(seconds=2)

    _run(frames)

    assert sum(frame.conversions > 0 for frame in frames) == pytest.approx(10, abs=1)


def test_a_frame_is_scaled_to_the_long_side_and_encoded() -> None:
    (frame, *_) = still_frames(seconds=1, long_side=1280)

    queue, _, _ = _run([frame])

    pushed = queue.pushed[0]
    assert (pushed.camera_id, pushed.captured_at) == (7, frame.captured_at)
    assert pushed.size_wh == (960, 540)
    assert decode_jpeg(pushed.jpeg).shape == (540, 960, 3)


def test_a_small_frame_is_not_enlarged() -> None:
    queue, _, _ = _run(still_frames(seconds=0.1))

    assert queue.pushed[0].size_wh == (320, 180)


def test_nobody_watching_means_no_previews() -> None:
    _, live, _ = _run(still_frames(seconds=5))

    assert not live.previews


def test_a_watched_still_scene_is_previewed_five_times_a_second() -> None:
    queue, live, _ = _run(still_frames(seconds=4.9), has_viewer=True)

    assert len(queue.pushed) == 1
    assert len(live.previews) == pytest.approx(24, abs=1)


def test_a_slowly_analysed_camera_is_previewed_between() -> None:
    plan = CapturePlan(7, "0", frames_per_second=1)

    queue, live, _ = _run(moving_frames(seconds=10), plan, has_viewer=True)

    assert len(queue.pushed) == pytest.approx(10, abs=1)
    assert len(queue.pushed) + len(live.previews) == pytest.approx(50, abs=2)


def test_a_camera_analysed_fast_needs_no_previews() -> None:
    _, live, _ = _run(moving_frames(seconds=5), has_viewer=True)

    assert len(live.previews) <= 1


def test_a_watched_camera_that_nobody_analyses_is_previewed() -> None:
    queue, live = FakeQueue(), FakeLive(has_viewer=True, has_worker=False)
    steps = FrameSteps(PLAN, queue, live)
    for frame in moving_frames(seconds=5):
        steps.take(frame, frame.at_s)

    assert len(queue.pushed) == pytest.approx(25, abs=1)
    assert len(live.previews) == pytest.approx(25, abs=1)


def test_redis_is_asked_who_watches_twice_a_second_at_most() -> None:
    _, live, _ = _run(still_frames(seconds=10))

    assert live.asked <= 21


def test_a_broken_picture_is_dropped_and_counted() -> None:
    frames = moving_frames(seconds=1)
    frames[0].is_broken = True

    queue, _, steps = _run(frames)

    assert steps.broken == 1
    assert len(queue.pushed) >= 4


def test_the_smallest_picture_goes_through() -> None:
    queue, _, _ = _run([FakeFrame(np.zeros((16, 16, 3), np.uint8))])

    assert queue.pushed[0].size_wh == (16, 16)


def test_the_repr_of_a_plan_holds_no_password() -> None:
    assert "s3cret" not in repr(PLAN)
