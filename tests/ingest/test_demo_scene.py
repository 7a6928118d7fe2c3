"""The demo cameras' scenes: what is there, and that the picture shows it."""

from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from core.assets import asset_path
from core.errors import SourceRefused
from core.sources import SourceKind, parse_source
from core.types import Boxes, Label
from ingest.demo import DEMO_CAMERAS, DemoScene, TruthFace
from ingest.demo.lens import SIZE_WH
from ingest.demo.passages import PASSAGE_LONGEST_S
from models.detectors.centerface import CenterFace

SLUGS = [camera.slug for camera in DEMO_CAMERAS]
TEN_MINUTES = 600.0


@lru_cache(maxsize=4)
def watched(slug: str) -> list[tuple[TruthFace, ...]]:
    """The truth of ten minutes, looked at once a second."""
    scene = DemoScene(slug)
    return [scene.truth_at(float(t)) for t in np.arange(TEN_MINUTES)]


def everybody(slug: str) -> list[TruthFace]:
    return [face for faces in watched(slug) for face in faces]


def overlap(box: tuple[float, float, float, float], boxes: Boxes) -> float:
    """The best intersection over union of a box with others."""
    best = 0.0
    for other in boxes:
        wide = min(box[2], other[2]) - max(box[0], other[0])
        high = min(box[3], other[3]) - max(box[1], other[1])
        shared = max(0.0, float(wide)) * max(0.0, float(high))
        areas = (box[2] - box[0]) * (box[3] - box[1])
        areas += float((other[2] - other[0]) * (other[3] - other[1]))
        best = max(best, shared / (areas - shared))
    return best


def test_there_are_four_cameras_with_names_and_places_of_their_own() -> None:
    assert len(DEMO_CAMERAS) >= 4
    assert len(set(SLUGS)) == len({camera.name for camera in DEMO_CAMERAS}) == len(DEMO_CAMERAS)
    assert all(camera.site and camera.zone for camera in DEMO_CAMERAS)


@pytest.mark.parametrize("camera", DEMO_CAMERAS, ids=SLUGS)
def test_its_address_is_one_that_cameras_may_have(camera: object) -> None:
    address = next(one.address for one in DEMO_CAMERAS if one is camera)
    assert parse_source(address, Path("/")).kind is SourceKind.DEMO


def test_an_unknown_camera_is_refused_with_the_names_that_there_are() -> None:
    with pytest.raises(SourceRefused, match="entrance, corridor"):
        DemoScene("nowhere")


@pytest.mark.parametrize("slug", SLUGS)
def test_the_same_moment_has_the_same_picture_and_truth_whatever_was_asked_before(
    slug: str,
) -> None:
    one, other = DemoScene(slug), DemoScene(slug)
    picture, truth = one.render(321.0), one.truth_at(321.0)
    other.render(99.0)
    assert other.truth_at(321.0) == truth
    assert (other.render(321.0) == picture).all()


def test_another_seed_brings_other_people() -> None:
    persons = [
        [passage.person for passage in DemoScene("entrance", seed).people_between(0, 60)]
        for seed in (0, 1)
    ]
    assert persons[0] != persons[1]


@pytest.mark.parametrize("start", [0.0, -5_000.0, 1_790_000_000.0], ids=["zero", "before", "now"])
@pytest.mark.parametrize("slug", SLUGS)
def test_four_to_ten_people_a_minute_pass_for_ever(slug: str, start: float) -> None:
    passages = DemoScene(slug).people_between(start, start + TEN_MINUTES)
    assert 40 <= len(passages) <= 108, "ten minutes, and who was there at both ends"
    assert len({passage.number for passage in passages}) == len(passages)


@pytest.mark.parametrize("slug", SLUGS)
def test_whenever_one_looks_somebody_soon_leaves(slug: str) -> None:
    ends = sorted(passage.ends_at for passage in DemoScene(slug).people_between(0, TEN_MINUTES))
    assert max(after - before for before, after in pairwise(ends)) < 25


@pytest.mark.parametrize("slug", SLUGS)
def test_at_most_four_faces_are_in_view(slug: str) -> None:
    assert max(len(faces) for faces in watched(slug)) <= 4


@pytest.mark.parametrize("slug", SLUGS)
def test_faces_are_as_large_as_cameras_see_them(slug: str) -> None:
    heights = [face.height for face in everybody(slug) if face.visible > 0.99]
    assert min(heights) > 25
    assert max(heights) < 130
    assert np.median(heights) > 40


@pytest.mark.parametrize("slug", SLUGS)
def test_every_label_is_seen_and_masks_are_changed(slug: str) -> None:
    faces = everybody(slug)
    shares = [np.mean([face.label == label for face in faces]) for label in Label]
    assert min(shares) > 0.05
    assert any(face.is_changing for face in faces)


def test_some_faces_are_partly_covered_by_somebody_nearer() -> None:
    width = SIZE_WH[0]
    covered = [
        face
        for face in everybody("platform")
        if face.visible < 0.9 and face.box_xyxy[0] > 0 and face.box_xyxy[2] < width
    ]
    assert covered


def test_a_face_that_walks_out_of_the_picture_shows_less_and_less() -> None:
    scene = DemoScene("platform")
    last = scene.people_between(0, 60)[0]
    moments = np.arange(last.ends_at - 3, last.ends_at, 0.1)
    shares = [
        face.visible
        for t in moments
        for face in scene.truth_at(float(t))
        if face.person == last.number
    ]
    assert shares[0] > 0.9
    assert shares[-1] < 0.4


def test_who_waits_round_the_corner_is_not_in_the_truth() -> None:
    scene = DemoScene("corridor")
    hidden = next(
        passage
        for passage in scene.people_between(0, TEN_MINUTES)
        if passage.pose_at(passage.starts_at).x_m < -1.8
    )
    numbers = [face.person for face in scene.truth_at(hidden.starts_at + 0.1)]
    assert hidden.number not in numbers


@pytest.mark.parametrize("slug", SLUGS)
def test_the_picture_changes_where_a_face_is_and_stays_elsewhere(slug: str) -> None:
    scene = DemoScene(slug)
    times = np.arange(0, 600, 0.5)
    empty = next(float(t) for t in times if not scene.people_between(float(t), float(t)))
    alone = next(
        float(t) for t in times if [face.visible for face in scene.truth_at(float(t))] == [1.0]
    )
    box = [round(side) for side in scene.truth_at(alone)[0].box_xyxy]
    before, after = scene.render(empty).astype(int), scene.render(alone).astype(int)
    change = np.abs(after - before).max(axis=2)
    assert before.shape == (540, 960, 3)
    assert change[box[1] : box[3], box[0] : box[2]].mean() > 25
    assert np.median(change) < 8, "sensor noise alone"


def test_the_sensor_s_noise_differs_from_frame_to_frame() -> None:
    scene = DemoScene("platform")
    one, next_one = scene.render(10.0).astype(int), scene.render(10.1).astype(int)
    assert 0.5 < np.abs(one - next_one)[:100, :100].mean() < 6


@pytest.mark.parametrize("slug", SLUGS)
def test_the_shipped_detector_finds_the_faces(slug: str) -> None:
    scene, detector = DemoScene(slug), CenterFace(asset_path("centerface.onnx"), threads=1)
    hits = []
    for t in np.arange(2.0, 602.0, 50.0):
        truth = [face for face in scene.truth_at(float(t)) if face.visible > 0.99]
        found = detector.detect([scene.render(float(t))])[0]
        hits += [overlap(face.box_xyxy, found.boxes) > 0.4 for face in truth]
    assert len(hits) > 5
    assert np.mean(hits) > 0.9


@pytest.mark.parametrize("slug", SLUGS)
def test_nobody_stays_longer_than_the_scene_looks_back(slug: str) -> None:
    passages = DemoScene(slug).people_between(0, 3600)
    assert max(passage.ends_at - passage.starts_at for passage in passages) < PASSAGE_LONGEST_S
