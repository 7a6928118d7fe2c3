"""Drawn masks cover what their label says, and nothing else."""

import numpy as np
import pytest
from numpy.typing import NDArray

from core.types import Image
from models.training.masks import FaceFrame, Worn, draw_hand, draw_mask
from tests.models.faces import LANDMARKS, draw_face

NOSE, MOUTH, CHIN, FOREHEAD = (48, 55), (48, 70), (48, 84), (48, 30)


def changed(before: Image, after: Image) -> NDArray[np.bool_]:
    return np.asarray(np.abs(before.astype(int) - after).max(axis=2) > 8)


def share_changed(worn: Worn, point: tuple[int, int]) -> float:
    """How often a mask worn so changes the pixel, over many masks."""
    face = draw_face()
    masks = [draw_mask(face, LANDMARKS, worn, np.random.default_rng(seed)) for seed in range(40)]
    return float(np.mean([changed(face, mask)[point[1], point[0]] for mask in masks]))


@pytest.mark.parametrize(
    ("worn", "point", "is_covered"),
    [
        pytest.param(Worn.PROPERLY, NOSE, True, id="a mask covers the nose"),
        pytest.param(Worn.PROPERLY, MOUTH, True, id="a mask covers the mouth"),
        pytest.param(Worn.PROPERLY, FOREHEAD, False, id="a mask leaves the forehead"),
        pytest.param(Worn.BELOW_THE_NOSE, NOSE, False, id="below the nose, the nose is bare"),
        pytest.param(Worn.BELOW_THE_NOSE, MOUTH, True, id="below the nose, the mouth is covered"),
        pytest.param(Worn.ON_THE_CHIN, NOSE, False, id="on the chin, the nose is bare"),
        pytest.param(Worn.ON_THE_CHIN, MOUTH, False, id="on the chin, the mouth is bare"),
    ],
)
def test_a_mask_covers_what_its_wearing_says(
    worn: Worn, point: tuple[int, int], is_covered: bool
) -> None:
    share = share_changed(worn, point)

    assert share > 0.9 if is_covered else share < 0.1


def test_a_mask_on_the_chin_shows_below_the_mouth() -> None:
    assert share_changed(Worn.ON_THE_CHIN, (48, 90)) > 0.8


def test_a_hand_covers_the_mouth_in_the_colour_of_the_skin() -> None:
    face = draw_face()

    handed = draw_hand(face, LANDMARKS, np.random.default_rng(3))

    assert changed(face, handed)[60:80, 30:66].any()
    distance = np.abs(handed[66:72, 40:56].astype(int) - face[60, 48]).max()
    assert distance < 70


def test_the_same_generator_draws_the_same_mask() -> None:
    first, second = (
        draw_mask(draw_face(), LANDMARKS, Worn.PROPERLY, np.random.default_rng(5)) for _ in "ab"
    )

    assert (first == second).all()


def test_the_picture_that_is_drawn_on_stays_as_it_was() -> None:
    face = draw_face()

    draw_mask(face, LANDMARKS, Worn.PROPERLY, np.random.default_rng(1))

    assert (face == draw_face()).all()


def test_the_frame_of_a_face_has_its_eyes_at_zero_and_its_mouth_at_one() -> None:
    frame = FaceFrame.of(LANDMARKS)

    placed = frame.place(np.asarray([[0, 0], [0, 1], [0.5, 0]], np.float32))

    np.testing.assert_allclose(placed[:, 1], [40, 70, 40], atol=1)
    np.testing.assert_allclose(placed[2, 0] - placed[0, 0], 14)


def test_a_face_in_profile_keeps_some_breadth() -> None:
    profile = LANDMARKS.copy()
    profile[:, 0] = 48 + (profile[:, 0] - 48) * 0.1

    frame = FaceFrame.of(profile)

    assert np.linalg.norm(frame.across) == pytest.approx(0.75 * 30, rel=0.01)
