"""Faces of one label are made from others, by ways that do not give the label away."""

import numpy as np
import pytest

from core.types import LABELS, Label
from models.training.dressing import Dresser, shows_chin
from models.training.samples import Sample
from models.training.sources import BySource
from models.training.transplant import Wardrobe
from tests.models.faces import BOX, LANDMARKS, draw_face


def sample_of(label: Label, source: str = "a", group: str = "", is_grey: bool = False) -> Sample:
    pixels = draw_face(label)
    if is_grey:
        pixels = np.repeat(pixels[:, :, :1], 3, axis=2)
    index = LABELS.index(label)
    return Sample(pixels, np.asarray(BOX, np.float32), LANDMARKS, index, source, group)


def dresser(is_grey: bool = False) -> Dresser:
    labels = (Label.NO_MASK, Label.MASK)
    return Dresser([sample_of(label, is_grey=is_grey) for label in labels], Wardrobe([]))


@pytest.mark.parametrize("label", LABELS)
def test_every_label_can_be_shown(label: Label) -> None:
    rng = np.random.default_rng(1)

    shown = [dresser().show(label, rng) for _ in range(30)]

    assert {LABELS[sample.label] for sample in shown} == {label}
    assert {sample.pixels.shape for sample in shown} == {(96, 96, 3)}


@pytest.mark.parametrize("label", LABELS)
def test_what_is_made_from_grey_pictures_is_grey(label: Label) -> None:
    rng = np.random.default_rng(1)

    for _ in range(20):
        pixels = dresser(is_grey=True).show(label, rng).pixels
        assert (np.ptp(pixels.astype(int), axis=2) <= 3).all()


def test_masked_faces_alone_make_nothing() -> None:
    alone = Dresser([sample_of(Label.MASK)], Wardrobe([]))

    assert not any(alone.can_show(label) for label in LABELS)


def test_the_samples_stay_as_they_were() -> None:
    bare = sample_of(Label.NO_MASK)
    rng = np.random.default_rng(1)

    for label in LABELS:
        Dresser([bare], Wardrobe([])).show(label, rng)

    assert (bare.pixels == draw_face()).all()
    assert LABELS[bare.label] is Label.NO_MASK


def test_a_tight_crop_shows_no_chin() -> None:
    box = np.asarray(BOX, np.float32)

    assert not shows_chin(Sample(draw_face()[:80], box, LANDMARKS, 2, "a"))
    assert shows_chin(Sample(np.zeros((110, 96, 3), np.uint8), box, LANDMARKS, 2, "a"))
    assert not shows_chin(Sample(draw_face(), box, None, 2, "a"))


def test_a_source_of_one_group_is_picked_less_than_one_of_many() -> None:
    many = [sample_of(Label.MASK, "many", str(number)) for number in range(100)]
    one = [sample_of(Label.MASK, "one", "same") for _ in range(1000)]
    faces, rng = BySource([*one, *many]), np.random.default_rng(1)

    picked = [faces.pick(rng).source for _ in range(1000)]

    assert picked.count("one") / 1000 == pytest.approx(0.1 / 1.1, abs=0.04)


def test_no_samples_are_no_source() -> None:
    assert not BySource([])
