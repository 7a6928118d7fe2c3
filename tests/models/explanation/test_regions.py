"""Nose, mouth and chin are found on faces that look anywhere; views lie back on their face."""

import numpy as np
import pytest

from models.explanation.heat import Heat
from models.explanation.regions import (
    Points,
    are_landmarks,
    fill,
    outline_lower_face,
    standard_landmarks,
)
from models.explanation.views import PLAIN, SEVERAL, View

SIZE_WH = (100, 100)


def marks(landmarks: Points) -> np.ndarray:
    return fill(outline_lower_face(landmarks), SIZE_WH)


def turned(landmarks: Points, degrees: float) -> Points:
    angle = np.radians(degrees)
    turn = np.asarray([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray((landmarks - 50) @ turn.T + 50, np.float32)


@pytest.mark.parametrize("degrees", [0, 20, -35, 90])
def test_nose_and_mouth_are_in_it_and_eyes_are_not(degrees: float) -> None:
    landmarks = turned(standard_landmarks(SIZE_WH), degrees)
    region = marks(landmarks)
    columns, rows = landmarks.round().astype(int).T

    assert region[rows, columns].tolist() == [False, False, True, True, True]


def test_it_is_a_quarter_of_a_crop() -> None:
    assert marks(standard_landmarks(SIZE_WH)).mean() == pytest.approx(0.25, abs=0.04)


def test_a_profile_keeps_its_width() -> None:
    profile = standard_landmarks(SIZE_WH)
    profile[1, 0] = profile[0, 0] + 2

    widths = np.ptp(outline_lower_face(profile), axis=0)

    assert widths[0] > 0.5 * widths[1]


def test_a_chin_outside_the_crop_is_cut_off() -> None:
    low = standard_landmarks(SIZE_WH) + np.asarray([0, 25], np.float32)

    assert 0 < marks(low).sum() < marks(standard_landmarks(SIZE_WH)).sum()


def test_landmarks_of_zeros_are_none() -> None:
    assert not are_landmarks(np.zeros((5, 2), np.float32))
    assert are_landmarks(standard_landmarks(SIZE_WH))


def blob() -> Heat:
    heat = np.zeros((64, 64), np.float32)
    heat[20:26, 40:48] = 1
    return heat


@pytest.mark.parametrize("view", SEVERAL)
def test_a_views_heat_is_laid_back_where_it_was_seen(view: View) -> None:
    as_picture = np.repeat(blob()[:, :, None] * 255, 3, axis=2).astype(np.uint8)

    seen = (view.of(as_picture)[:, :, 0] / 255).astype(np.float32)

    np.testing.assert_allclose(np.asarray(view.back(seen)), np.asarray(blob()), atol=1e-2)


def test_the_first_view_is_the_face_itself() -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (8, 8, 3)).astype(np.uint8)

    assert PLAIN[0] == SEVERAL[0]
    np.testing.assert_array_equal(SEVERAL[0].of(pixels), pixels)
    assert len(set(SEVERAL)) == 10
