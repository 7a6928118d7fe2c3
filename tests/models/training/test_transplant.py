"""Cloth that was cut from one face lies on another where its wearing says."""

import numpy as np
import pytest

from core.types import LABELS, Image, Label
from models.training.cutouts import Cutout, cut_mask, cut_masks, turn_of
from models.training.masks import FaceFrame, Worn
from models.training.patches import PATCH_SIDE, Placement, flatten, inside, lay, to_patch
from models.training.samples import Sample
from models.training.transplant import (
    Wardrobe,
    lower_face,
    paste_skin,
    stand_before,
    upper_face,
)
from tests.models.faces import BOX, LANDMARKS, draw_face

NOSE, MOUTH, FOREHEAD = (48, 55), (48, 70), (48, 30)
BLUE = (230, 60, 20)


def worn_by(label: Label = Label.MASK, landmarks: np.ndarray | None = LANDMARKS) -> Sample:
    return Sample(draw_face(label), np.asarray(BOX), landmarks, LABELS.index(label), "a")


def blue_mask() -> Cutout:
    cover = np.zeros((PATCH_SIDE, PATCH_SIDE), np.uint8)
    (left, top), (right, bottom) = to_patch([(-0.9, 0.3), (0.9, 1.8)]).astype(int)
    cover[top:bottom, left:right] = 255
    pixels = np.full((PATCH_SIDE, PATCH_SIDE, 3), BLUE, np.uint8)
    return Cutout(pixels, cover, 0.3, 1.8, 0.0, np.asarray([120, 150, 170], np.float32))


def differs(before: Image, after: Image, point: tuple[int, int]) -> bool:
    x, y = point
    return bool(np.abs(before[y, x].astype(int) - after[y, x]).max() > 20)


def test_a_mask_is_cut_out_between_nose_and_chin() -> None:
    cutout = cut_mask(worn_by())

    assert cutout is not None
    assert cutout.top == pytest.approx((48 - 40) / 30, abs=0.12)
    assert cutout.bottom == pytest.approx((86 - 40) / 30, abs=0.15)
    [(column, row)] = to_patch([(0, 1)]).astype(int)
    assert cutout.cover[row, column] == 255
    np.testing.assert_allclose(cutout.pixels[row, column], (220, 180, 120), atol=3)


@pytest.mark.parametrize(
    "sample",
    [
        pytest.param(worn_by(Label.NO_MASK), id="a bare face"),
        pytest.param(worn_by(Label.INCORRECT_MASK), id="a mask below the nose"),
        pytest.param(worn_by(landmarks=None), id="no landmarks"),
    ],
)
def test_what_is_no_mask_worn_well_is_not_cut_out(sample: Sample) -> None:
    assert cut_mask(sample) is None


def test_only_masked_faces_give_their_masks() -> None:
    samples = [worn_by(label) for label in LABELS]

    assert len(cut_masks(samples)) == 1
    assert cut_masks([]) == []


@pytest.mark.parametrize(
    ("worn", "is_covered"),
    [
        pytest.param(Worn.PROPERLY, {NOSE: True, MOUTH: True, FOREHEAD: False}, id="worn well"),
        pytest.param(
            Worn.BELOW_THE_NOSE, {NOSE: False, MOUTH: True, FOREHEAD: False}, id="below the nose"
        ),
        pytest.param(
            Worn.ON_THE_CHIN, {NOSE: False, MOUTH: False, FOREHEAD: False}, id="on the chin"
        ),
    ],
)
def test_a_transplanted_mask_covers_what_its_wearing_says(
    worn: Worn, is_covered: dict[tuple[int, int], bool]
) -> None:
    face, wardrobe = draw_face(), Wardrobe([blue_mask()])

    for seed in range(20):
        masked = wardrobe.wear(face, LANDMARKS, worn, np.random.default_rng(seed))
        for point, expected in is_covered.items():
            # The mouth's landmark is dark: cloth is told by its blue.
            blue = masked[point[1], point[0]].astype(int)
            assert (blue[0] > blue[2] + 15 or differs(face, masked, point)) == expected


def test_the_same_generator_transplants_the_same() -> None:
    one, other = (
        Wardrobe([blue_mask()]).wear(
            draw_face(), LANDMARKS, Worn.PROPERLY, np.random.default_rng(3)
        )
        for _ in "ab"
    )

    assert (one == other).all()


def test_a_face_laid_out_and_laid_back_is_the_face() -> None:
    face = draw_face()
    patch, frame = flatten(face, LANDMARKS), FaceFrame.of(LANDMARKS)

    back = lay(patch, frame, Placement(0, 1, 0, 1), (96, 96))

    middle = np.s_[34:80, 30:66]
    assert np.abs(back[middle].astype(int) - face[middle]).mean() < 6


def test_a_placement_moves_the_middle_more_than_the_sides() -> None:
    frame = FaceFrame.of(LANDMARKS)
    patch = np.zeros((PATCH_SIDE, PATCH_SIDE), np.uint8)
    [(_, row)] = to_patch([(0, 0.3)]).astype(int)
    patch[row:] = 255

    laid = lay(patch, frame, Placement(0.3, 1.8, 0.8, 1.9, sides=0.4), (96, 96))

    first = (laid > 128).argmax(axis=0)
    assert first[48] == pytest.approx(40 + 0.8 * 30, abs=2)
    assert first[22] < first[48] - 4


def test_the_patch_knows_what_lies_outside_of_the_picture() -> None:
    shown = inside(draw_face()[:70], LANDMARKS)

    [(column, mouth), (_, chin)] = to_patch([(0, 0.8), (0, 1.5)]).astype(int)
    assert shown[mouth, column]
    assert not shown[chin, column]


def test_pasted_skin_bares_the_nose_and_leaves_the_mouth() -> None:
    masked, bare = draw_face(Label.MASK), draw_face()
    rng = np.random.default_rng(1)

    result = paste_skin(masked, LANDMARKS, bare, LANDMARKS, upper_face(0.8, rng), rng)

    assert differs(masked, result, (48, 60))
    assert not differs(masked, result, MOUTH)


def test_outlines_are_closed_around_what_they_name() -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        upper, lower = upper_face(0.8, rng), lower_face(rng)

        assert upper[:, 1].max() < 1.0
        assert lower[:, 1].min() > 0.1


@pytest.mark.parametrize(
    ("nose", "expected"),
    [((48, 55), 0.0), ((62, 55), 0.5), ((34, 55), -0.5), ((200, 55), 1.0)],
    ids=["ahead", "right", "left", "beyond"],
)
def test_a_turned_head_shows_its_nose_aside(nose: tuple[int, int], expected: float) -> None:
    landmarks = LANDMARKS.copy()
    landmarks[2] = nose

    assert turn_of(landmarks) == pytest.approx(expected, abs=0.01)


def test_another_one_hides_the_face_below_an_edge_or_beside_it() -> None:
    face, other = draw_face(), np.full((96, 96, 3), 10, np.uint8)

    shares = []
    for seed in range(40):
        hidden = stand_before(face, LANDMARKS, other, 0.8, np.random.default_rng(seed))
        shares.append([differs(face, hidden, point) for point in ((48, 84), (48, 30))])

    below, above = np.mean(shares, axis=0)
    assert below > 0.5
    assert above < 0.2
