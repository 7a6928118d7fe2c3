"""Tiles: where they are cut, and that each face comes out once and whole."""

from collections.abc import Sequence

import numpy as np
import pytest

from core.detectors import AUTOMATIC_TILES, NO_TILES, Tiles
from core.types import Boxes, Detections, Image
from models.detectors.tiling import TiledDetector, cut_regions, merge

INPUT_WH = (640, 384)


def detections(*rows: list[float]) -> Detections:
    """Rows of x1, y1, x2, y2, score."""
    table = np.asarray(rows, np.float32).reshape(-1, 5)
    return Detections(table[:, :4], table[:, 4])


class BrightFaces:
    """Sees every bright rectangle that is large enough in its input, also one that is cut."""

    def __init__(self, smallest: float) -> None:
        self.smallest = smallest
        self.calls: list[int] = []

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        self.calls.append(len(images))
        return [self._look(image) for image in images]

    def _look(self, image: Image) -> Detections:
        rows: list[list[float]] = []
        for value in np.unique(image[image > 0]):
            ys, xs = np.nonzero(image[:, :, 0] == value)
            box = [xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]
            scale = min(640 / image.shape[1], 384 / image.shape[0])
            if (box[2] - box[0]) * scale >= self.smallest:
                rows.append([*(float(side) for side in box), 0.5 + float(value) / 1000])
        return detections(*rows)


def picture_of(*boxes: tuple[int, int, int, int], size_wh: tuple[int, int] = (1920, 1080)) -> Image:
    image = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    for number, (left, top, right, bottom) in enumerate(boxes):
        image[top:bottom, left:right] = 100 + number
    return image


def sorted_boxes(found: Detections) -> list[list[float]]:
    return sorted(found.boxes.tolist())


@pytest.mark.parametrize(
    ("size_wh", "tiles", "count"),
    [
        pytest.param((1920, 1080), NO_TILES, 0, id="off"),
        pytest.param((1920, 1080), Tiles(3, 2), 6, id="a grid"),
        pytest.param((640, 360), Tiles(3, 2), 0, id="fits the input"),
        pytest.param((640, 360), AUTOMATIC_TILES, 0, id="automatic, fits the input"),
        pytest.param((800, 450), AUTOMATIC_TILES, 0, id="automatic, hardly shrunk"),
        pytest.param((1280, 720), AUTOMATIC_TILES, 4, id="automatic, 720p"),
        pytest.param((1920, 1080), AUTOMATIC_TILES, 9, id="automatic, 1080p"),
        pytest.param((8000, 4500), AUTOMATIC_TILES, 16, id="automatic, bounded"),
    ],
)
def test_the_whole_comes_first_and_then_the_tiles(
    size_wh: tuple[int, int], tiles: Tiles, count: int
) -> None:
    regions = cut_regions(size_wh, INPUT_WH, tiles)

    assert regions[0].tolist() == [0, 0, *size_wh]
    assert len(regions) == 1 + count


def test_tiles_cover_the_picture_and_overlap() -> None:
    regions = cut_regions((1921, 1083), INPUT_WH, Tiles(3, 2))[1:]

    covered = np.zeros((1083, 1921), int)
    for left, top, right, bottom in regions.tolist():
        assert (right - left, bottom - top) == (739, 602)
        covered[top:bottom, left:right] += 1
    assert covered.min() == 1
    shares = np.diff(np.unique(regions[:, 0]))
    assert int(shares.max()) <= 0.81 * 739


def test_a_portrait_picture_is_cut_the_other_way_round() -> None:
    regions = cut_regions((1080, 1920), (384, 640), Tiles(3, 2))[1:]

    assert len(np.unique(regions[:, 0])) == 2
    assert len(np.unique(regions[:, 1])) == 3


def test_small_faces_of_a_large_picture_are_found() -> None:
    picture = picture_of((100, 100, 120, 120), (900, 500, 1300, 1000))
    plain = BrightFaces(smallest=12)

    [without] = plain.detect([picture])
    [found] = TiledDetector(plain, Tiles(3, 2)).detect([picture])

    assert sorted_boxes(without) == [[900, 500, 1300, 1000]]
    assert sorted_boxes(found) == [[100, 100, 120, 120], [900, 500, 1300, 1000]]


@pytest.mark.parametrize("left", range(500, 760, 20))
def test_a_face_at_a_cut_comes_out_once_and_whole(left: int) -> None:
    picture = picture_of((left, 480, left + 60, 560))

    [found] = TiledDetector(BrightFaces(smallest=12), Tiles(3, 2)).detect([picture])

    assert sorted_boxes(found) == [[left, 480, left + 60, 560]]


def test_a_face_at_the_pictures_border_is_kept() -> None:
    picture = picture_of((0, 0, 20, 20), (1900, 1060, 1920, 1080))

    [found] = TiledDetector(BrightFaces(smallest=12), Tiles(3, 2)).detect([picture])

    assert sorted_boxes(found) == [[0, 0, 20, 20], [1900, 1060, 1920, 1080]]


def test_all_tiles_of_all_pictures_run_as_one_batch_in_order() -> None:
    plain = BrightFaces(smallest=12)
    pictures = [picture_of((i * 100, 0, i * 100 + 30, 30)) for i in range(3)]
    small = picture_of((5, 5, 50, 50), size_wh=(320, 180))

    found = TiledDetector(plain, Tiles(2, 2)).detect([*pictures, small])

    assert plain.calls == [5 * 3 + 1]
    assert [each.boxes[0, 0] for each in found] == [0, 100, 200, 5]


def test_no_pictures_give_no_answers() -> None:
    assert TiledDetector(BrightFaces(12), Tiles(2, 2)).detect([]) == []


WHOLE_AND_TILE = np.asarray([[0, 0, 1000, 600], [0, 0, 556, 600]])


def merged(whole: Detections, tile: Detections) -> Boxes:
    return merge([whole, tile], WHOLE_AND_TILE).boxes


def test_a_part_that_a_tile_sees_of_a_whole_face_is_left_out() -> None:
    """Intersection over union 0.2: by that alone both would stay."""
    boxes = merged(detections([100, 100, 300, 300, 0.9]), detections([150, 150, 250, 230, 0.8]))

    assert boxes.tolist() == [[100, 100, 300, 300]]


def test_faces_that_one_look_tells_apart_stay_apart() -> None:
    """A child before an adult."""
    whole = detections([100, 100, 300, 300, 0.9], [220, 220, 290, 320, 0.8])

    assert len(merged(whole, detections())) == 2
    assert len(merged(whole, detections([221, 221, 290, 320, 0.7]))) == 2


def test_no_faces_anywhere_give_none() -> None:
    assert len(merge([Detections.empty()] * 2, WHOLE_AND_TILE)) == 0
