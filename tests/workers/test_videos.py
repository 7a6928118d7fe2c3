"""Recorded people are followed and judged as one sees them, by the shipped networks."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.preferences import CountedPhase, VerdictRule
from core.timelines import Change, find_changes
from core.types import Image, Label, Result, Verdict
from models.analysis import load_analyser
from tests.workers.scenes import at
from workers.tracking import CameraTracker, Track
from workers.verdicts import judge_timeline

RATE = 5.0


@pytest.fixture(scope="module")
def puts_mask_on(shared_data: Path) -> list[Track]:
    """Follow a woman who puts a mask on after half a second."""
    return follow(shared_data / "videos" / "puts_mask_on.mp4")


def follow(video: Path) -> list[Track]:
    analyser, tracker, ended = load_analyser(1), CameraTracker(), []
    for seconds, image in pictures(video):
        (faces,) = analyser.analyse([image], min_score=0.5)
        size_wh = (image.shape[1], image.shape[0])
        ended += tracker.update(Result(1, at(seconds), size_wh, faces=faces))[1]
    ended += tracker.end_all()
    return [track for track in ended if track.is_person]


def pictures(video: Path) -> Iterator[tuple[float, Image]]:
    """Read RATE pictures a second."""
    capture = cv2.VideoCapture(str(video))
    step = round(capture.get(cv2.CAP_PROP_FPS) / RATE)
    for index in range(int(capture.get(cv2.CAP_PROP_FRAME_COUNT))):
        is_read, image = capture.read()
        if is_read and index % step == 0:
            yield index / step / RATE, np.asarray(image, np.uint8)
    capture.release()


def test_one_who_puts_a_mask_on_is_one_person_with_one_change(puts_mask_on: list[Track]) -> None:
    (track,) = puts_mask_on
    assert find_changes(track.timeline) == (Change(at(1), Label.NO_MASK, Label.MASK),)


@pytest.mark.parametrize(
    ("counted", "verdict"),
    [
        (CountedPhase.LONGEST, Verdict.MASK),
        (CountedPhase.LAST, Verdict.MASK),
        (CountedPhase.WORST, Verdict.NO_MASK),
    ],
)
def test_the_rule_says_what_counts_of_her(
    puts_mask_on: list[Track], counted: CountedPhase, verdict: Verdict
) -> None:
    (track,) = puts_mask_on
    assert judge_timeline(track.timeline, VerdictRule(changed=counted)).verdict is verdict


def test_one_who_wears_none_is_one_person_without_a_change(shared_data: Path) -> None:
    (track,) = follow(shared_data / "videos" / "bare_face.mp4")
    assert find_changes(track.timeline) == ()
    assert judge_timeline(track.timeline, VerdictRule()).verdict is Verdict.NO_MASK


def test_three_who_walk_and_pause_are_three(shared_data: Path) -> None:
    tracks = follow(shared_data / "videos" / "face_demographics_walking_and_pause.mp4")
    assert [judge_timeline(track.timeline, VerdictRule()).verdict for track in tracks] == [
        Verdict.NO_MASK
    ] * 3
