"""Cut heads out of the portraits and dress them: skin tone, hair, hat, mask.

Every head is painted on one canvas of the same measure: eyes at EYES_Y, chin at
CHIN_Y, so that masks, hair and bodies fit whatever portrait is below. One metre
is UNITS_PER_METRE of these units.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.demo.masks import MaskLook, paint_mask
from ingest.demo.portraits import Landmarks, Outline, Point, Portrait, read_portrait
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
)

HEAD_SIZE_WH = (320, 420)
MIDDLE_X = 160.0
EYES_Y = 200.0
CHIN_Y = 300.0
UNITS_PER_METRE = 900.0
"""From the eyes to the chin is 100 units, about 11 cm on an adult."""


class Hair(StrEnum):
    """What is on top; OWN is the portrait's hair, and only some portraits have it."""

    OWN = "own"
    SHORT = "short"
    BOB = "bob"
    BEANIE = "beanie"


@dataclass(frozen=True, slots=True)
class HeadLook:
    """How one person's head differs from its portrait.

    skin_light: factor of the skin's brightness; skin_warmth: factor of red over
    blue; hair_colour, hat_colour: BGR; is_mirrored flips it left to right.
    """

    portrait: Portrait
    hair: Hair
    hair_colour: Colour
    hat_colour: Colour
    skin_light: float
    skin_warmth: float
    is_mirrored: bool
    seed: int


@dataclass(frozen=True, slots=True)
class _Cut:
    """A portrait on the canvas: paint, what is kept, how much of it is skin."""

    paint: Paint
    cover: Plane
    skin: Plane
    landmarks: Landmarks
    neck_colour: Colour


def face_box_on_canvas(portrait: Portrait) -> tuple[float, float, float, float]:
    """Give the face's box, xyxy in canvas units."""
    x1, y1, x2, y2 = portrait.face_box
    left, top = _to_canvas(portrait, (x1, y1))
    right, bottom = _to_canvas(portrait, (x2, y2))
    return left, top, right, bottom


def paint_head(look: HeadLook, mask: MaskLook | None, pull: float) -> NDArray[np.uint8]:
    """Paint a head from behind to the front: back hair, neck, face, mask, hair or hat.

    pull: how far the mask has been pulled down; see masks.paint_mask.
    Returns (420, 320, 4) uint8, BGR multiplied by its cover, and the cover.
    """
    cut = _cut(look.portrait)
    layer = Layer(HEAD_SIZE_WH)
    _lay_back_hair(layer, look)
    _lay_neck(layer, cut, look)
    layer.lay(cut.cover, _tinted(cut, look))
    if mask is not None:
        paint_mask(layer, cut.landmarks, mask, pull)
    _lay_front_hair(layer, look)
    sprite = layer.sprite()
    return np.ascontiguousarray(sprite[:, ::-1]) if look.is_mirrored else sprite


@lru_cache(maxsize=4)
def _cut(portrait: Portrait) -> _Cut:
    scale = _scale(portrait)
    left, top = _to_canvas(portrait, (0, 0))
    matrix = np.array([[scale, 0, left], [0, scale, top]], np.float64)
    picture = _softened(read_portrait(portrait), scale)
    paint = cv2.warpAffine(
        picture, matrix, HEAD_SIZE_WH, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    skin = fill(_outline(portrait, portrait.skin), HEAD_SIZE_WH, feather=3)
    return _Cut(
        paint=_muted(paint.astype(np.float32), portrait.saturation),
        cover=fill(_outline(portrait, portrait.head), HEAD_SIZE_WH, feather=1.2, rounds=2),
        skin=skin,
        landmarks=_landmarks_on_canvas(portrait),
        neck_colour=_patch_colour(portrait),
    )


def _softened(picture: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """Blur before shrinking, so that hair does not flicker."""
    if scale >= 1:
        return picture
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.35 / scale), np.uint8)


def _muted(paint: Paint, saturation: float) -> Paint:
    """Mix with grey; saturation 1 changes nothing."""
    grey = (paint @ np.array([0.114, 0.587, 0.299], np.float32))[..., None]
    return np.clip(grey + (paint - grey) * np.float32(saturation), 0, 255)


def _patch_colour(portrait: Portrait) -> Colour:
    x1, y1, x2, y2 = portrait.cheek_patch
    patch = read_portrait(portrait)[y1:y2, x1:x2].astype(np.float32)
    patch = _muted(patch, portrait.saturation).reshape(-1, 3)
    blue, green, red = np.median(patch, axis=0)
    return float(blue), float(green), float(red)


def _tinted(cut: _Cut, look: HeadLook) -> Paint:
    """Change skin and hair each by its own colour."""
    skin = _skin_tone(cut.paint, look)
    if not look.portrait.has_own_hair:
        return skin
    hair = _dyed(cut.paint, look.hair_colour)
    share = cut.skin[..., None]
    return np.asarray(skin * share + hair * (1 - share), np.float32)


def _skin_tone(paint: Paint, look: HeadLook) -> Paint:
    """Darken by a power, so that highlights stay, and shift from blue to red."""
    power = 1 / look.skin_light
    dark = 255 * np.power(np.clip(paint / 255, 0, 1), power)
    warmth = np.array([1 / look.skin_warmth, 1.0, look.skin_warmth], np.float32)
    return np.asarray(np.clip(dark * warmth, 0, 255), np.float32)


def _dyed(paint: Paint, colour: Colour) -> Paint:
    """Keep the strands' light and dark, and take the colour."""
    grey = np.asarray(paint @ np.array([0.114, 0.587, 0.299], np.float32), np.float32)
    # 105 is the mean of the hair of the one portrait that keeps its own.
    light = np.minimum((grey / 105) ** 0.8, 1.5)
    dyed = light[..., None] * np.asarray(colour, np.float32)
    return np.asarray(np.clip(dyed, 0, 255), np.float32)


def _lay_neck(layer: Layer, cut: _Cut, look: HeadLook) -> None:
    """Draw a neck down into the collar, dark below the chin, round to its sides."""
    half = [(208.0, 262.0), (206, 320), (212, 360), (232, 400), (250, 420)]
    cover = fill(mirrored(half, MIDDLE_X), HEAD_SIZE_WH, feather=1.5)
    x, y = grid(HEAD_SIZE_WH)
    round_off = 1 - 0.45 * np.clip(np.abs(x - MIDDLE_X) / 52, 0, 1) ** 3
    under_chin = 0.58 + 0.3 * smoothstep(295, 370, y)
    skin = np.broadcast_to(np.asarray(cut.neck_colour, np.float32), (*cover.shape, 3))
    paint = _skin_tone(np.ascontiguousarray(skin), look)
    layer.lay(cover, np.asarray(paint * (round_off * under_chin)[..., None], np.float32))


def _lay_back_hair(layer: Layer, look: HeadLook) -> None:
    """Put the hair that falls behind the ears."""
    if look.hair not in _BACK_HAIR:
        return
    cover = fill(mirrored(_BACK_HAIR[look.hair], MIDDLE_X), HEAD_SIZE_WH, feather=1.5, rounds=3)
    layer.lay(cover, _hair_paint(look, cover) * np.float32(0.62))


def _lay_front_hair(layer: Layer, look: HeadLook) -> None:
    """Put the hair over the brow, or a hat."""
    if look.hair == Hair.BEANIE:
        _lay_beanie(layer, look)
    elif look.hair != Hair.OWN:
        cover = fill(_fringed(look), HEAD_SIZE_WH, feather=1.6, rounds=3)
        _lay_cast_shadow(layer, cover)
        layer.lay(cover, _hair_paint(look, cover))


def _lay_cast_shadow(layer: Layer, cover: Plane) -> None:
    """Let a fringe or a brim shade the brow below it."""
    lowered = np.roll(cover, 5, axis=0)
    layer.shade(1 - np.float32(0.35) * np.asarray(cv2.GaussianBlur(lowered, (0, 0), 4), np.float32))


def _fringed(look: HeadLook) -> Outline:
    """Outline the front hair: a dome above, a parted fringe below."""
    side = 214.0 if look.hair == Hair.SHORT else 262.0
    return (
        (160, 84), (194, 90), (222, 108), (240, 138), (247, 176), (247, side), (234, side + 8),
        (228, 205), (221, 182), (206, 170), (186, 164), (160, 160), (136, 157), (118, 163),
        (104, 176), (95, 196), (90, side + 8), (78, side), (75, 178), (81, 138), (99, 108),
        (127, 90),
    )  # fmt: skip


def _hair_paint(look: HeadLook, cover: Plane) -> Paint:
    """Draw strands that fan out from the parting, shiny on top and dark at the edge."""
    x, y = grid(HEAD_SIZE_WH)
    part_x, part_y = 138.0, 70.0
    angle = np.arctan2(x - part_x, y - part_y + 1e-3)
    radius = np.hypot(x - part_x, y - part_y)
    strands = _strands(look.seed, angle, radius)
    shine = 0.35 * np.exp(-(((radius - 62) / 26) ** 2))
    shade = (0.7 + 0.3 * bulge(cover, 26)) * (0.94 + 0.2 * strands + shine)
    return np.asarray(
        np.clip(shade[..., None] * np.asarray(look.hair_colour, np.float32), 0, 255), np.float32
    )


def _strands(seed: int, angle: Plane, radius: Plane) -> Plane:
    """Draw 1440 shades around the parting, each strand a little wavy."""
    rng = np.random.default_rng(seed)
    coarse = np.repeat(rng.standard_normal(160), 9)
    shades = np.convolve(0.35 * coarse + rng.standard_normal(1440), np.full(3, 1 / 3), "same")
    turned = (angle + 0.06 * np.sin(radius / 23) + np.pi) / (2 * np.pi) * 1439
    return np.asarray(np.interp(turned, np.arange(1440), shades), np.float32)


def _lay_beanie(layer: Layer, look: HeadLook) -> None:
    """Knit a hat: ribs that follow the dome, and a cuff."""
    dome = fill(mirrored(_BEANIE, MIDDLE_X), HEAD_SIZE_WH, feather=1.2, rounds=3)
    cuff = fill(mirrored(_CUFF, MIDDLE_X), HEAD_SIZE_WH, feather=1.2, rounds=2)
    _lay_cast_shadow(layer, cuff)
    layer.lay(dome, _knit(look, dome, 0.9))
    layer.shade(1 - np.float32(0.3) * np.roll(cuff, -4, axis=0) * (1 - cuff))
    layer.lay(cuff, _knit(look, cuff, 1.05))


def _knit(look: HeadLook, cover: Plane, light: float) -> Paint:
    x, y = grid(HEAD_SIZE_WH)
    across = np.arcsin(np.clip((x - MIDDLE_X) / 95, -1, 1))
    ribs = np.sin(across * 34) * 0.1
    noise = 0.05 * soft_noise(np.random.default_rng(look.seed), HEAD_SIZE_WH, (0.8, 0.8))
    shade = light * (0.62 + 0.42 * bulge(cover, 34)) * (1 + ribs + noise - (y - 120) / 900)
    return np.asarray(
        np.clip(shade[..., None] * np.asarray(look.hat_colour, np.float32), 0, 255), np.float32
    )


def _scale(portrait: Portrait) -> float:
    landmarks = portrait.landmarks
    return (CHIN_Y - EYES_Y) / (landmarks.chin[1] - landmarks.eyes_y)


def _to_canvas(portrait: Portrait, point: Point) -> Point:
    scale, landmarks = _scale(portrait), portrait.landmarks
    return (
        (point[0] - landmarks.middle_x) * scale + MIDDLE_X,
        (point[1] - landmarks.eyes_y) * scale + EYES_Y,
    )


def _outline(portrait: Portrait, outline: Outline) -> Outline:
    return tuple(_to_canvas(portrait, point) for point in outline)


def _landmarks_on_canvas(portrait: Portrait) -> Landmarks:
    found = portrait.landmarks
    return replace(
        found,
        eyes_y=EYES_Y,
        middle_x=MIDDLE_X,
        bridge=_to_canvas(portrait, found.bridge),
        nose_tip=_to_canvas(portrait, found.nose_tip),
        mouth=_to_canvas(portrait, found.mouth),
        chin=_to_canvas(portrait, found.chin),
        cheek_left=_to_canvas(portrait, found.cheek_left),
        cheek_right=_to_canvas(portrait, found.cheek_right),
        jaw_left=_to_canvas(portrait, found.jaw_left),
        jaw_right=_to_canvas(portrait, found.jaw_right),
        loop_left=_to_canvas(portrait, found.loop_left),
        loop_right=_to_canvas(portrait, found.loop_right),
    )


_BACK_HAIR: dict[Hair, list[Point]] = {
    Hair.SHORT: [(160.0, 90.0), (225, 110), (243, 160), (244, 225), (226, 270), (160, 280)],
    Hair.BOB: [
        (160.0, 90.0),
        (228, 108),
        (250, 160),
        (256, 250),
        (248, 312),
        (205, 326),
        (160, 320),
    ],
}
_BEANIE: list[Point] = [(160.0, 66.0), (200, 72), (232, 96), (250, 132), (254, 168), (160, 168)]
_CUFF: list[Point] = [
    (160.0, 128.0),
    (210, 131),
    (250, 139),
    (258, 156),
    (256, 182),
    (215, 172),
    (160, 168),
]
