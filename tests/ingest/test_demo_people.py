"""How demo people move, and how their masks are painted."""

import numpy as np
import pytest
from numpy.typing import NDArray

from core.types import Label
from ingest.demo.bodies import Garment, paint_body
from ingest.demo.cast import HEADS, MASKS, WARDROBE, draw_person, head_levels
from ingest.demo.heads import CHIN_Y, HEAD_SIZE_WH, Hair, face_box_on_canvas, paint_head
from ingest.demo.lens import Lens
from ingest.demo.masks import BELOW_NOSE, OFF, ON_CHIN, WORN, MaskKind, MaskLook, label_of
from ingest.demo.passages import Passage
from ingest.demo.portraits import PORTRAITS
from ingest.demo.sprites import (
    HEAD_RADIUS,
    Levels,
    Placement,
    put_flat,
    put_turned,
    turn,
    turn_back,
)

BLUE = MaskLook(MaskKind.CLOTH, (250, 20, 20))
NOSE, MOUTH, CHIN = (232, 160), (258, 160), (292, 160)
"""Rows and columns on the head's canvas where both portraits have them, to a few units."""


def passage(*pulls: tuple[float, float]) -> Passage:
    """A person who walks 2 m to the right in 4 s, waits 2 s and comes 1 m nearer in 2 s."""
    return Passage(
        number=1,
        person=draw_person(np.random.default_rng(0)),
        starts_at=100.0,
        ends_at=108.0,
        steps=((0.0, -1.0, 3.0), (4.0, 1.0, 3.0), (6.0, 1.0, 3.0), (8.0, 1.0, 2.0)),
        pulls=pulls or ((0.0, WORN),),
    )


def is_blue(head: NDArray[np.uint8], at: tuple[int, int]) -> bool:
    blue, green, red, cover = (int(channel) for channel in head[at])
    return cover > 250 and blue > 2 * green and blue > 2 * red


@pytest.mark.parametrize(
    ("pull", "label"),
    [
        (WORN, Label.MASK),
        (0.49, Label.MASK),
        (BELOW_NOSE, Label.INCORRECT_MASK),
        (ON_CHIN, Label.INCORRECT_MASK),
        (2.49, Label.INCORRECT_MASK),
        (OFF, Label.NO_MASK),
    ],
)
def test_the_label_follows_from_how_far_the_mask_is_pulled(pull: float, label: Label) -> None:
    assert label_of(pull) == label


@pytest.mark.parametrize("portrait", PORTRAITS, ids=["astronaut", "hopper"])
@pytest.mark.parametrize(
    ("pull", "covered"),
    [
        (WORN, [True, True, True]),
        (BELOW_NOSE, [False, True, True]),
        (ON_CHIN, [False, False, True]),
        (OFF, [False, False, False]),
    ],
    ids=["worn", "below the nose", "on the chin", "off"],
)
def test_a_mask_covers_what_its_position_says(
    portrait: object, pull: float, covered: list[bool]
) -> None:
    look = next(one for one in HEADS if one.portrait is portrait)
    head = paint_head(look, BLUE, pull)
    assert [is_blue(head, at) for at in (NOSE, MOUTH, CHIN)] == covered


def test_a_mask_that_is_off_leaves_no_trace() -> None:
    assert (paint_head(HEADS[0], BLUE, OFF) == paint_head(HEADS[0], None, WORN)).all()


def test_a_mirrored_head_is_the_mirror_image() -> None:
    look = HEADS[0]
    turned = type(look)(
        look.portrait, look.hair, look.hair_colour, look.hat_colour,
        look.skin_light, look.skin_warmth, not look.is_mirrored, look.seed,
    )  # fmt: skip
    assert (paint_head(turned, None, OFF)[:, ::-1] == paint_head(look, None, OFF)).all()


@pytest.mark.parametrize("mask", MASKS, ids=lambda mask: mask.kind)
def test_every_mask_can_be_painted(mask: MaskLook) -> None:
    bare, masked = paint_head(HEADS[0], None, OFF), paint_head(HEADS[0], mask, WORN)
    assert masked.shape == (HEAD_SIZE_WH[1], HEAD_SIZE_WH[0], 4)
    assert np.abs(masked[MOUTH].astype(int) - bare[MOUTH]).max() > 10
    assert (masked[..., 3].astype(int) >= bare[..., 3].astype(int) - 1).all(), (
        "it hides skin and no hole opens"
    )


def test_heads_and_clothes_differ() -> None:
    assert {look.hair for look in HEADS} == set(Hair)
    assert {look.garment for look in WARDROBE} == set(Garment)


@pytest.mark.parametrize("garment", Garment)
def test_a_body_is_solid_and_leaves_its_corners_free(garment: Garment) -> None:
    body = paint_body(next(look for look in WARDROBE if look.garment == garment))
    assert body[300, 280, 3] == 255
    assert body[0, 0, 3] == body[-1, 0, 3] == 0
    assert (body[..., :3].max(axis=2) <= body[..., 3]).all(), "multiplied by its cover"


@pytest.mark.parametrize("portrait", PORTRAITS, ids=["astronaut", "hopper"])
def test_both_faces_have_one_measure(portrait: object) -> None:
    box = face_box_on_canvas(next(one for one in PORTRAITS if one is portrait))
    assert box[3] == pytest.approx(CHIN_Y, abs=2)
    assert 135 < box[3] - box[1] < 155


def test_painted_heads_are_kept() -> None:
    person = draw_person(np.random.default_rng(3))
    assert head_levels(person, 0.01) is head_levels(person, WORN)


def test_a_person_walks_waits_and_comes_nearer() -> None:
    walking, waiting, nearing = (passage().pose_at(t) for t in (102.0, 105.0, 107.0))
    assert (walking.x_m, walking.z_m) == pytest.approx((0.0, 3.0))
    assert (walking.is_walking, waiting.is_walking) == (True, False)
    assert walking.facing == pytest.approx(0.5)
    assert (waiting.x_m, nearing.x_m, nearing.z_m) == pytest.approx((1.0, 1.0, 2.5))
    assert nearing.facing == 0
    assert nearing.gait > waiting.gait > walking.gait


def test_a_person_tells_what_is_worn_and_from_when() -> None:
    changing = passage((0.0, WORN), (4.0, WORN), (5.0, OFF))
    assert changing.worn() == ((100.0, Label.MASK), (104.5, Label.NO_MASK))
    assert [changing.is_changing(t) for t in (103.0, 104.4, 106.0)] == [False, True, False]
    assert passage((0.0, ON_CHIN)).worn() == ((100.0, Label.INCORRECT_MASK),)


def test_a_pinhole_projects_as_geometry_says() -> None:
    lens = Lens(focal_px=1000, height_m=2.0, horizon_y=50)
    assert lens.project(0.5, 1.0, 2.0) == (480 + 250, 50 + 500)
    assert lens.edge_at(2.0) == pytest.approx(0.96)


@pytest.mark.parametrize("yaw", [-0.35, 0.0, 0.35])
@pytest.mark.parametrize("x", [100.0, 160.0, 215.0])
def test_turning_a_head_back_undoes_turning_it(x: float, yaw: float) -> None:
    turned = np.array([turn(x, 160, yaw)], np.float32)
    assert turn_back(turned, 160, yaw)[0] == pytest.approx(x, abs=0.01)
    assert turn(160, 160, 0.35) > 160 > turn(160, 160, -0.35)
    assert HEAD_RADIUS > 110, "wider than a head"


def square(side: int, colour: int) -> Levels:
    """A solid grey square."""
    sprite = np.full((side, side, 4), colour, np.uint8)
    sprite[..., 3] = 255
    return Levels.of(sprite)


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_a_sprite_lands_with_its_anchor_on_the_point(scale: float) -> None:
    image = np.zeros((100, 100, 3), np.uint8)
    put_flat(image, square(40, 200), Placement((20, 20), (50, 50), scale))
    rows, columns = np.nonzero(image[..., 0] > 100)
    half = round(20 * scale)
    assert (rows.min(), rows.max() + 1) == (50 - half, 50 + half)
    assert (columns.min(), columns.max() + 1) == (50 - half, 50 + half)


@pytest.mark.parametrize("at", [(-80.0, 50.0), (50.0, 300.0)], ids=["left", "below"])
def test_a_sprite_outside_the_picture_changes_nothing(at: tuple[float, float]) -> None:
    image = np.zeros((100, 100, 3), np.uint8)
    place = Placement((20, 20), at, 1.0)
    put_flat(image, square(40, 200), place)
    put_turned(image, square(40, 200), place, 0.2)
    assert not image.any()


def test_a_half_covered_pixel_is_half_of_both() -> None:
    image = np.full((60, 60, 3), 100, np.uint8)
    sprite = np.full((40, 40, 4), 100, np.uint8)  # 200, multiplied by a cover of one half
    sprite[..., 3] = 128
    put_flat(image, Levels.of(sprite), Placement((20, 20), (30, 30), 1.0))
    assert image[30, 30, 0] == pytest.approx(150, abs=1)
