"""A face is cut as a square with some background, within its picture."""

import numpy as np
import pytest

from core.face_crops import cut_crops, square_regions
from core.types import Boxes


def boxes_of(*rows: tuple[float, float, float, float]) -> Boxes:
    return np.asarray(rows, np.float32).reshape(-1, 4)


@pytest.mark.parametrize(
    ("box", "context", "expected"),
    [
        pytest.param((40, 40, 60, 60), 1.0, (40, 40, 60, 60), id="a square stays"),
        pytest.param((40, 40, 60, 60), 1.5, (35, 35, 65, 65), id="context all around"),
        pytest.param((45, 40, 55, 60), 1.0, (40, 40, 60, 60), id="a narrow box widens"),
        pytest.param((0, 0, 20, 20), 2.0, (0, 0, 30, 30), id="clipped at the upper left"),
        pytest.param((80, 80, 100, 100), 2.0, (70, 70, 100, 100), id="clipped at the lower right"),
        pytest.param((10.4, 10.4, 12.6, 12.6), 1.0, (10, 10, 13, 13), id="part of a pixel counts"),
        pytest.param((50, 50, 50, 50), 1.3, (50, 50, 51, 51), id="a point has one pixel"),
        pytest.param((200, 200, 220, 220), 1.0, (99, 99, 100, 100), id="outside has one pixel"),
    ],
)
def test_a_box_becomes_a_square_within_the_image(
    box: tuple[float, float, float, float],
    context: float,
    expected: tuple[int, int, int, int],
) -> None:
    regions = square_regions(boxes_of(box), context, (100, 100))

    assert regions.tolist() == [list(expected)]


def test_no_boxes_give_no_crops() -> None:
    assert cut_crops(np.zeros((10, 10, 3), np.uint8), boxes_of()) == []


def test_each_box_has_its_own_crop_in_order() -> None:
    image = np.arange(100, dtype=np.uint8).repeat(300).reshape(100, 100, 3)

    upper, lower = cut_crops(image, boxes_of((0, 0, 10, 10), (0, 80, 10, 90)), context=1.0)

    assert (upper[0, 0, 0], lower[0, 0, 0]) == (0, 80)
