"""Boxes, tags and the status strip on a picture."""

import numpy as np
import pytest

from core.types import LABELS, Faces, Label
from workers.drawing import COLOURS, draw_faces, draw_status


def faces_of(label: Label, box: tuple[float, float, float, float]) -> Faces:
    probabilities = np.full((1, 3), 0.05, np.float32)
    probabilities[0, LABELS.index(label)] = 0.9
    one = np.ones(1, np.float32)
    return Faces(np.array([box], np.float32), one, probabilities, one)


@pytest.mark.parametrize("label", LABELS)
def test_it_draws_a_box_in_the_colour_of_the_label(label: Label) -> None:
    image = np.zeros((200, 300, 3), np.uint8)
    draw_faces(image, faces_of(label, (100, 80, 160, 150)))
    assert tuple(image[150, 130]) == COLOURS[label]
    assert not image[115, 130].any(), "the face itself stays free"


def test_mask_is_green_and_no_mask_red_and_incorrect_orange() -> None:
    strongest = {label: int(np.argmax(colour)) for label, colour in COLOURS.items()}
    assert strongest == {Label.MASK: 1, Label.INCORRECT_MASK: 2, Label.NO_MASK: 2}
    assert COLOURS[Label.INCORRECT_MASK][1] > 100 > COLOURS[Label.NO_MASK][1]


def test_it_writes_the_label_on_a_filled_tag_above_the_box() -> None:
    image = np.zeros((200, 300, 3), np.uint8)
    draw_faces(image, faces_of(Label.MASK, (100, 80, 160, 150)))
    tag = image[64:78, 102:180]
    assert (tag == COLOURS[Label.MASK]).all(axis=2).mean() > 0.4
    assert (tag == 255).all(axis=2).any(), "white letters"


@pytest.mark.parametrize(
    "box",
    [(-20, -10, 40, 50), (280, 2, 330, 60), (250, 150, 340, 260)],
    ids=["upper left", "upper right", "lower right"],
)
def test_it_keeps_the_tag_inside_the_picture(box: tuple[float, float, float, float]) -> None:
    image = np.zeros((200, 300, 3), np.uint8)
    draw_faces(image, faces_of(Label.NO_MASK, box))
    assert (image == 255).all(axis=2).any(), "the letters can be seen"


def test_no_face_leaves_the_picture_as_it_is() -> None:
    image = np.full((60, 80, 3), 7, np.uint8)
    draw_faces(image, Faces.empty())
    assert (image == 7).all()


def test_the_status_darkens_a_strip_at_the_top_only() -> None:
    image = np.full((200, 600, 3), 90, np.uint8)
    draw_status(image, 12.5, [Label.MASK, Label.MASK])
    assert image[2, 2].tolist() == [30, 30, 30]
    assert (image[60:] == 90).all()


def test_the_status_fits_a_picture_that_is_smaller_than_its_text() -> None:
    image = np.full((16, 16, 3), 90, np.uint8)
    draw_status(image, 0.0, [])
    assert image.shape == (16, 16, 3)
