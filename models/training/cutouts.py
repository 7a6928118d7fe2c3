"""Cut real masks out of well masked faces, to be worn by others.

Drawn masks look drawn; cloth from photographs carries over to real pictures
better. Few cut-outs must do no harm, so doubtful ones are thrown away.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.types import LABELS, Image, Label
from models.training.masks import FaceFrame
from models.training.patches import (
    PATCH_SIDE,
    PATCH_START_UV,
    PATCH_UNIT,
    flatten,
    inside,
    to_patch,
)
from models.training.samples import Sample

UNIT_MIN = 14.0
"""Pixels from eyes to mouth: a face of about 48; smaller cloth has no texture."""
EXPECTED_OUTLINE_UV = (
    (-0.75, 0.5), (-0.3, 0.35), (0, 0.3), (0.3, 0.35), (0.75, 0.5), (0.7, 1.3), (0.35, 1.65),
    (-0.35, 1.65), (-0.7, 1.3),
)  # fmt: skip
"""What every mask that is worn properly covers."""
BETWEEN_THE_EYES_UV = np.asarray(
    [(u, v) for u in (-0.15, -0.05, 0.05, 0.15) for v in (-0.1, -0.03, 0.04, 0.11)], np.float32
)


@dataclass(frozen=True, slots=True)
class Cutout:
    """A mask laid out flat.

    pixels: (PATCH_SIDE, PATCH_SIDE, 3) BGR; cover: (PATCH_SIDE, PATCH_SIDE)
    0 to 255; top and bottom: its edges in the middle of the face (v); turn:
    where its wearer looks, see turn_of; skin: colour between the eyes, (3,).
    """

    pixels: Image
    cover: NDArray[np.uint8]
    top: float
    bottom: float
    turn: float
    skin: NDArray[np.float32]


def cut_masks(samples: Sequence[Sample], limit: int = 1500) -> list[Cutout]:
    """Cut out the masks of at most `limit` large, properly masked faces."""
    cutouts = (cut_mask(sample) for sample in _donors(samples, limit))
    return [cutout for cutout in cutouts if cutout is not None]


def cut_mask(sample: Sample) -> Cutout | None:
    """Cut out one mask; None where its outline is not that of a mask."""
    if sample.landmarks is None:
        return None
    patch = flatten(sample.pixels, sample.landmarks)
    cover = _grab(patch, inside(sample.pixels, sample.landmarks))
    edges = _edges(cover)
    skin = skin_of(sample.pixels, sample.landmarks)
    if edges is None or not _is_plausible(patch, cover, edges, skin):
        return None
    # A little inside of the edge, else skin comes along.
    inner = cv2.erode(cover, np.ones((3, 3), np.uint8))
    soft = np.asarray(cv2.GaussianBlur(inner, (0, 0), 1.0), np.uint8)
    return Cutout(patch, soft, *edges, turn_of(sample.landmarks), skin)


def turn_of(landmarks: NDArray[np.float32]) -> float:
    """How far the nose is from the middle of the eyes, in eye distances; right is positive."""
    eyes, across = landmarks[:2].mean(axis=0), landmarks[1] - landmarks[0]
    breadth = max(float(across @ across), 1e-3)
    return float(np.clip((landmarks[2] - eyes) @ across / breadth, -1, 1))


def skin_of(pixels: Image, landmarks: NDArray[np.float32]) -> NDArray[np.float32]:
    """The middle colour between the eyes, bare whatever the mask, (3,) BGR."""
    points = FaceFrame.of(landmarks).place(BETWEEN_THE_EYES_UV)
    limits = [pixels.shape[1] - 1, pixels.shape[0] - 1]
    columns, rows = np.clip(points.round().astype(int), 0, limits).T
    return np.asarray(np.median(pixels[rows, columns].astype(np.float32), axis=0), np.float32)


def _donors(samples: Sequence[Sample], limit: int) -> list[Sample]:
    usable = [sample for sample in samples if _is_large_and_masked(sample)]
    return usable[:: max(1, -(-len(usable) // limit))]


def _is_large_and_masked(sample: Sample) -> bool:
    if LABELS[sample.label] is not Label.MASK or sample.landmarks is None:
        return False
    frame = FaceFrame.of(sample.landmarks)
    is_coloured = float(np.ptp(sample.pixels.astype(np.int16), axis=2).mean()) > 3
    return is_coloured and float(np.linalg.norm(frame.down)) >= UNIT_MIN


def _grab(patch: Image, is_inside: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Part cloth from face by colour (GrabCut); 0 or 255, one piece without holes."""
    state = np.full((PATCH_SIDE, PATCH_SIDE), cv2.GC_PR_BGD, np.uint8)
    cv2.fillPoly(state, [_pixels(EXPECTED_OUTLINE_UV)], int(cv2.GC_PR_FGD))
    cv2.fillPoly(
        state, [_pixels([(-0.4, 0.8), (0.4, 0.8), (0.3, 1.4), (-0.3, 1.4)])], int(cv2.GC_FGD)
    )
    _, eyes = to_patch([(0, 0.02)])[0].astype(int)
    state[:eyes] = cv2.GC_BGD
    state[:, :8] = state[:, -8:] = state[-6:] = cv2.GC_BGD
    state[~is_inside] = cv2.GC_BGD
    is_cloth = _part_by_colour(patch, state)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    opened = cv2.morphologyEx(is_cloth, cv2.MORPH_OPEN, kernel)
    closed = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, kernel)
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cover = np.zeros_like(state)
    if outlines:
        cv2.drawContours(cover, [max(outlines, key=cv2.contourArea)], -1, 255, cv2.FILLED)
    return cover


def _part_by_colour(patch: Image, state: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Run GrabCut at half of the size, a quarter of the time; 1 where there is cloth."""
    half = (PATCH_SIDE // 2, PATCH_SIDE // 2)
    small = cv2.resize(patch, half, interpolation=cv2.INTER_AREA)
    seeds = np.ascontiguousarray(state[::2, ::2])
    cv2.setRNGSeed(1)
    models = np.zeros((2, 1, 65))
    whole = (0, 0, *half)
    cv2.grabCut(small, seeds, whole, models[0], models[1], 4, cv2.GC_INIT_WITH_MASK)
    is_cloth = ((seeds == cv2.GC_FGD) | (seeds == cv2.GC_PR_FGD)).astype(np.float32)
    size_wh = (PATCH_SIDE, PATCH_SIDE)
    return np.asarray(cv2.resize(is_cloth, size_wh, interpolation=cv2.INTER_CUBIC) > 0.5, np.uint8)


def _edges(cover: NDArray[np.uint8]) -> tuple[float, float] | None:
    """v of the upper and lower edge about the middle; None if nothing is there."""
    middle = PATCH_SIDE // 2
    rows = np.flatnonzero((cover[:, middle - 4 : middle + 5] > 0).mean(axis=1) > 0.5)
    if not len(rows):
        return None
    top, bottom = (float(row) / PATCH_UNIT + PATCH_START_UV[1] for row in rows[[0, -1]])
    return top, bottom


def _is_plausible(
    patch: Image,
    cover: NDArray[np.uint8],
    edges: tuple[float, float],
    skin: NDArray[np.float32],
) -> bool:
    """A mask from the nose to the chin, of a simple outline, unlike the skin above it."""
    if not (0.05 <= edges[0] <= 0.5 and 1.45 <= edges[1] <= 2.25):
        return False
    expected = cv2.fillPoly(np.zeros_like(cover), [_pixels(EXPECTED_OUTLINE_UV)], 255)
    if (cover[expected > 0] > 0).mean() < 0.9:
        return False
    [outline, *_], _ = cv2.findContours(cover, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = cv2.convexHull(outline)
    if cv2.contourArea(outline) < 0.9 * cv2.contourArea(hull):
        return False
    cloth = np.median(patch[cover > 0], axis=0)
    return float(np.abs(cloth - skin).max()) > 25


def _pixels(points_uv: Sequence[tuple[float, float]]) -> NDArray[np.int32]:
    return to_patch(points_uv).round().astype(np.int32)
