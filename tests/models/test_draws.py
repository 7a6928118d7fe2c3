"""Training pictures: balanced, degraded, and the same for the same seed."""

from collections import Counter

import numpy as np
import pytest

from core.errors import BadSettings
from core.types import LABELS, Label
from models.training.augment import augment
from models.training.draws import LABEL_SHARES, SampleDraws
from models.training.samples import Sample
from tests.models.faces import BOX, LANDMARKS, draw_face


def sample_of(label: Label, source: str = "a", has_landmarks: bool = True) -> Sample:
    return Sample(
        draw_face(label),
        np.asarray(BOX, np.float32),
        LANDMARKS if has_landmarks else None,
        LABELS.index(label),
        source,
    )


def test_labels_are_drawn_by_their_shares_though_the_samples_are_not() -> None:
    samples = [sample_of(Label.MASK)] * 50 + [sample_of(Label.NO_MASK)] * 3
    draws = SampleDraws(samples, seed=1, side=128)

    drawn = Counter(draws.draw(0, position).label for position in range(600))

    assert [drawn[i] / 600 for i in range(3)] == pytest.approx(LABEL_SHARES, abs=0.06)


def test_incorrect_masks_are_drawn_where_no_picture_shows_one() -> None:
    draws = SampleDraws([sample_of(Label.NO_MASK), sample_of(Label.MASK)], seed=1, side=128)

    assert {draws.draw(0, position).label for position in range(60)} == {0, 1, 2}


def test_a_label_that_cannot_be_had_is_left_out() -> None:
    draws = SampleDraws([sample_of(Label.NO_MASK, has_landmarks=False)], seed=1, side=128)

    assert {draws.draw(0, position).label for position in range(20)} == {2}


def test_no_samples_at_all_are_refused() -> None:
    with pytest.raises(BadSettings, match="holds no face"):
        SampleDraws([], seed=1, side=128)


def test_the_same_seed_epoch_and_position_give_the_same_picture() -> None:
    samples = [sample_of(label) for label in LABELS]
    one, other = SampleDraws(samples, seed=4, side=128), SampleDraws(samples, seed=4, side=128)

    assert (one.draw(2, 7).pixels == other.draw(2, 7).pixels).all()
    assert (one.draw(2, 7).pixels != other.draw(3, 7).pixels).any()
    assert (one.draw(2, 7).pixels != SampleDraws(samples, 5, side=128).draw(2, 7).pixels).any()


def test_a_drawn_picture_is_the_networks_input() -> None:
    drawn = SampleDraws([sample_of(label) for label in LABELS], seed=1, side=96).draw(0, 0)

    assert drawn.pixels.shape == (96, 96, 3)
    assert drawn.pixels.dtype == np.uint8


@pytest.mark.parametrize(
    "box",
    [
        pytest.param((22, 18, 74, 88), id="inside"),
        pytest.param((0, 0, 96, 96), id="the whole picture"),
        pytest.param((80, 80, 96, 96), id="at the edge"),
        pytest.param((40, 40, 41, 41), id="one pixel"),
    ],
)
def test_augmented_crops_stay_pictures(box: tuple[int, int, int, int]) -> None:
    for seed in range(30):
        crop = augment(draw_face(), np.asarray(box, np.float32), 128, np.random.default_rng(seed))

        assert crop.dtype == np.uint8
        assert crop.ndim == 3
        assert min(crop.shape) >= 1


def test_half_of_the_crops_lose_detail_down_to_sixteen_pixels() -> None:
    box = np.asarray(BOX, np.float32)

    sides = [
        max(augment(draw_face(), box, 128, np.random.default_rng(seed)).shape[:2])
        for seed in range(200)
    ]

    assert 15 <= min(sides) <= 18
    assert np.mean(np.asarray(sides) < 60) == pytest.approx(0.4, abs=0.15)
