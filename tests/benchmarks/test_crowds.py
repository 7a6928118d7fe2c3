"""Generated crowds are what their conditions say, and the same again for the same seed."""

import math
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.crowd_faces import SimulatedFaces
from benchmarks.crowds import Conditions, CrowdScene, frame_times
from ingest.demo.lens import SIZE_WH

CALM = Conditions(speed_m_s=1.0, people=3, face_px=48, stopping=0.0, changing=0.0)


@pytest.fixture(scope="module")
def scene() -> CrowdScene:
    return CrowdScene(CALM, 12, seed=4)


def test_everybody_passes_and_is_seen(scene: CrowdScene) -> None:
    assert [person.number for person in scene.people] == list(range(12))
    assert sum(person.is_countable for person in scene.people) >= 11


@pytest.mark.parametrize("face_px", [16, 48, 96])
def test_faces_have_the_width_asked_for(face_px: int) -> None:
    scene = CrowdScene(replace(CALM, face_px=face_px), 8, seed=1)
    widths = [
        face.box_xyxy[2] - face.box_xyxy[0]
        for t in np.arange(0, scene.ends_at, 0.5)
        for face in scene.visible_at(float(t))
    ]
    assert np.mean(widths) == pytest.approx(face_px, rel=0.15)


def test_as_many_are_on_their_way_as_asked_for(scene: CrowdScene) -> None:
    at_a_time = [len(scene.people_between(t, t)) for t in np.arange(3, scene.ends_at / 2, 0.5)]
    assert 2 <= np.mean(at_a_time) <= 3


def test_nobody_is_faster_than_asked_for(scene: CrowdScene) -> None:
    for passage in scene.people_between(0, scene.ends_at):
        ways = np.diff(np.array(passage.steps), axis=0)
        speeds = np.hypot(ways[:, 1], ways[:, 2]) / ways[:, 0]
        assert (speeds <= CALM.speed_m_s + 1e-6).all()


def test_masks_are_changed_only_where_asked_for(scene: CrowdScene) -> None:
    assert not any(person.changes for person in scene.people)
    changing = CrowdScene(replace(CALM, speed_m_s=0.4, changing=1.0), 8, seed=4)
    assert sum(person.changes for person in changing.people) >= 4


def test_a_scene_is_drawn(scene: CrowdScene) -> None:
    image = scene.render(5.0)
    assert (image.shape[1], image.shape[0]) == SIZE_WH


def test_the_same_seed_gives_the_same_crowd(scene: CrowdScene) -> None:
    again, other = CrowdScene(CALM, 12, seed=4), CrowdScene(CALM, 12, seed=5)
    assert again.people == scene.people
    assert other.people != scene.people


@pytest.mark.parametrize("rate", [1.0, 5.0, 10.0])
def test_frames_come_at_their_rate(rate: float) -> None:
    times = list(frame_times(replace(CALM, frames_per_second=rate, missed=0.0), 200, 1))
    assert len(times) == pytest.approx(200 * rate, rel=0.05)
    assert times == sorted(times)


def test_a_share_of_the_frames_is_missed() -> None:
    some = len(list(frame_times(replace(CALM, missed=0.2), 2000, 1)))
    assert some == pytest.approx(2000 * 5 * 0.82, rel=0.05)


def test_simulated_faces_are_about_where_the_true_ones_are(scene: CrowdScene) -> None:
    finder = SimulatedFaces(1)
    seen = 0
    for t in np.arange(0, scene.ends_at, 0.2):
        found = finder.find(scene, float(t))
        truths = {face.person: face for face in scene.truth_at(float(t))}
        for box, owner in zip(found.faces.boxes, found.owners, strict=True) if found else ():
            if owner is not None:
                assert np.abs(box - truths[owner].box_xyxy).max() < 0.5 * 48
                seen += 1
    assert seen > 100


def test_nothing_is_looked_at_while_nobody_moves() -> None:
    scene = CrowdScene(replace(CALM, people=1), 1, seed=4)
    finder = SimulatedFaces(1)
    later = float(math.ceil(scene.ends_at)) + 1
    looks = [finder.find(scene, later + step) is not None for step in range(11)]
    assert looks == [step % 5 == 0 for step in range(11)]


def test_simulated_faces_are_drawn_by_a_seed(scene: CrowdScene) -> None:
    one, again = (SimulatedFaces(7).find(scene, 5.0) for _ in range(2))
    assert one is not None
    assert again is not None
    assert np.array_equal(one.faces.boxes, again.faces.boxes)
    assert one.owners == again.owners
