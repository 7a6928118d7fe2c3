"""Maps of heat, against loops that spell the formulas out."""

from collections.abc import Callable

import numpy as np
import pytest

from models.explanation.heat import (
    Cells,
    Heat,
    concentrate,
    enlarge,
    fuse,
    grad_cam,
    grad_cam_pp,
    hires_cam,
    layer_cam,
    to_unit,
)

RNG = np.random.default_rng(5)
ACTIVATIONS = RNG.uniform(0, 2, (3, 4, 5)).astype(np.float32)
GRADIENTS = RNG.normal(0, 1, (3, 4, 5)).astype(np.float32)
PLACES = [(row, column) for row in range(3) for column in range(4)]


def slow(weigh: Callable[[int, int, int], float]) -> Heat:
    """Sum over channels of weight times activation, cut off and scaled."""
    values = np.zeros((3, 4), np.float32)
    for row, column in PLACES:
        for channel in range(5):
            weight = weigh(row, column, channel)
            values[row, column] += weight * ACTIVATIONS[row, column, channel]
    return np.asarray(np.maximum(values, 0) / values.max(), np.float32)


def mean_gradient(_row: int, _column: int, channel: int) -> float:
    return float(np.mean([GRADIENTS[place][channel] for place in PLACES]))


def gradient(row: int, column: int, channel: int) -> float:
    return float(GRADIENTS[row, column, channel])


def positive_gradient(row: int, column: int, channel: int) -> float:
    return max(0.0, gradient(row, column, channel))


def leaning_gradient(_row: int, _column: int, channel: int) -> float:
    total = sum(float(ACTIVATIONS[place][channel]) for place in PLACES)
    weight = 0.0
    for place in PLACES:
        slope = float(GRADIENTS[place][channel])
        share = slope**2 / (2 * slope**2 + total * slope**3)
        weight += share * max(0.0, slope)
    return weight


@pytest.mark.parametrize(
    ("method", "weigh"),
    [
        pytest.param(grad_cam, mean_gradient, id="Grad-CAM"),
        pytest.param(grad_cam_pp, leaning_gradient, id="Grad-CAM++"),
        pytest.param(hires_cam, gradient, id="HiResCAM"),
        pytest.param(layer_cam, positive_gradient, id="LayerCAM"),
    ],
)
def test_heat_is_as_the_formula_says(
    method: Callable[[Cells, Cells], Heat], weigh: Callable[[int, int, int], float]
) -> None:
    np.testing.assert_allclose(method(ACTIVATIONS, GRADIENTS), slow(weigh), atol=1e-4)


@pytest.mark.parametrize("method", [grad_cam, grad_cam_pp, hires_cam, layer_cam])
def test_nothing_that_speaks_for_a_label_gives_no_heat(
    method: Callable[[Cells, Cells], Heat],
) -> None:
    heat = method(ACTIVATIONS, np.zeros_like(GRADIENTS))

    assert heat.dtype == np.float32
    assert heat.max() == 0


def test_what_speaks_against_is_cut_off() -> None:
    assert to_unit(np.asarray([[-2, 0], [1, 4]], np.float32)).tolist() == [[0, 0], [0.25, 1]]


def test_fused_heat_is_where_all_maps_have_it() -> None:
    left = np.asarray([[1, 1, 0]], np.float32)
    right = np.asarray([[0, 0.25, 1]], np.float32)

    assert fuse([left, right]).tolist() == [[0, 1, 0]]
    np.testing.assert_array_equal(fuse([right]), right)


def test_enlarged_heat_keeps_its_place_and_range() -> None:
    heat = np.zeros((4, 4), np.float32)
    heat[3, 0] = 1

    large = enlarge(heat, (40, 20))

    assert large.shape == (20, 40)
    assert 0 <= large.min() <= large.max() <= 1
    row, column = np.unravel_index(large.argmax(), large.shape)
    assert row >= 15
    assert column < 10


def test_the_share_of_heat_in_a_region_is_counted() -> None:
    heat = np.asarray([[1, 1], [1, 0]], np.float32)
    region = np.asarray([[True, False], [False, True]])

    assert concentrate(heat, region) == pytest.approx(1 / 3)
    assert concentrate(heat * 0, region) == 0
