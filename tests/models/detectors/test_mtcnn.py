"""MTCNN behind our protocol: its rows turned into boxes, its absence explained."""

import sys
from importlib.util import find_spec

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.assets import asset_path
from core.errors import BadSettings
from core.types import Image
from models.detectors.mtcnn import Mtcnn, load_mtcnn


def cascade_of(*rows: list[float]) -> Mtcnn:
    """A cascade that answers every picture alike; rows: x1, y1, x2, y2, score."""

    def answer(rgb: Image) -> NDArray[np.float64]:
        assert rgb.shape == (384, 640, 3)
        return np.asarray([[0, *row, *[1] * 5, *[2] * 5] for row in rows]).reshape(-1, 16)

    return Mtcnn(answer)


def test_no_pictures_and_no_faces_give_none() -> None:
    assert cascade_of().detect([]) == []
    assert len(cascade_of().detect([np.zeros((540, 960, 3), np.uint8)])[0]) == 0


def test_boxes_are_mapped_back_thinned_and_best_first() -> None:
    detector = cascade_of([0, 0, 20, 30, 0.6], [2, 2, 20, 30, 0.9], [-5, 100, 40, 140, 0.95])

    [found] = detector.detect([np.zeros((768, 1280, 3), np.uint8)])

    assert found.boxes.tolist() == [[0, 200, 80, 280], [4, 4, 40, 60]]
    assert found.scores.tolist() == pytest.approx([0.95, 0.9])


def test_its_pictures_are_rgb() -> None:
    seen: list[Image] = []

    def look(rgb: Image) -> NDArray[np.float64]:
        seen.append(rgb)
        return np.zeros((0, 16))

    Mtcnn(look).detect([np.full((384, 640, 3), (1, 2, 3), np.uint8)])

    assert seen[0][0, 0].tolist() == [3, 2, 1]


def test_where_the_package_is_absent_the_error_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "mtcnn", None)

    with pytest.raises(BadSettings, match=r"uv pip install .* -r requirements/mtcnn\.txt"):
        load_mtcnn()


@pytest.mark.skipif(
    not (find_spec("mtcnn") and find_spec("tensorflow")), reason="mtcnn is not installed"
)
def test_it_finds_the_face_of_a_portrait() -> None:
    portrait = np.asarray(cv2.imread(str(asset_path("grace_hopper.jpg"))), np.uint8)

    [found] = load_mtcnn().detect([portrait])

    assert found.scores[0] > 0.9
    assert (found.scores[1:] < 0.5).all()
    np.testing.assert_allclose(found.boxes[0], [177, 132, 351, 332], atol=40)
