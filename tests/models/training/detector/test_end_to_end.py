"""Which found face is compared with which labelled one."""

import numpy as np

from core.types import LABELS, Image
from models.training.detector.end_to_end import Labelled, judge_labels, match
from models.training.detector.pictures import Kind, LabelledPicture

BOXES = np.asarray([[0, 0, 20, 20], [40, 40, 60, 60], [70, 0, 90, 20]], np.float32)
SURE = np.eye(3, dtype=np.float32)


def picture_of(*kinds: Kind) -> LabelledPicture:
    pixels = np.zeros((100, 100, 3), np.uint8)
    return LabelledPicture(pixels, BOXES[: len(kinds)], np.asarray(kinds, np.int8), "a", "1")


class Fixed:
    """Reads the same in every picture."""

    def __init__(self, read: Labelled) -> None:
        self._read = read

    def read(self, image: Image) -> Labelled:
        return self._read


def test_labelled_faces_are_paired_with_the_box_over_them() -> None:
    read = Labelled(BOXES[[1, 0]], SURE[[2, 0]])
    pairs = list(match(picture_of(Kind.MASK, Kind.NO_MASK, Kind.MASK), read))
    assert [(truth, LABELS[row.argmax()].value) for truth, row in pairs] == [
        (0, "mask"),
        (2, "no_mask"),
    ]


def test_faces_of_unknown_label_are_not_judged() -> None:
    read = Labelled(BOXES[:2], SURE[:2])
    assert list(match(picture_of(Kind.FACE, Kind.IGNORE), read)) == []


def test_missed_faces_lower_the_share_found_and_not_the_figures() -> None:
    reader = Fixed(Labelled(BOXES[:1], SURE[:1]))
    said = judge_labels([picture_of(Kind.MASK, Kind.NO_MASK)], reader)
    assert said.startswith("found 1 of 2, macro-F1 1.000, accuracy 1.000; recall: mask 1.000 of 1")
