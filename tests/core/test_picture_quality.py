"""The better a face can be seen, the better its picture is rated."""

import numpy as np

from core.picture_quality import WIDTH_FULL_PX, rate_pictures
from core.types import FaceCrop, Faces, Result
from tests.workers.scenes import at, box, faces


def rate(width: float, sharpness: float = 400.0, score: float = 0.9) -> float:
    [quality] = rate_pictures(faces([box(10, width=width)], sharpness=sharpness, score=score))
    return float(quality)


def test_larger_sharper_and_surer_faces_rate_higher() -> None:
    assert rate(40) > rate(20)
    assert rate(40, sharpness=400) > rate(40, sharpness=40)
    assert rate(40, score=0.9) > rate(40, score=0.5)


def test_beyond_its_full_width_a_face_gains_nothing() -> None:
    assert rate(WIDTH_FULL_PX) == rate(WIDTH_FULL_PX * 5)


def test_qualities_lie_between_nothing_and_one() -> None:
    assert rate(40, sharpness=0) == 0
    assert 0.9 < rate(500, sharpness=10_000, score=1.0) < 1
    assert rate_pictures(Faces.empty()).shape == (0,)


def test_crops_follow_their_faces_when_some_are_left_out() -> None:
    found = faces([box(0), box(100), box(200), box(300)])
    crops = tuple(FaceCrop(face, bytes([face]), False) for face in (3, 0, 2))
    result = Result(1, at(0), (960, 540), faces=found, crops=crops)

    kept = result.keep(np.array([False, True, True, True]))

    assert [(crop.face, crop.content) for crop in kept.crops] == [(2, b"\x03"), (1, b"\x02")]
    assert kept.faces.boxes[2].tolist() == found.boxes[3].tolist()


def test_without_any_face_there_is_no_crop() -> None:
    result = Result(1, at(0), (9, 9), faces=faces([box(0)]), crops=(FaceCrop(0, b"x", False),))
    assert result.keep(np.array([False])).crops == ()
    assert Result(1, at(0), (9, 9)).keep(np.zeros(0, bool)).crops == ()
