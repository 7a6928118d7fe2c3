"""What two teachers' finds make of a picture's boxes."""

from collections.abc import Sequence

import numpy as np
import pytest

from core.types import Boxes, Detections, Image
from models.training.detector.pictures import Kind, LabelledPicture
from models.training.detector.teachers import Findings, compare, consult, fill_in

NONE = np.zeros((0, 4), np.float32)


class Finder:
    """A detector that finds the same in every picture."""

    def __init__(self, found: Detections) -> None:
        self._found = found

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        return [self._found for _ in images]


def boxes_of(*rows: tuple[float, float, float, float]) -> Boxes:
    return np.asarray(rows, np.float32).reshape(-1, 4)


def found_of(*rows: tuple[float, float, float, float], score: float = 0.9) -> Detections:
    return Detections(boxes_of(*rows), np.full(len(rows), score, np.float32))


def picture_of(boxes: Boxes, *kinds: Kind, source: str = "street") -> LabelledPicture:
    pixels = np.zeros((100, 100, 3), np.uint8)
    return LabelledPicture(pixels, boxes, np.asarray(kinds, np.int8), source, "a")


def test_teachers_that_agree_share_a_box_and_others_stand_alone() -> None:
    findings = compare(found_of((0, 0, 20, 20), (50, 50, 70, 70)), found_of((2, 0, 22, 20)))
    assert findings.agreed == pytest.approx(boxes_of((1, 0, 21, 20)))
    assert findings.lone == pytest.approx(boxes_of((50, 50, 70, 70)))


def test_teachers_that_find_nothing_agree_on_nothing() -> None:
    findings = compare(Detections.empty(), Detections.empty())
    assert findings.agreed.shape == findings.lone.shape == (0, 4)


def test_unsure_finds_of_a_teacher_do_not_count() -> None:
    unsure = Finder(found_of((0, 0, 20, 20), score=0.1))
    findings = consult(([unsure], [unsure]), np.zeros((30, 30, 3), np.uint8))
    assert len(findings.agreed) == len(findings.lone) == 0


def test_missing_faces_are_added_and_doubtful_ones_ignored() -> None:
    findings = Findings(boxes_of((0, 0, 20, 20)), boxes_of((50, 50, 70, 70)))
    filled = fill_in(picture_of(NONE), findings)
    assert filled.kinds.tolist() == [Kind.FACE, Kind.IGNORE]


def test_an_annotated_face_keeps_its_label_and_takes_the_teachers_box() -> None:
    picture = picture_of(boxes_of((0, 4, 20, 24)), Kind.MASK)
    filled = fill_in(picture, Findings(boxes_of((0, 0, 20, 20)), NONE))
    assert filled.kinds.tolist() == [Kind.MASK]
    assert filled.boxes == pytest.approx(boxes_of((0, 0, 20, 20)))


def test_a_box_of_the_whole_head_is_moved_to_its_face() -> None:
    picture = picture_of(boxes_of((0, 0, 60, 60)), Kind.MASK)
    filled = fill_in(picture, Findings(boxes_of((20, 20, 50, 50)), NONE))
    assert filled.kinds.tolist() == [Kind.MASK]
    assert filled.boxes == pytest.approx(boxes_of((20, 20, 50, 50)))


def test_an_ignored_box_that_both_teachers_see_becomes_a_face() -> None:
    picture = picture_of(boxes_of((0, 0, 20, 20)), Kind.IGNORE)
    filled = fill_in(picture, Findings(boxes_of((0, 0, 20, 20)), NONE))
    assert filled.kinds.tolist() == [Kind.FACE]


def test_boxes_of_a_source_that_sit_low_are_lifted() -> None:
    picture = picture_of(boxes_of((0, 50, 40, 100)), Kind.MASK, source="andrewmvd")
    filled = fill_in(picture, Findings(NONE, NONE))
    assert filled.boxes == pytest.approx(boxes_of((0, 44, 40, 94)))
