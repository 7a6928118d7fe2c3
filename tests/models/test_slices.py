"""Judged faces are parted as a camera's work is: size, blur, light, source."""

from pathlib import Path

import numpy as np
import pytest

from models.training.slices import Judged, Slicing, find_worst, part


def judged(
    truth: list[int], said: list[int], sureness: float = 0.9, face_px: list[float] | None = None
) -> Judged:
    """Faces of two sources, each a group, ever sharper and ever darker."""
    count = len(truth)
    probabilities = np.full((count, 3), (1 - sureness) / 2, np.float32)
    probabilities[np.arange(count), said] = sureness
    return Judged(
        paths=tuple(Path(f"{index}.jpg") for index in range(count)),
        sources=np.asarray(["a", "b"] * count)[:count],
        groups=np.arange(count).astype(str),
        truth=np.asarray(truth, np.int64),
        probabilities=probabilities,
        face_px=np.asarray(face_px or [50] * count, np.float32),
        sharpness=np.arange(count, dtype=np.float32),
        brightness=np.arange(count, 0, -1).astype(np.float32),
    )


def slicing(faces: Judged, name: str) -> Slicing:
    return next(each for each in part(faces) if each.name == name)


@pytest.mark.parametrize(
    ("face_px", "place"),
    [(1, 0), (23.9, 0), (24, 1), (40, 2), (79, 2), (80, 3), (159, 3), (160, 4), (4000, 4)],
)
def test_a_face_is_in_the_slice_of_its_size(face_px: float, place: int) -> None:
    slices = slicing(judged([0], [0], face_px=[face_px]), "Face size").slices

    assert [each.figures is not None for each in slices].index(True) == place
    assert sum(each.figures is not None for each in slices) == 1


def test_thirds_hold_a_third_each_and_name_their_bounds() -> None:
    slices = slicing(judged([0] * 9, [0] * 9), "Sharpness").slices

    assert [each.figures.count for each in slices if each.figures] == [3, 3, 3]
    assert [each.name for each in slices] == [
        "blurred (under 3)",
        "middle (3 to 5)",
        "sharp (5 and more)",
    ]


def test_faces_of_one_brightness_lie_in_one_third() -> None:
    faces = judged([0, 0], [0, 0])
    faces.brightness[:] = 7

    assert [each.figures is None for each in slicing(faces, "Brightness").slices] == [1, 1, 0]


def test_every_source_has_its_figures() -> None:
    slices = slicing(judged([0, 0, 2, 2], [0, 2, 2, 0]), "Source").slices

    assert [each.name for each in slices] == ["a", "b"]
    assert [each.figures.accuracy.value for each in slices if each.figures] == [1, 0]


def test_the_worst_are_the_wrong_ones_that_were_surest() -> None:
    faces = judged([0, 0, 0, 2], [0, 2, 2, 0])
    faces.probabilities[2] = [0, 0.01, 0.99]

    assert find_worst(faces, 2).tolist() == [2, 1]
    assert find_worst(judged([0], [0]), 5).tolist() == []


def test_fields_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="expected 1 faces in every field"):
        Judged((Path("a"),), *[np.zeros(2, np.int64)] * 3, *[np.zeros(2, np.float32)] * 4)  # type: ignore[arg-type]  # deliberately wrong
