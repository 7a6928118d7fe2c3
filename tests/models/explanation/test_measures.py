"""Heat is judged by what the network loses without its pixels, and by its sharpness."""

import numpy as np
import pytest

from models.explanation.measures import half_area, is_pointing_at, measure_faithfulness

SIDE = 16


def ask(pictures: np.ndarray) -> np.ndarray:
    """A network that wants contrast in the upper left quarter."""
    quarter = pictures[:, : SIDE // 2, : SIDE // 2].astype(np.float32)
    return np.asarray(quarter.std(axis=(1, 2, 3)) / 128, np.float32)


PIXELS = np.repeat(
    (np.indices((SIDE, SIDE)).sum(axis=0) % 2 * 255).astype(np.uint8)[:, :, None], 3, axis=2
)


def on_quarter(left: int, top: int) -> np.ndarray:
    heat = np.zeros((SIDE, SIDE), np.float32)
    heat[top : top + SIDE // 2, left : left + SIDE // 2] = 1
    return heat


def test_heat_on_what_is_used_gains_and_other_heat_loses() -> None:
    used = measure_faithfulness(PIXELS, on_quarter(0, 0), ask)
    other = measure_faithfulness(PIXELS, on_quarter(8, 8), ask)

    assert used.insertion > 0.8 > 0.5 > used.deletion
    assert used.gain > 0.3 > other.gain


@pytest.mark.parametrize(
    ("heat", "area"),
    [
        pytest.param(np.ones((4, 4)), 0.5, id="even"),
        pytest.param(np.eye(4) * [8, 1, 1, 1], 1 / 16, id="one hot pixel"),
        pytest.param(np.zeros((4, 4)), 0, id="no heat"),
    ],
)
def test_sharp_heat_has_half_of_itself_on_little_area(heat: np.ndarray, area: float) -> None:
    assert half_area(heat.astype(np.float32)) == pytest.approx(area, abs=1 / 16)


def test_the_hottest_pixel_is_in_the_region_or_not() -> None:
    heat = np.asarray([[0, 1], [0.5, 0]], np.float32)

    assert is_pointing_at(heat, heat == 1)
    assert not is_pointing_at(heat, heat == 0.5)
