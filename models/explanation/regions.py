"""Find nose, mouth and chin on a face: where a mask is worn, or is missing."""

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Points: TypeAlias = NDArray[np.float32]
"""(k, 2) float32, xy in pixels of a crop."""

STANDARD = np.asarray(
    [[0.323, 0.402], [0.676, 0.394], [0.492, 0.584], [0.360, 0.723], [0.643, 0.722]], np.float32
)
"""Eyes, nose and mouth corners in shares of a crop as serving cuts it.

The median of CenterFace's landmarks on 494 test faces of 24 px and more.
"""
PROFILE = ((0.35, 0.45), (0.7, 0.95), (1.3, 0.85), (1.9, 0.4))
"""Outline of nose, mouth and chin: how far below the eyes, in lengths from eyes to mouth,
and half the width there, in distances of the eyes. As a worn mask lies: from the bridge of
the nose over the cheeks to the chin, which is as far below the mouth as the mouth below the eyes
(nine tenths of it)."""
EYES_APART_MIN = 0.7
"""In lengths from eyes to mouth; in profile the eyes stand nearer, but the mask is no narrower."""


def outline_lower_face(landmarks: Points) -> Points:
    """Outline nose, mouth and chin: (8, 2), clockwise as pixels go.

    landmarks: (5, 2), both eyes, the nose, both corners of the mouth.
    """
    eyes, mouth = landmarks[:2].mean(axis=0), landmarks[3:].mean(axis=0)
    down = mouth - eyes
    length = max(float(np.linalg.norm(down)), 1e-6)
    apart = max(float(np.linalg.norm(landmarks[1] - landmarks[0])), EYES_APART_MIN * length)
    right = np.asarray([down[1], -down[0]]) / length * apart
    right_side = [eyes + down * below + right * half for below, half in PROFILE]
    left_side = [eyes + down * below - right * half for below, half in reversed(PROFILE)]
    return np.asarray([*right_side, *left_side], np.float32)


def standard_landmarks(size_wh: tuple[int, int]) -> Points:
    """Guess the landmarks of a crop as serving cuts it."""
    return STANDARD * np.asarray(size_wh, np.float32)


def are_landmarks(points: Points) -> bool:
    """Say whether a detector found landmarks; those that have none give zeros."""
    return bool(np.ptp(points, axis=0).min() > 0)


def fill(outline: Points, size_wh: tuple[int, int]) -> NDArray[np.bool_]:
    """Mark the pixels within an outline, (h, w); what lies outside the crop is cut off."""
    mask = np.zeros((size_wh[1], size_wh[0]), np.uint8)
    cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 1)
    return mask > 0
