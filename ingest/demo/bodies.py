"""Draw the clothed body below a head: torso and arms, seen from the front."""

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.demo.portraits import Point
from ingest.demo.shapes import (
    Colour,
    Layer,
    Paint,
    Plane,
    bulge,
    fill,
    grid,
    mirrored,
    smoothstep,
    soft_noise,
    stroke,
)

BODY_SIZE_WH = (560, 760)
NECK = (280.0, 0.0)
"""The point of the body's canvas that lies under the chin."""
HIP_Y = 610.0
HIP_HALF = 128.0


class Garment(StrEnum):
    COAT = "coat"
    JUMPER = "jumper"
    PUFFER = "puffer"
    BLAZER = "blazer"


@dataclass(frozen=True, slots=True)
class BodyLook:
    """How one person is dressed. Colours are BGR; a bag hangs by a strap."""

    garment: Garment
    colour: Colour
    inner_colour: Colour
    trousers: Colour
    scarf: Colour | None
    has_bag: bool
    seed: int


def paint_body(look: BodyLook) -> NDArray[np.uint8]:
    """Paint arms, torso, what is worn over it, and the scarf, from behind to the front.

    Returns (760, 560, 4) uint8, BGR multiplied by its cover, and the cover.
    """
    layer = Layer(BODY_SIZE_WH)
    noise = soft_noise(np.random.default_rng(look.seed), BODY_SIZE_WH, (1.2, 1.6))
    creases = _creases(look.seed)
    _lay_hood(layer, look)
    _lay_arms(layer, look, noise, creases)
    torso = fill(mirrored(_TORSO, NECK[0]), BODY_SIZE_WH, feather=1.2, rounds=3)
    layer.shade(1 - 0.4 * np.asarray(cv2.GaussianBlur(torso, (0, 0), 9), np.float32))
    layer.lay(torso, _fabric(look.colour, torso, noise, creases, 70))
    _DETAILS[look.garment](layer, look, torso)
    if look.has_bag:
        _lay_bag(layer, torso)
    if look.scarf is not None:
        _lay_scarf(layer, look.scarf, noise)
    return layer.sprite()


def _fabric(colour: Colour, cover: Plane, noise: Plane, creases: Plane, depth: float) -> Paint:
    """Light a piece of cloth from above, round to its edges, with creases and a weave."""
    _, y = grid(BODY_SIZE_WH)
    above = 1.1 - 0.26 * smoothstep(60, 700, y)
    shade = (0.5 + 0.5 * bulge(cover, depth)) * above * (1 + creases + 0.025 * noise)
    return np.asarray(
        np.clip(shade[..., None] * np.asarray(colour, np.float32), 0, 255), np.float32
    )


def _creases(seed: int) -> Plane:
    """Make long soft folds that run down the cloth."""
    rng = np.random.default_rng(seed + 1)
    width, height = BODY_SIZE_WH[0] // 4, BODY_SIZE_WH[1] // 4
    folds = soft_noise(rng, (width, height), (2.2, 16)) * 0.075
    folds += soft_noise(rng, (width, height), (9, 5)) * 0.035
    return np.asarray(cv2.resize(folds, BODY_SIZE_WH, interpolation=cv2.INTER_CUBIC), np.float32)


def _lay_hood(layer: Layer, look: BodyLook) -> None:
    """Put the back of the collar, or a hood, behind the neck."""
    wide = 104.0 if look.garment in (Garment.JUMPER, Garment.PUFFER) else 74.0
    outline = [(280.0, 2.0), (280 + wide * 0.8, 10), (280 + wide, 46), (280 + wide, 90), (280, 96)]
    cover = fill(mirrored(outline, NECK[0]), BODY_SIZE_WH, feather=1.5)
    dark = _times(look.colour, 0.5)
    layer.lay(cover * _below_the_neck(), dark)


def _below_the_neck() -> Plane:
    """Leave the neck itself free; the head's canvas draws it."""
    x, y = grid(BODY_SIZE_WH)
    return np.asarray(np.clip((np.abs(x - NECK[0]) - 44 + 0.0 * y) / 4, 0, 1), np.float32)


def _lay_arms(layer: Layer, look: BodyLook, noise: Plane, creases: Plane) -> None:
    for side in (1, -1):
        hand = fill(_sided(_HAND, side), BODY_SIZE_WH, feather=1.2)
        layer.lay(hand, _fabric(_HAND_COLOUR, hand, noise, creases * 0.3, 16))
        arm = fill(_sided(_ARM, side), BODY_SIZE_WH, feather=1.2, rounds=3)
        layer.lay(arm, _fabric(_times(look.colour, 0.9), arm, noise, creases, 30))
        cuff = stroke(_sided(_CUFF, side), BODY_SIZE_WH, 3) * arm
        layer.shade(1 - 0.3 * cuff)


def _lay_open_front(layer: Layer, look: BodyLook, torso: Plane, depth: float, half: float) -> None:
    """Show what is worn below in a V from the neck, and turn lapels out beside it."""
    opening = fill(
        [(280 - half, 20), (280 + half, 20), (280 + half * 0.7, 90), (280, depth),
         (280 - half * 0.7, 90)],
        BODY_SIZE_WH, feather=1, rounds=1,
    ) * torso  # fmt: skip
    x, _ = grid(BODY_SIZE_WH)
    shade = 0.78 + 0.2 * np.exp(-(((x - 280) / 34) ** 2))
    layer.lay(opening, np.asarray(shade[..., None] * np.asarray(look.inner_colour), np.float32))
    for side in (1, -1):
        outline = _sided([(half, 22), (half + 46, 66), (half + 30, 150), (6, depth + 4)], side)
        lapel = fill(outline, BODY_SIZE_WH, feather=1, rounds=1) * torso
        layer.shade(1 - 0.35 * np.asarray(cv2.GaussianBlur(lapel, (0, 0), 4), np.float32))
        layer.lay(lapel, _times(look.colour, 1.08 if side == 1 else 1.0))


def _lay_coat(layer: Layer, look: BodyLook, torso: Plane) -> None:
    _lay_open_front(layer, look, torso, 250, 50)
    edge = stroke([(284, 250), (290, 450), (296, 700)], BODY_SIZE_WH, 3) * torso
    layer.shade(1 - 0.5 * edge)
    for y in (300.0, 390.0, 480.0):
        button = fill(_circle(304, y, 8), BODY_SIZE_WH, feather=0.8)
        layer.lay(button, _times(look.colour, 0.45))
    for side in (1, -1):
        pocket = stroke(_sided([(70, 470), (118, 452)], side), BODY_SIZE_WH, 4)
        layer.shade(1 - 0.4 * pocket * torso)


def _lay_jumper(layer: Layer, look: BodyLook, torso: Plane) -> None:
    neckline = stroke([(226, 26), (246, 70), (314, 70), (334, 26)], BODY_SIZE_WH, 17, rounds=3)
    layer.shade(1 - 0.3 * np.roll(neckline, 5, axis=0) * torso)
    layer.lay(neckline * torso, _times(look.colour, 0.86))
    for side in (1, -1):
        cord = stroke(_sided([(26, 78), (30, 130), (24, 178)], side), BODY_SIZE_WH, 4)
        layer.lay(cord * torso, _times(look.inner_colour, 0.95))
    pocket = stroke([(196, 560), (226, 440), (334, 440), (364, 560)], BODY_SIZE_WH, 3, rounds=1)
    layer.shade(1 - 0.32 * pocket * torso)


def _lay_puffer(layer: Layer, look: BodyLook, torso: Plane) -> None:
    """Quilt the whole jacket: each seam dark, each pad lit on its upper half."""
    x, y = grid(BODY_SIZE_WH)
    bowed = y + 14 * np.cos((x - 280) / 95)
    pad = np.mod(bowed - 96, 62) / 62
    shade = 0.8 + 0.34 * np.sin(np.pi * np.clip(pad, 0, 1)) ** 0.7 - 0.16 * pad
    is_quilted = smoothstep(84, 98, bowed)
    layer.shade(np.asarray(1 + (shade - 1) * is_quilted, np.float32))
    zipper = stroke([(280, 60), (280, 720)], BODY_SIZE_WH, 7) * torso
    layer.lay(zipper, _times(look.colour, 0.4))
    collar = fill(mirrored([(280, 34), (330, 8), (346, 58), (280, 92)], 280), BODY_SIZE_WH)
    layer.shade(1 - 0.35 * np.roll(collar, 6, axis=0) * torso)
    layer.lay(collar * _collar_light(), _times(look.colour, 0.92))


def _collar_light() -> Plane:
    x, _ = grid(BODY_SIZE_WH)
    ones = np.ones((BODY_SIZE_WH[1], 1), np.float32)
    return np.asarray(ones * (0.9 + 0.1 * np.exp(-(((x - 280) / 30) ** 2))), np.float32)


def _lay_blazer(layer: Layer, look: BodyLook, torso: Plane) -> None:
    _lay_open_front(layer, look, torso, 330, 46)
    for side in (1, -1):
        collar = fill(_sided([(4, 60), (48, 14), (58, 62), (30, 104)], side), BODY_SIZE_WH, 0.8, 0)
        layer.shade(1 - 0.2 * np.roll(collar, 4, axis=0) * torso)
        layer.lay(collar * torso, (238, 238, 236))
    tie = fill([(266, 66), (294, 66), (290, 96), (304, 270), (280, 320), (256, 270), (270, 96)],
               BODY_SIZE_WH, 0.8, 1)  # fmt: skip
    layer.lay(tie * torso, _times(look.trousers, 0.9))
    edge = stroke([(284, 330), (288, 450), (300, 700)], BODY_SIZE_WH, 3) * torso
    layer.shade(1 - 0.5 * edge)


def _lay_bag(layer: Layer, torso: Plane) -> None:
    strap = stroke([(140, 96), (230, 300), (380, 560)], BODY_SIZE_WH, 20, rounds=2) * torso
    layer.shade(1 - 0.35 * np.asarray(cv2.GaussianBlur(strap, (0, 0), 5), np.float32))
    layer.lay(strap, (48, 58, 74))


def _lay_scarf(layer: Layer, colour: Colour, noise: Plane) -> None:
    cover = fill(mirrored([(280, 48), (330, 36), (356, 62), (346, 102), (280, 124)], 280),
                 BODY_SIZE_WH, 1.5)  # fmt: skip
    tail = fill([(296, 90), (340, 84), (356, 330), (312, 336)], BODY_SIZE_WH, 1.5, 1)
    x, y = grid(BODY_SIZE_WH)
    for piece, tilt in ((tail, 0.05), (cover, 0.5)):
        layer.shade(1 - 0.4 * np.asarray(cv2.GaussianBlur(piece, (0, 0), 7), np.float32))
        folds = 0.12 * np.sin((y + tilt * np.abs(x - 280)) / (7 if tilt > 0.1 else 90) + x / 40)
        shade = (0.55 + 0.45 * bulge(piece, 24)) * (1 + folds + 0.04 * noise)
        layer.lay(piece, np.asarray(shade[..., None] * np.asarray(colour, np.float32), np.float32))


def _sided(points: list[Point], side: int) -> list[Point]:
    """Give points, measured from the body's middle, on its right (1) or left (-1) side."""
    return [(NECK[0] + side * x, y) for x, y in points]


def _circle(x: float, y: float, radius: float) -> list[Point]:
    angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    return [(x + radius * float(np.cos(a)), y + radius * float(np.sin(a))) for a in angles]


def _times(colour: Colour, factor: float) -> Colour:
    blue, green, red = (min(255.0, channel * factor) for channel in colour)
    return blue, green, red


_TORSO: list[Point] = [
    (280.0, 66.0), (318, 56), (336, 26), (392, 60), (446, 84), (474, 118), (462, 200), (436, 300),
    (424, 420), (430, 540), (440, 690), (280, 700),
]  # fmt: skip
_ARM: list[Point] = [
    (160.0, 78.0), (196, 100), (214, 160), (226, 280), (232, 400), (226, 520), (220, 590),
    (184, 592), (178, 520), (170, 400), (156, 280), (140, 160),
]  # fmt: skip
_HAND: list[Point] = [(186.0, 575.0), (220, 575), (224, 630), (206, 662), (188, 632)]
_HAND_COLOUR: Colour = (132, 156, 200)
_CUFF: list[Point] = [(176.0, 570.0), (200, 575), (228, 568)]
_DETAILS = {
    Garment.COAT: _lay_coat,
    Garment.JUMPER: _lay_jumper,
    Garment.PUFFER: _lay_puffer,
    Garment.BLAZER: _lay_blazer,
}
