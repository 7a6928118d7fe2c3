"""Put real cloth, and real skin, from one face onto another.

Whatever is pasted must not give the label away: masks are pasted where they
belong as often as below the nose, skin is pasted onto bare faces, and onto
masked ones it bares a nose or not. So only the place of cloth and skin tells.
"""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from core.types import Image
from models.training.cutouts import Cutout, skin_of, turn_of
from models.training.masks import FaceFrame, Worn, coarse_light, draw_ear_loops, fill_outline
from models.training.patches import PATCH_SIDE, Placement, flatten, lay, to_patch

NEAREST_TURNS = 40
"""A cut-out is drawn among so many whose wearers look the same way."""


class Wardrobe:
    """Cut-outs to be worn."""

    def __init__(self, cutouts: Sequence[Cutout]) -> None:
        self._cutouts = list(cutouts)
        self._turns = np.asarray([abs(cutout.turn) for cutout in cutouts], np.float32)

    def __len__(self) -> int:
        return len(self._cutouts)

    def wear(
        self, pixels: Image, landmarks: NDArray[np.float32], worn: Worn, rng: np.random.Generator
    ) -> Image:
        """Put a mask on a face; returns a new picture."""
        turn = turn_of(landmarks)
        nearest = np.argsort(np.abs(self._turns - abs(turn)))[:NEAREST_TURNS]
        cutout = self._cutouts[nearest[rng.integers(len(nearest))]]
        placement = place_mask(cutout, worn, rng)
        if min(abs(cutout.turn), abs(turn)) > 0.05:
            placement = replace(placement, mirrored=cutout.turn * turn < 0)
        return wear_cutout(pixels, landmarks, cutout, placement, rng)


def place_mask(cutout: Cutout, worn: Worn, rng: np.random.Generator) -> Placement:
    """Draw where a mask's edges come to lie."""
    top = rng.uniform(*EDGES[worn][0])
    bottom = rng.uniform(*EDGES[worn][1])
    if worn is Worn.ON_THE_CHIN:
        bottom = top + rng.uniform(0.35, 1.0)  # pulled down, it is folded or rolled up
    return Placement(
        top=cutout.top,
        bottom=cutout.bottom,
        new_top=top,
        new_bottom=bottom,
        sides=1.0 if worn is Worn.PROPERLY else rng.uniform(0.25, 1.0),
        tilt=float(rng.normal(0, 0.05)),
        width=rng.uniform(0.92, 1.12),
        mirrored=bool(rng.random() < 0.5),
    )


EDGES = {
    Worn.PROPERLY: ((0.08, 0.42), (1.7, 2.05)),
    Worn.BELOW_THE_NOSE: ((0.6, 1.02), (1.75, 2.3)),
    Worn.ON_THE_CHIN: ((1.2, 1.55), (1.9, 2.4)),
}
"""Upper and lower edge in the middle of the face (v)."""


def wear_cutout(
    pixels: Image,
    landmarks: NDArray[np.float32],
    cutout: Cutout,
    placement: Placement,
    rng: np.random.Generator,
) -> Image:
    """Put one cut-out onto a face in the face's light, with a shadow and ear loops."""
    frame = FaceFrame.of(landmarks)
    light = _half_of_the_colour(_light_between(cutout.skin, pixels, landmarks))
    cloth = _dye(cutout.pixels, light ** np.float32(rng.uniform(0.3, 1.0)), rng)
    patch = np.dstack([cloth, cutout.cover])
    laid = lay(patch, frame, placement, (pixels.shape[1], pixels.shape[0]))
    cover = _soften(laid[:, :, 3], rng)
    shaded = _shade_sides(laid[:, :, :3].astype(np.float32), pixels, frame)
    skin = _cast_shadow(pixels.astype(np.float32), cover, frame, rng)
    result = np.clip(skin * (1 - cover) + shaded * cover, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        draw_ear_loops(result, frame, cover, rng)
    return result


def paste_skin(
    pixels: Image,
    landmarks: NDArray[np.float32],
    giver: Image,
    giver_landmarks: NDArray[np.float32],
    outline_uv: NDArray[np.float32],
    rng: np.random.Generator,
) -> Image:
    """Replace what an outline (n, 2) of a face shows by the same place of another face."""
    frame = FaceFrame.of(landmarks)
    patch = flatten(giver, giver_landmarks)
    light = _light_between(skin_of(giver, giver_landmarks), pixels, landmarks)
    coloured = np.clip(patch * light, 0, 255).astype(np.uint8)
    cover = np.zeros((PATCH_SIDE, PATCH_SIDE), np.uint8)
    points = (to_patch(outline_uv) * 16).round().astype(np.int32)
    cv2.fillPoly(cover, [points], 255, cv2.LINE_AA, shift=4)
    cover = np.asarray(cv2.GaussianBlur(cover, (0, 0), rng.uniform(0.8, 2.0)), np.uint8)
    as_it_lies = Placement(0, 1, 0, 1)
    size_wh = (pixels.shape[1], pixels.shape[0])
    laid = lay(np.dstack([coloured, cover]), frame, as_it_lies, size_wh)
    share = laid[:, :, 3:].astype(np.float32) / 255
    mixed = pixels * (1 - share) + laid[:, :, :3] * share
    return np.clip(mixed, 0, 255).astype(np.uint8)


def stand_before(
    pixels: Image,
    landmarks: NDArray[np.float32],
    other: Image,
    edge: float,
    rng: np.random.Generator,
) -> Image:
    """Let another one's head or shoulder hide a face from an edge (v) down, or from one side."""
    frame = FaceFrame.of(landmarks)
    radius = rng.uniform(0.7, 1.6, 2)
    middle = np.asarray([rng.uniform(-0.8, 0.8), edge + radius[1]])
    if rng.random() < 0.3:
        middle = np.asarray([rng.choice([-1, 1]) * (0.25 + radius[0]), rng.uniform(0.3, 1.5)])
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    wobble = 1 + rng.normal(0, 0.04, 24)
    outline_uv = middle + np.stack([np.cos(angles), np.sin(angles)], 1) * radius * wobble[:, None]
    outline = frame.place(np.asarray(outline_uv, np.float32))
    cover = fill_outline(pixels.shape[:2], outline)
    light = np.float32((pixels.mean() + 10) / (other.mean() + 10) * rng.uniform(0.5, 1.1))
    size_wh = (pixels.shape[1], pixels.shape[0])
    hider = cv2.resize(other[::-1] if rng.random() < 0.5 else other, size_wh) * light
    return np.clip(pixels * (1 - cover) + hider * cover, 0, 255).astype(np.uint8)


def upper_face(edge: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Outline of the face from below the eyes down to an edge (v), as a mask's edge runs."""
    side, slope = rng.uniform(0.45, 0.95), rng.uniform(-0.25, 0.1)
    u = np.linspace(-side, side, 9, dtype=np.float32)
    lower = edge + slope * (u / side) ** 2 + rng.normal(0, 0.02, 9)
    upper = np.full(2, rng.uniform(-0.05, 0.1))
    lower = np.maximum(lower, upper[0] + 0.1)
    return np.asarray(
        np.concatenate([np.stack([u, lower], 1), np.stack([u[[-1, 0]], upper], 1)]), np.float32
    )


def lower_face(rng: np.random.Generator) -> NDArray[np.float32]:
    """Outline of what a mask would cover, or a part of it."""
    top, bottom = rng.uniform(0.2, 1.1), rng.uniform(1.5, 2.1)
    side = rng.uniform(0.6, 0.95)
    return np.asarray(
        [(-side, top + 0.15), (0, top), (side, top + 0.15), (0.85 * side, 1.4), (0.4, bottom),
         (-0.4, bottom), (-0.85 * side, 1.4)], np.float32,
    )  # fmt: skip


def _light_between(
    skin: NDArray[np.float32], pixels: Image, landmarks: NDArray[np.float32]
) -> NDArray[np.float32]:
    """What to multiply colours by, (3,), so that a giver's skin would look like the face's."""
    target = skin_of(pixels, landmarks)
    return np.asarray(np.clip((target + 8) / (skin + 8), 0.35, 2.2), np.float32)


def _half_of_the_colour(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Take the brightness, but half of the cast: the rest may be the skin's, not the light's."""
    grey = float(light.mean())
    return np.asarray(grey * np.sqrt(light / grey), np.float32)


def _dye(cloth: Image, light: NDArray[np.float32], rng: np.random.Generator) -> Image:
    """Light the cloth, and give it another colour now and then."""
    values = cloth.astype(np.float32)
    if rng.random() < 0.35:
        grey = values.mean(axis=2, keepdims=True)
        colour = rng.uniform(0.1, 1.0, 3) if rng.random() < 0.6 else np.full(3, rng.uniform(0.1, 1))
        keep = rng.uniform(0, 0.5)
        level = 255 / max(float(grey.mean()), 40.0)
        values = keep * values + (1 - keep) * grey * np.minimum(colour * level, 2.5)
    return np.asarray(np.clip(values * light, 0, 255), np.uint8)


def _soften(cover: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.float32]:
    sigma = rng.uniform(0.3, 1.0)
    return np.asarray(cv2.GaussianBlur(cover, (0, 0), sigma)[:, :, None] / 255.0, np.float32)


def _shade_sides(
    cloth: NDArray[np.float32], pixels: Image, frame: FaceFrame
) -> NDArray[np.float32]:
    """Let light from one side fall on the cloth as on the face."""
    grey = coarse_light(pixels)
    middle = frame.place(np.asarray([[0, 0.5]], np.float32))[0].round().astype(int)
    column = int(np.clip(middle[0], 0, grey.shape[1] - 1))
    row = int(np.clip(middle[1], 0, grey.shape[0] - 1))
    relative = (grey + 20) / (float(grey[row, column]) + 20)
    return np.asarray(cloth * np.clip(relative, 0.5, 1.4)[:, :, None] ** 0.5, np.float32)


def _cast_shadow(
    pixels: NDArray[np.float32],
    cover: NDArray[np.float32],
    frame: FaceFrame,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """Darken the skin along the cloth."""
    unit = float(np.linalg.norm(frame.down))
    near = cv2.GaussianBlur(cover[:, :, 0], (0, 0), max(0.5, unit * rng.uniform(0.02, 0.08)))
    return np.asarray(pixels * (1 - rng.uniform(0, 0.5) * near[:, :, None]), np.float32)
