"""Make faces of a wanted label from other faces: put masks on, pull them down, add things.

See transplant.py for what is pasted in the same way for every label.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.types import LABELS, Image, Label
from models.training.augment import has_colour, to_grey
from models.training.cutouts import turn_of
from models.training.masks import Worn, draw_clutter, draw_hand, draw_mask, draw_thing
from models.training.samples import Sample
from models.training.sources import BySource
from models.training.transplant import (
    Wardrobe,
    lower_face,
    paste_skin,
    stand_before,
    upper_face,
)

CLUTTER_SHARE = 0.1
"""How often a patch that means nothing is drawn as well."""
DRAWN_SHARE = 0.3
"""Of the masks that are put on, how many are drawn; the others are cut from photographs."""
CHIN_SHARE = 0.35
"""Of the badly worn masks, how many are on the chin."""

TURNED_SHARE = 0.35
"""How often a face that looks aside is looked for."""


class Posed(NamedTuple):
    """A sample whose landmarks are known, (5, 2)."""

    sample: Sample
    landmarks: NDArray[np.float32]

    @property
    def turn(self) -> float:
        return abs(turn_of(self.landmarks))


class Dresser:
    """Dresses bare and masked faces that have landmarks."""

    def __init__(self, samples: Sequence[Sample], wardrobe: Wardrobe) -> None:
        self._bare = _PosedFaces(_with_landmarks(samples, Label.NO_MASK))
        self._masked = _PosedFaces(_with_landmarks(samples, Label.MASK))
        self._wardrobe = wardrobe

    def can_show(self, label: Label) -> bool:
        """Every label can be made from bare faces."""
        return bool(self._bare)

    def show(self, label: Label, rng: np.random.Generator) -> Sample:
        """Make a face of that label; the sample's pixels are new."""
        choice = rng.random()
        if label is Label.MASK:
            face, pixels = self._mask(choice, rng)
        elif label is Label.INCORRECT_MASK:
            face, pixels = self._incorrect(choice, rng)
        else:
            face, pixels = self._bare_face(choice, rng)
        if rng.random() < CLUTTER_SHARE:
            pixels = draw_clutter(pixels, face.landmarks, rng)
        if not has_colour(face.sample.pixels):
            pixels = np.asarray(to_grey(pixels), np.uint8)
        return replace(face.sample, pixels=pixels, label=LABELS.index(label))

    def _mask(self, choice: float, rng: np.random.Generator) -> tuple[Posed, Image]:
        """A mask put on properly, over bare skin or over a mask, or new skin above a mask."""
        if self._masked and choice < 0.35:
            masked = self._masked.pick(rng)
            if choice > 0.25:
                return masked, self._hide(masked, rng.uniform(1.0, 1.6), rng)
            if choice < 0.1:
                return masked, self._put_on(masked, Worn.PROPERLY, rng)
            edge = rng.uniform(0.1, 0.28)
            return masked, self._paste(masked, upper_face(edge, rng), rng)
        bare = self._bare.pick(rng)
        return bare, self._put_on(bare, Worn.PROPERLY, rng)

    def _incorrect(self, choice: float, rng: np.random.Generator) -> tuple[Posed, Image]:
        """A mask put on below the nose or on the chin, or a nose bared above a mask."""
        if self._masked and choice < 0.2:
            masked = self._masked.pick(rng)
            return masked, self._paste(masked, upper_face(rng.uniform(0.7, 1.0), rng), rng)
        bare = self._bare.pick(rng)
        # In a tight crop a mask on the chin would lie outside.
        on_chin = shows_chin(bare.sample) and rng.random() < CHIN_SHARE
        return bare, self._put_on(bare, Worn.ON_THE_CHIN if on_chin else Worn.BELOW_THE_NOSE, rng)

    def _bare_face(self, choice: float, rng: np.random.Generator) -> tuple[Posed, Image]:
        """A bare face behind a hand, with some thing, or with another one's mouth and chin."""
        bare = self._bare.pick(rng)
        if choice < 0.2:
            return bare, draw_hand(bare.sample.pixels, bare.landmarks, rng)
        if choice < 0.45:
            return bare, draw_thing(bare.sample.pixels, bare.landmarks, rng)
        if choice < 0.7:
            return bare, self._hide(bare, rng.uniform(0.5, 1.4), rng)
        outline = lower_face(rng) if choice < 0.9 else upper_face(rng.uniform(0.2, 1.0), rng)
        return bare, self._paste(bare, outline, rng)

    def _put_on(self, face: Posed, worn: Worn, rng: np.random.Generator) -> Image:
        if not len(self._wardrobe) or rng.random() < DRAWN_SHARE:
            return draw_mask(face.sample.pixels, face.landmarks, worn, rng)
        return self._wardrobe.wear(face.sample.pixels, face.landmarks, worn, rng)

    def _paste(self, face: Posed, outline: NDArray[np.float32], rng: np.random.Generator) -> Image:
        giver = self._giver(face, rng)
        target = (face.sample.pixels, face.landmarks)
        return paste_skin(*target, giver.sample.pixels, giver.landmarks, outline, rng)

    def _hide(self, face: Posed, edge: float, rng: np.random.Generator) -> Image:
        other = self._giver(face, rng).sample.pixels
        return stand_before(face.sample.pixels, face.landmarks, other, edge, rng)

    def _giver(self, face: Posed, rng: np.random.Generator) -> Posed:
        """A bare face, in colour if that is what the other is; one of the first few will do."""
        is_coloured = has_colour(face.sample.pixels)
        for _ in range(4):
            giver = self._bare.pick(rng)
            if has_colour(giver.sample.pixels) == is_coloured:
                break
        return giver


class _PosedFaces:
    """Faces with landmarks, picked by source."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self._faces = BySource(samples)

    def __bool__(self) -> bool:
        return bool(self._faces)

    def pick(self, rng: np.random.Generator) -> Posed:
        """Pick a face; now and then the most turned of a few, for most look straight ahead."""
        if rng.random() < TURNED_SHARE:
            return max((self._pick(rng) for _ in range(4)), key=lambda face: face.turn)
        return self._pick(rng)

    def _pick(self, rng: np.random.Generator) -> Posed:
        sample = self._faces.pick(rng)
        if sample.landmarks is None:
            raise ValueError("a face without landmarks cannot be dressed")
        return Posed(sample, sample.landmarks)


def shows_chin(sample: Sample) -> bool:
    """Say whether the chin, and a mask pulled down to it, is in the picture."""
    if sample.landmarks is None:
        return False
    eyes, mouth = sample.landmarks[:2].mean(axis=0), sample.landmarks[3:].mean(axis=0)
    chin = eyes + 1.9 * (mouth - eyes)
    return bool(0 <= chin[0] < sample.pixels.shape[1] and chin[1] < sample.pixels.shape[0])


def _with_landmarks(samples: Sequence[Sample], label: Label) -> list[Sample]:
    return [s for s in samples if LABELS[s.label] is label and s.landmarks is not None]
