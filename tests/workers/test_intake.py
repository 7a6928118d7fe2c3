"""From results to what is written: rules, what was chosen, pictures, snapshots."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from core.camera_rules import CameraRules, Weekday
from core.preferences import EvidenceMode, Preferences, VerdictRule
from core.results import ResultBatch
from core.storage.recording import FinishedTrack, Mark, Recording, Watch
from core.timelines import decode_timeline
from core.types import FaceCrop, Result, Verdict
from tests.workers.scenes import NO_MASK, NOON, analysed, at, box, unchanged
from workers.intake import Prepared, end_tracks, take_in
from workers.partitions import PartitionState

LEFT = CameraRules(include=(((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)),))
MORNINGS = CameraRules.model_validate(
    {"schedule": [{"days": list(Weekday), "from": "08:00", "to": "12:00"}]}
)


def watch(rules: CameraRules | None = None, **chosen: object) -> Watch:
    preferences = Preferences.model_validate(chosen)
    return Watch({1: rules or CameraRules()}, preferences, ZoneInfo("UTC"))


def give(
    state: PartitionState, *results: Result, by: Watch | None = None, last_id: str = "9-0"
) -> Prepared:
    return take_in(ResultBatch(1, results, last_id, 0), state, by or watch())


def fresh() -> PartitionState:
    return PartitionState(Mark("0-0", 0))


def visit(x: float = 100.0) -> list[Result]:
    """A bare face for a second, then nobody for long enough."""
    seen = [analysed(step * 0.2, [box(x + step * 5)], NO_MASK) for step in range(5)]
    return seen + [analysed(1 + step * 0.2) for step in range(14)]


def only(recording: Recording | None) -> FinishedTrack:
    assert recording is not None
    (track,) = recording.finished
    return track


def test_a_visit_is_finished_with_its_timeline() -> None:
    track = only(give(fresh(), *visit()).recording)
    assert (track.verdict, track.changes, track.is_required) == (Verdict.NO_MASK, 0, True)
    assert track.timeline is not None
    assert sum(one.faces for one in decode_timeline(track.timeline).stretches) == 5


def test_faces_outside_the_zones_of_a_camera_are_nobody() -> None:
    by = watch(LEFT)
    assert give(fresh(), *visit(600), by=by).recording.finished == []
    assert only(give(fresh(), *visit(100), by=by).recording)


def test_an_overlay_shows_only_the_faces_that_count() -> None:
    both = analysed(0, [box(600), box(100)])
    (overlay,) = give(fresh(), both, by=watch(LEFT)).overlays
    assert [face.box_xywh[0] for face in overlay.faces] == [100.0]


def test_who_comes_while_no_mask_is_required_is_marked_so() -> None:
    assert not only(give(fresh(), *visit(), by=watch(MORNINGS)).recording).is_required
    earlier = [replace(one, captured_at=one.captured_at - timedelta(hours=1)) for one in visit()]
    assert only(give(fresh(), *earlier, by=watch(MORNINGS)).recording).is_required


def test_the_schedule_is_read_on_the_clocks_of_the_installation() -> None:
    by = replace(watch(MORNINGS), zone=ZoneInfo("America/New_York"))  # noon UTC is 07:00 there
    assert not only(give(fresh(), *visit(), by=by).recording).is_required


def test_the_verdict_rule_that_was_chosen_counts() -> None:
    strict = watch(verdict_rule=VerdictRule(faces_min=50))
    assert only(give(fresh(), *visit(), by=strict).recording).verdict is Verdict.UNSURE


def test_a_track_takes_its_best_picture_with_it() -> None:
    seen, empty = visit()[:5], visit()[5:]
    cropped = replace(seen[2], crops=(FaceCrop(0, b"jpeg", is_sharp=False),))
    state = fresh()

    first = give(state, *seen[:2], cropped).recording
    assert [picture.content for picture in first.pictures.values() if picture] == [b"jpeg"]
    second = give(state, *seen[3:], *empty).recording

    picture = only(second).picture
    assert picture is not None
    assert (picture.content, picture.taken_at) == (b"jpeg", at(0.4))
    assert list(second.pictures.values()) == [None]


def test_no_picture_is_kept_where_numbers_were_chosen() -> None:
    cropped = [replace(one, crops=(FaceCrop(0, b"jpeg", False),)) for one in visit()[:5]]
    recording = give(
        fresh(), *cropped, *visit()[5:], by=watch(evidence=EvidenceMode.NUMBERS)
    ).recording
    assert only(recording).picture is None
    assert recording.pictures == {}


def test_a_picture_of_a_face_that_does_not_count_is_left_out() -> None:
    crops = (FaceCrop(0, b"outside", False), FaceCrop(1, b"inside", False))
    both = replace(analysed(0, [box(600), box(100)]), crops=crops)
    pictures = give(fresh(), both, by=watch(LEFT)).recording.pictures
    assert [picture.content for picture in pictures.values() if picture] == [b"inside"]


def test_open_tracks_are_written_only_where_they_changed() -> None:
    state = fresh()
    assert give(state, analysed(0)).recording.snapshots == {}
    assert list(give(state, analysed(0.2, [box(10)])).recording.snapshots) == [1]
    assert give(state, unchanged(0.2)).recording.snapshots == {}


def test_tracks_of_cameras_are_ended() -> None:
    state = fresh()
    give(state, *visit()[:5])
    assert end_tracks(1, state, watch(), []) is None
    recording = end_tracks(1, state, watch(), [1])
    assert only(recording).ended_at == at(0.8)
    assert recording is not None
    assert (recording.applied, recording.snapshots) == ("0-0", {1: b""})
    assert end_tracks(1, state, watch(), [1]) is None


def test_each_minute_is_told_once() -> None:
    state = fresh()
    assert give(state, analysed(0), analysed(61)).recording.seen == {
        (1, NOON),
        (1, NOON + timedelta(minutes=1)),
    }
    assert give(state, analysed(62)).recording.seen == set()


def test_nothing_is_nothing() -> None:
    prepared = give(fresh())
    assert prepared.overlays == []
    assert prepared.recording == Recording(1, "9-0", [], {}, set(), {})
