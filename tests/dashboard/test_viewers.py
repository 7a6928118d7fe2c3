"""Credits, and the newest frame of each camera."""

from datetime import UTC, datetime, timedelta

import pytest

from core.live import Overlay, Preview
from core.types import from_microseconds
from dashboard.viewers import CAMERAS_MAX, WINDOW_AT_FIRST, FrameKind, NewestFrames, Viewer

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def watching(*camera_ids: int) -> Viewer:
    viewer = Viewer()
    viewer.watch(camera_ids)
    return viewer


def overlay(frame_id: int, camera_id: int = 1, people_now: int = 0) -> Overlay:
    return Overlay(camera_id, from_microseconds(frame_id), (640, 360), (), people_now)


def preview(frame_id: int, camera_id: int = 1) -> Preview:
    return Preview(camera_id, from_microseconds(frame_id), (640, 360))


def test_a_viewer_gets_the_first_frame_of_a_watched_camera() -> None:
    assert watching(1).take(1, 10, NOW)


def test_a_viewer_gets_nothing_of_a_camera_that_it_does_not_watch() -> None:
    assert not watching(1).take(2, 10, NOW)
    assert not Viewer().take(1, 10, NOW)


def test_a_viewer_gets_no_second_frame_before_it_acknowledged_the_first() -> None:
    viewer = watching(1)
    viewer.take(1, 10, NOW)
    assert not viewer.take(1, 11, NOW)
    viewer.acknowledge(1, NOW)
    assert viewer.take(1, 12, NOW)


def test_a_viewer_gets_the_same_frame_only_once() -> None:
    viewer = watching(1)
    viewer.take(1, 10, NOW)
    viewer.acknowledge(1, NOW)
    assert not viewer.take(1, 10, NOW)


def test_each_camera_has_a_credit_of_its_own() -> None:
    viewer = watching(1, 2)
    assert viewer.take(1, 10, NOW)
    assert viewer.take(2, 10, NOW)


def test_looking_away_and_back_does_not_give_a_spent_credit_back() -> None:
    viewer = watching(1)
    viewer.take(1, 10, NOW)
    viewer.watch([])
    viewer.watch([1])
    assert not viewer.take(1, 11, NOW)


def test_looking_back_shows_the_frame_again_that_was_drawn_before() -> None:
    viewer = watching(1)
    viewer.take(1, 10, NOW)
    viewer.acknowledge(1, NOW)
    viewer.watch([])
    viewer.watch([1])
    assert viewer.take(1, 10, NOW)


def test_a_viewer_that_hops_between_cameras_gets_no_more_than_its_window() -> None:
    viewer = Viewer()
    taken = 0
    for camera_id in range(3 * CAMERAS_MAX):
        viewer.watch([camera_id])
        taken += viewer.take(camera_id, 10, NOW)
    assert taken == WINDOW_AT_FIRST


def send_all(viewer: Viewer, frame_id: int, drawn_after: timedelta) -> int:
    """Offer a frame of each camera, and have those that went out drawn; returns how many."""
    sent = [one for one in sorted(viewer.camera_ids) if viewer.take(one, frame_id, NOW)]
    for camera_id in sent:
        viewer.acknowledge(camera_id, NOW + drawn_after)
    return len(sent)


def test_a_prompt_viewer_soon_gets_a_full_wall_at_once() -> None:
    viewer = watching(*range(CAMERAS_MAX))
    sent = [send_all(viewer, frame_id, timedelta(milliseconds=30)) for frame_id in range(3)]
    assert sent == [2, 8, CAMERAS_MAX]


def test_a_slow_viewer_gets_one_frame_at_a_time() -> None:
    viewer = watching(*range(CAMERAS_MAX))
    send_all(viewer, 1, timedelta(milliseconds=30))
    sent = [send_all(viewer, frame_id, timedelta(seconds=2)) for frame_id in range(2, 5)]
    assert sent == [8, 1, 1]


def test_cameras_that_had_to_wait_come_first_and_in_their_order() -> None:
    viewer = watching(1, 2, 3, 4)
    for camera_id in (1, 2, 4, 3):
        viewer.take(camera_id, 10, NOW)
    assert viewer.acknowledge(1, NOW) == [4, 3, 1]
    assert viewer.take(4, 10, NOW)
    viewer.watch([1, 2, 4])
    assert viewer.acknowledge(2, NOW) == [2]


def test_an_acknowledgement_of_nothing_is_fine() -> None:
    viewer = watching(1)
    assert viewer.acknowledge(1, NOW) == []
    assert viewer.acknowledge(99, NOW) == []
    assert viewer.take(1, 10, NOW)


def test_an_analysed_frame_is_shown_with_its_faces_and_people() -> None:
    frames = NewestFrames()
    notice = overlay(10, people_now=3)
    assert frames.note(notice, NOW)
    frame = frames.put(notice, b"jpeg")
    assert (frame.kind, frame.people_now, frame.analysed_at) == (FrameKind.ANALYSED, 3, NOW)
    assert frames.get(1) == frame


@pytest.mark.parametrize(
    ("passed_s", "is_shown"),
    [
        pytest.param(0.2, False, id="analysis keeps up"),
        pytest.param(0.99, False, id="just before the limit"),
        pytest.param(1.0, True, id="at the limit"),
        pytest.param(60, True, id="long ago"),
    ],
)
def test_a_preview_is_shown_only_where_analysis_does_not_keep_up(
    passed_s: float, is_shown: bool
) -> None:
    frames = NewestFrames()
    frames.note(overlay(10), NOW)
    assert frames.note(preview(20), NOW + timedelta(seconds=passed_s)) == is_shown


def test_a_preview_tells_when_the_last_frame_was_analysed() -> None:
    frames = NewestFrames()
    frames.note(overlay(10, people_now=2), NOW)
    later = preview(20)
    frames.note(later, NOW + timedelta(seconds=5))
    frame = frames.put(later, b"jpeg")
    assert (frame.kind, frame.analysed_at, frame.people_now) == (FrameKind.PREVIEW, NOW, 2)
    assert frame.faces == ()


def test_a_preview_of_a_camera_that_was_never_analysed_is_shown() -> None:
    frames = NewestFrames()
    assert frames.note(preview(10), NOW)
    assert frames.put(preview(10), b"jpeg").analysed_at is None


def test_an_analysed_frame_is_shown_although_a_preview_is_newer() -> None:
    frames = NewestFrames()
    frames.put(preview(20), b"jpeg")
    assert frames.note(overlay(10), NOW)


@pytest.mark.parametrize(
    ("held", "notice"),
    [
        pytest.param(overlay(20), overlay(10), id="older analysis"),
        pytest.param(overlay(20), overlay(20), id="same analysis"),
        pytest.param(preview(20), preview(10), id="older preview"),
        pytest.param(overlay(20), preview(10), id="preview older than the analysis"),
    ],
)
def test_what_is_older_than_the_newest_is_not_shown(
    held: Overlay | Preview, notice: Overlay | Preview
) -> None:
    frames = NewestFrames()
    frames.put(held, b"jpeg")
    assert not frames.note(notice, NOW)


def test_what_comes_after_the_clock_was_set_back_is_shown() -> None:
    frames = NewestFrames()
    frames.put(overlay(3_600_000_000), b"jpeg")
    assert frames.note(overlay(10), NOW)


def test_people_are_counted_only_where_an_overlay_told_lately() -> None:
    frames = NewestFrames()
    frames.note(overlay(10, camera_id=1, people_now=2), NOW - timedelta(seconds=9))
    frames.note(overlay(10, camera_id=2, people_now=4), NOW)
    assert frames.people_now(NOW, within=timedelta(seconds=5)) == {2: 4}


def test_pictures_of_cameras_that_nobody_watches_are_let_go() -> None:
    frames = NewestFrames()
    frames.put(preview(10, camera_id=1), b"jpeg")
    frames.put(preview(10, camera_id=2), b"jpeg")
    frames.keep_only([2])
    assert frames.get(1) is None
    assert frames.get(2) is not None
