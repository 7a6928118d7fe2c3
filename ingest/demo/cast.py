"""Choose how people look: heads, clothes and masks, from short lists by lot.

Clothes come from a fixed wardrobe, so that the painted sprites are few and kept.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ingest.demo.bodies import BodyLook, Garment, paint_body
from ingest.demo.heads import Hair, HeadLook, paint_head
from ingest.demo.masks import OFF, MaskKind, MaskLook
from ingest.demo.portraits import ASTRONAUT, HOPPER
from ingest.demo.shapes import Colour
from ingest.demo.sprites import Levels

PULL_STEPS = 6
"""Between two positions a mask is painted at this many steps."""


@dataclass(frozen=True, slots=True)
class Person:
    """How one person looks; the mask is the one they own, worn or not."""

    head: HeadLook
    body: BodyLook
    mask: MaskLook
    stature_m: float


def draw_person(rng: np.random.Generator) -> Person:
    """Draw a person by lot."""
    head = HEADS[int(rng.integers(len(HEADS)))]
    return Person(
        head=head,
        body=WARDROBE[int(rng.integers(len(WARDROBE)))],
        mask=MASKS[int(rng.integers(len(MASKS)))],
        stature_m=float(rng.uniform(1.6, 1.82)),
    )


def head_levels(person: Person, pull: float) -> Levels:
    """Give a person's head with the mask at the nearest painted step; kept for a while."""
    if pull >= OFF:
        return _head_levels(person.head, None, 0)
    return _head_levels(person.head, person.mask, round(pull * PULL_STEPS))


@lru_cache(maxsize=16)
def body_levels(body: BodyLook) -> Levels:
    """Give a body; all of the wardrobe is kept."""
    return Levels.of(paint_body(body))


@lru_cache(maxsize=128)
def _head_levels(head: HeadLook, mask: MaskLook | None, step: int) -> Levels:
    return Levels.of(paint_head(head, mask, step / PULL_STEPS))


_BROWN: Colour = (46, 66, 96)
_DARK: Colour = (34, 36, 42)
_BLOND: Colour = (104, 140, 172)
_AUBURN: Colour = (46, 60, 100)
_GREY: Colour = (150, 154, 156)
_WHITE: Colour = (192, 196, 198)
_NAVY: Colour = (84, 58, 40)
_WINE: Colour = (52, 40, 112)
_MOSS: Colour = (58, 88, 76)

HEADS: tuple[HeadLook, ...] = (
    HeadLook(ASTRONAUT, Hair.OWN, _BLOND, _NAVY, 1.0, 1.0, False, 1),
    HeadLook(ASTRONAUT, Hair.OWN, _DARK, _NAVY, 0.74, 1.05, True, 2),
    HeadLook(ASTRONAUT, Hair.OWN, _AUBURN, _NAVY, 0.96, 1.02, False, 3),
    HeadLook(ASTRONAUT, Hair.OWN, (122, 126, 128), _NAVY, 0.92, 1.0, True, 4),
    HeadLook(ASTRONAUT, Hair.OWN, _BROWN, _NAVY, 0.84, 1.03, True, 5),
    HeadLook(ASTRONAUT, Hair.BEANIE, _DARK, _WINE, 0.8, 1.04, False, 6),
    HeadLook(ASTRONAUT, Hair.BEANIE, _BROWN, _MOSS, 1.0, 1.0, True, 7),
    HeadLook(HOPPER, Hair.SHORT, _GREY, _NAVY, 1.0, 1.0, False, 8),
    HeadLook(HOPPER, Hair.BOB, _WHITE, _NAVY, 1.05, 1.0, True, 9),
    HeadLook(HOPPER, Hair.SHORT, _BROWN, _NAVY, 0.8, 1.03, True, 10),
    HeadLook(HOPPER, Hair.BOB, _DARK, _NAVY, 0.88, 1.0, False, 11),
    HeadLook(HOPPER, Hair.BEANIE, _GREY, _NAVY, 0.96, 1.0, False, 12),
)
WARDROBE: tuple[BodyLook, ...] = (
    BodyLook(Garment.COAT, (74, 62, 54), (200, 204, 208), (58, 52, 48), (64, 78, 168), False, 1),
    BodyLook(Garment.COAT, (128, 158, 184), (220, 222, 222), (70, 62, 58), None, True, 2),
    BodyLook(Garment.COAT, (56, 54, 56), (90, 70, 120), (50, 46, 44), (150, 160, 160), False, 3),
    BodyLook(Garment.JUMPER, (88, 112, 62), (214, 216, 216), (92, 70, 52), None, True, 4),
    BodyLook(Garment.JUMPER, (150, 146, 140), (230, 230, 230), (84, 64, 48), None, False, 5),
    BodyLook(Garment.JUMPER, (62, 132, 200), (236, 236, 232), (70, 60, 54), None, False, 6),
    BodyLook(Garment.PUFFER, (54, 50, 152), (0, 0, 0), (74, 62, 52), None, False, 7),
    BodyLook(Garment.PUFFER, (120, 88, 48), (0, 0, 0), (60, 56, 54), None, True, 8),
    BodyLook(Garment.PUFFER, (64, 66, 62), (0, 0, 0), (88, 84, 78), (170, 140, 70), False, 9),
    BodyLook(Garment.BLAZER, (88, 62, 42), (236, 236, 236), (60, 40, 120), None, False, 10),
    BodyLook(Garment.BLAZER, (100, 98, 94), (232, 228, 218), (90, 50, 36), None, False, 11),
)  # fmt: skip
_SURGICAL = MaskLook(MaskKind.SURGICAL, (214, 186, 146))
_RESPIRATOR = MaskLook(MaskKind.RESPIRATOR, (236, 238, 238))
MASKS: tuple[MaskLook, ...] = (
    _SURGICAL,
    _SURGICAL,
    _RESPIRATOR,
    _RESPIRATOR,
    MaskLook(MaskKind.SURGICAL, (178, 196, 158)),
    MaskLook(MaskKind.CLOTH, (46, 44, 44)),
    MaskLook(MaskKind.CLOTH, (110, 82, 56)),
    MaskLook(MaskKind.DOTTED, (116, 70, 54), (224, 226, 228)),
    MaskLook(MaskKind.CHECKED, (74, 76, 172), (222, 224, 232)),
)
