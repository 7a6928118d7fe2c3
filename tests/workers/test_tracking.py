"""One person passing is one track."""

import pytest

from core.errors import BadEntry
from core.preferences import VerdictRule
from core.types import Result, ResultKind
from tests.workers.scenes import MASK, NO_MASK, analysed, at, box, unchanged
from workers.tracking import FORGET_S, STALE_MAX, CameraTracker, Track

WALK_PX_S = 470.0
"""1.5 m/s for a face of 50 px (0.16 m)."""


def feed(tracker: CameraTracker, results: list[Result]) -> list[Track]:
    """Feed results; returns what ended."""
    ended: list[Track] = []
    for result in results:
        ended += tracker.update(result)[1]
    return ended


def empty(start: float, end: float) -> list[Result]:
    return [analysed(start + step * 0.2) for step in range(round((end - start) / 0.2))]


def ids(tracker: CameraTracker, result: Result) -> list[int]:
    return [track.id for track in tracker.update(result)[0]]


def test_a_walking_face_is_one_track() -> None:
    tracker = CameraTracker()
    found = {
        track_id
        for step in range(10)
        for track_id in ids(tracker, analysed(step * 0.2, [box(step * 0.2 * WALK_PX_S)]))
    }
    assert found == {1}


def test_a_track_ends_some_seconds_after_its_last_face() -> None:
    tracker = CameraTracker()
    feed(tracker, [analysed(0, [box(10)]), analysed(0.2, [box(12)])])
    assert feed(tracker, empty(0.4, 0.2 + FORGET_S)) == []
    (ended,) = feed(tracker, empty(0.2 + FORGET_S, 3.2))
    assert (ended.started_at, ended.seen_at, ended.faces) == (at(0), at(0.2), 2)
    assert tracker.open_tracks == []


def test_who_is_found_now_and_then_is_waited_for_longer() -> None:
    tracker = CameraTracker()
    seen = [analysed(step * 0.2, [box(300)] if step % 3 == 0 else []) for step in range(10)]
    assert feed(tracker, [*seen, *empty(2.0, 1.8 + 1.9 * FORGET_S)]) == []
    (ended,) = feed(tracker, empty(1.8 + 1.9 * FORGET_S, 2.2 + 2 * FORGET_S))
    assert ended.faces == 4


def test_it_keeps_a_track_through_missed_frames() -> None:
    tracker = CameraTracker()
    feed(tracker, [analysed(0, [box(10)]), analysed(0.2, [box(20)]), *empty(0.4, 1.6)])
    assert ids(tracker, analysed(1.6, [box(90)])) == [1]


@pytest.mark.parametrize("gaps", [(0.2,) * 12, (0.1, 0.5) * 5, (1.0,) * 5], ids=str)
def test_it_tolerates_uneven_frame_times(gaps: tuple[float, ...]) -> None:
    tracker, seconds, found = CameraTracker(), 0.0, set()
    for gap in gaps:
        found |= set(ids(tracker, analysed(seconds, [box(seconds * 60)])))
        seconds += gap
    assert found == {1}


@pytest.mark.parametrize("speed_px_s", [0.0, 60.0, 120.0])
@pytest.mark.parametrize("outage_s", [1.5, 3.0, 4.5])
def test_an_outage_does_not_make_two_of_one(speed_px_s: float, outage_s: float) -> None:
    tracker = CameraTracker()
    moments = [0, 0.2, 0.4, 0.6, 0.6 + outage_s, 0.8 + outage_s]
    found = [ids(tracker, analysed(at_s, [box(200 + at_s * speed_px_s)])) for at_s in moments]
    assert found == [[1]] * 6


def test_two_people_who_cross_stay_two() -> None:
    tracker = CameraTracker()
    for step in range(20):
        left, right = box(step * 40.0, 100), box(760 - step * 40.0, 170)
        assert ids(tracker, analysed(step * 0.2, [left, right])) == [1, 2]


def test_the_order_of_the_faces_does_not_matter() -> None:
    tracker = CameraTracker()
    assert ids(tracker, analysed(0, [box(10), box(500)])) == [1, 2]
    assert ids(tracker, analysed(0.2, [box(505), box(15)])) == [2, 1]


def test_someone_elsewhere_is_someone_else() -> None:
    tracker = CameraTracker()
    ids(tracker, analysed(0, [box(10)]))
    assert ids(tracker, analysed(0.2, [box(700)])) == [2]


def test_a_far_face_and_a_near_one_at_the_same_place_are_two() -> None:
    tracker = CameraTracker()
    ids(tracker, analysed(0, [box(100, width=20)]))
    assert ids(tracker, analysed(0.2, [box(60, 60, width=140)])) == [2]


def test_who_stands_still_is_held_while_the_scene_is_unchanged() -> None:
    tracker = CameraTracker()
    feed(tracker, [analysed(0, [box(10)]), analysed(0.2, [box(10)])])
    for second in range(1, 30):
        tracker.hold(unchanged(second).captured_at)
    assert ids(tracker, analysed(30, [box(12)])) == [1]


def test_all_tracks_can_be_ended() -> None:
    tracker = CameraTracker()
    feed(tracker, [analysed(0, [box(10)]), analysed(0.2, [box(10)])])
    assert [track.id for track in tracker.end_all()] == [1]
    assert tracker.end_all() == []
    assert ids(tracker, analysed(60, [box(10)])) == [2]


def test_a_long_stay_goes_on_as_a_continuation() -> None:
    tracker = CameraTracker()
    ended = feed(tracker, [analysed(step, [box(10)]) for step in range(602)])
    assert [(track.id, track.is_continuation) for track in ended] == [(1, False)]
    (open_track,) = tracker.open_tracks
    assert (open_track.id, open_track.is_continuation) == (1, True)
    assert open_track.started_at == at(600)
    assert open_track.faces == 1


def test_a_flicker_is_no_person() -> None:
    tracker = CameraTracker()
    feed(tracker, [analysed(0, [box(10)])])
    assert tracker.people_now == 0
    feed(tracker, [analysed(0.2, [box(10)])])
    assert tracker.people_now == 1


def test_who_has_not_been_seen_for_a_second_is_not_there_now() -> None:
    tracker = CameraTracker()
    feed(tracker, [analysed(0, [box(10)]), analysed(0.2, [box(10)]), *empty(0.4, 1.2)])
    assert tracker.people_now == 1
    tracker.hold(unchanged(3).captured_at)
    assert tracker.people_now == 1
    feed(tracker, [analysed(3.2)])
    assert tracker.people_now == 0
    assert len(tracker.open_tracks) == 1


def test_a_result_older_than_what_was_seen_changes_nothing() -> None:
    tracker = CameraTracker()
    feed(tracker, [analysed(10, [box(10)])])
    assert tracker.update(analysed(5, [box(10)])) == ([], [])
    assert [track.faces for track in tracker.open_tracks] == [1]


def test_after_the_clock_was_set_back_people_are_counted_again() -> None:
    tracker = CameraTracker()
    feed(tracker, [analysed(3600, [box(10)]), analysed(3600.2, [box(10)])])

    late = [tracker.update(analysed(step * 0.2, [box(10)])) for step in range(STALE_MAX)]

    assert [[track.id for track in ended] for _, ended in late] == [[]] * 4 + [[1]]
    assert ids(tracker, analysed(1.2, [box(10)])) == [2]
    assert ids(tracker, analysed(1.4, [box(12)])) == [2]


def lively_scene() -> list[Result]:
    """Cross, stand, come, go, be missed, be hidden, be held: forty results."""
    results = []
    for step in range(40):
        t = step * 0.2 + 0.03 * (step % 3)
        boxes = [box(30 + step * 27.0, 100), box(900 - step * 30.0, 115), box(430, 300)]
        worn = MASK if step % 7 else NO_MASK
        kept = [one for index, one in enumerate(boxes) if (step * 3 + index * 5) % 11 > 1]
        is_still = step % 13 == 12
        results.append(unchanged(t) if is_still else analysed(t, kept, worn))
    return results


def take(tracker: CameraTracker, result: Result) -> tuple[list[Track], list[Track]]:
    if result.kind is ResultKind.UNCHANGED:
        tracker.hold(result.captured_at)
        return [], []
    return tracker.update(result)


def test_a_restart_between_any_two_results_changes_nothing() -> None:
    """Every track, vote, id and end is that of an unbroken run, to the last bit."""
    results = lively_scene()
    unbroken = CameraTracker()
    expected = [take(unbroken, result) for result in results]
    assert sum(len(ended) for _, ended in expected) >= 2
    for restart in range(1, len(results)):
        tracker = CameraTracker()
        for result in results[:restart]:
            take(tracker, result)
        restored = CameraTracker.restore(tracker.snapshot())
        assert restored.open_tracks == tracker.open_tracks
        found = [take(restored, result) for result in results[restart:]]
        assert found == expected[restart:], f"restarted before result {restart}"
        assert restored.open_tracks == unbroken.open_tracks


def test_a_restart_after_every_result_changes_nothing() -> None:
    results = lively_scene()
    tracker, unbroken = CameraTracker(), CameraTracker()
    for result in results:
        assert take(tracker, result) == take(unbroken, result)
        tracker = CameraTracker.restore(tracker.snapshot())
    assert tracker.open_tracks == unbroken.open_tracks


def test_the_next_who_comes_in_where_one_went_out_is_someone_else() -> None:
    tracker = CameraTracker()
    leaving = [analysed(step * 0.2, [box(800 + step * 30.0)]) for step in range(5)]
    ended = feed(tracker, [*leaving, analysed(1.0), analysed(1.2)])
    assert [track.id for track in ended] == [1]
    entering = [analysed(1.4 + step * 0.2, [box(920 - step * 30.0)]) for step in range(5)]
    assert [ids(tracker, result) for result in entering] == [[2]] * 5


def test_who_walked_out_has_left_at_once() -> None:
    tracker = CameraTracker()
    feed(tracker, [analysed(step * 0.2, [box(840 + step * 30.0)]) for step in range(4)])
    (ended,) = feed(tracker, [analysed(0.8)])
    assert (ended.id, ended.seen_at) == (1, at(0.6))


def test_who_is_hidden_for_a_frame_is_held_while_the_scene_is_unchanged() -> None:
    tracker = CameraTracker()
    feed(tracker, [*(analysed(step * 0.2, [box(400)]) for step in range(4)), analysed(0.8)])
    for second in range(1, 20):
        tracker.hold(at(second))
    assert ids(tracker, analysed(20, [box(402)])) == [1]


def test_two_who_come_in_at_one_side_stay_two() -> None:
    """Each is seen once where the other stands a frame later."""
    tracker = CameraTracker()
    first = [(0.0, [box(-20)]), (0.2, [box(60), box(-15, 110)]), (0.4, [box(140), box(65, 110)])]
    found = [ids(tracker, analysed(t, boxes)) for t, boxes in first]
    assert found == [[1], [1, 2], [1, 2]]


def test_what_is_seen_for_a_moment_is_no_person() -> None:
    tracker = CameraTracker()
    feed(tracker, [analysed(0, [box(300)]), analysed(0.2, [box(300)])])
    assert [track.is_person for track in tracker.open_tracks] == [False]
    feed(tracker, [analysed(0.4, [box(300)])])
    assert [track.is_person for track in tracker.open_tracks] == [True]


def test_the_rule_says_who_votes() -> None:
    tracker = CameraTracker()
    for step in range(4):
        tracker.update(analysed(step * 0.2, [box(300)]), VerdictRule(face_px_min=51))
    (track,) = tracker.open_tracks
    assert (track.faces, track.votes.weight, track.timeline.stretches) == (4, 0, ())


def test_the_timeline_holds_what_the_votes_hold() -> None:
    tracker = CameraTracker()
    feed(tracker, [analysed(step * 0.2, [box(300)], NO_MASK) for step in range(20)])
    (track,) = tracker.open_tracks
    assert track.timeline.started_at == track.started_at
    assert sum(one.weight for one in track.timeline.stretches) == pytest.approx(
        track.votes.weight, rel=0.01
    )


def test_votes_go_to_the_track_of_their_face() -> None:
    tracker = CameraTracker()
    feed(tracker, [analysed(step * 0.2, [box(10)], NO_MASK) for step in range(4)])
    (track,) = tracker.open_tracks
    assert track.votes.probabilities[2] > 0.9
    assert track.model_version == "masks-1"


def test_nothing_open_is_an_empty_snapshot() -> None:
    assert CameraTracker().snapshot() == b""
    assert CameraTracker.restore(b"").open_tracks == []


@pytest.mark.parametrize(
    "content", [b"\x80", b"rubbish", b"\x94\x63\x01\xc0\x90", b"\x90", b"\x91\x02"]
)
def test_a_broken_snapshot_is_refused(content: bytes) -> None:
    with pytest.raises(BadEntry):
        CameraTracker.restore(content)
