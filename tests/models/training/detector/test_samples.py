"""Training inputs: their boxes stay on the faces that they were on."""

import cv2
import numpy as np
import pytest

from models.training.detector.pictures import Kind, LabelledPicture, without_boxes
from models.training.detector.samples import (
    Sample,
    Stock,
    clip,
    cut,
    flip,
    make_batch,
    make_sample,
    paste,
)

SIDE = 96


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


@pytest.fixture
def scene() -> LabelledPicture:
    """A black picture with two white faces."""
    pixels = np.zeros((200, 300, 3), np.uint8)
    boxes = np.asarray([[40, 50, 80, 100], [200, 30, 216, 50]], np.float32)
    for x0, y0, x1, y1 in boxes.astype(int):
        pixels[y0:y1, x0:x1] = 255
    return LabelledPicture(pixels, boxes, np.asarray([Kind.MASK, Kind.FACE], np.int8), "a", "a")


@pytest.fixture
def crop() -> LabelledPicture:
    """A close grey picture of one face."""
    pixels = np.full((60, 50, 3), 120, np.uint8)
    boxes = np.asarray([[10, 10, 40, 50]], np.float32)
    return LabelledPicture(pixels, boxes, np.asarray([Kind.NO_MASK], np.int8), "b", "b")


def whiteness(sample: Sample) -> list[float]:
    """The mean inside each box of a face that is not ignored."""
    faces = sample.boxes[sample.kinds != Kind.IGNORE].round().astype(int)
    return [float(sample.pixels[y0:y1, x0:x1].mean()) for x0, y0, x1, y1 in faces]


def test_boxes_of_a_cut_lie_on_the_faces(scene: LabelledPicture, rng: np.random.Generator) -> None:
    values = [value for _ in range(50) for value in whiteness(cut(scene, (SIDE, SIDE), rng))]
    assert len(values) > 25
    assert np.mean(values) > 220


def test_a_cut_fills_an_input_of_any_shape(
    scene: LabelledPicture, rng: np.random.Generator
) -> None:
    for _ in range(20):
        assert cut(scene, (64, 33), rng).pixels.shape == (33, 64, 3)


def test_the_same_seed_makes_the_same_input(scene: LabelledPicture, crop: LabelledPicture) -> None:
    stock = Stock([[scene]], [1.0], [[crop]], [1.0])
    first, second = (make_sample(stock, SIDE, np.random.default_rng(9)) for _ in range(2))
    assert np.array_equal(first.pixels, second.pixels)
    assert np.array_equal(first.boxes, second.boxes)


def test_mirroring_twice_changes_nothing(scene: LabelledPicture) -> None:
    sample = Sample(scene.pixels, scene.boxes, scene.kinds)
    assert whiteness(flip(sample)) == [255, 255]
    assert np.array_equal(flip(flip(sample)).boxes, scene.boxes)


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((10, 10, 30, 30), [Kind.MASK]),
        ((-4, 10, 16, 30), [Kind.MASK]),
        ((-14, 10, 6, 30), [Kind.IGNORE]),
        ((-30, 10, -2, 30), []),
        ((10, 10, 14, 15), [Kind.IGNORE]),
    ],
    ids=["inside", "mostly inside", "mostly outside", "outside", "tiny"],
)
def test_what_is_cut_away_or_tiny_is_ignored(box: tuple[float, ...], expected: list[Kind]) -> None:
    boxes, kinds = np.asarray([box], np.float32), np.asarray([Kind.MASK], np.int8)
    clipped = clip(Sample(np.zeros((SIDE, SIDE, 3), np.uint8), boxes, kinds), (SIDE, SIDE))
    assert clipped.kinds.tolist() == expected
    assert (clipped.boxes >= 0).all()


def test_a_pasted_face_brings_its_box_and_covers_no_other(
    crop: LabelledPicture, rng: np.random.Generator
) -> None:
    start = Sample(
        np.zeros((160, 160, 3), np.uint8),
        np.asarray([[0, 0, 80, 160]], np.float32),
        np.asarray([Kind.MASK], np.int8),
    )
    pasted = [sample for _ in range(30) if len((sample := paste(start, crop, rng)).kinds) == 2]
    assert pasted
    assert all(sample.kinds[0] == Kind.MASK for sample in pasted)
    assert min(sample.pixels.max() for sample in pasted) > 90


def test_a_picture_without_faces_is_cut_and_pasted_too(rng: np.random.Generator) -> None:
    empty = without_boxes(np.full((50, 400, 3), 90, np.uint8), "c", "c")
    stock = Stock([[empty]], [1.0], [[empty]], [1.0])
    batch = make_batch(stock, 3, SIDE, rng)
    assert batch.pixels.shape == (3, SIDE, SIDE, 3)
    assert batch.faces.shape == (3, 16, 4)
    assert (batch.kinds == -1).all()


def test_a_batch_pads_its_boxes(scene: LabelledPicture, rng: np.random.Generator) -> None:
    stock = Stock([[scene]], [1.0], [], [])
    batch = make_batch(stock, 4, SIDE, rng)
    assert batch.kinds.shape[1] % 16 == 0
    assert batch.pixels.dtype == np.uint8
    assert cv2.countNonZero(batch.pixels[:, :, :, 0].reshape(-1, SIDE)) > 0
