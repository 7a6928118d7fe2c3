"""From pictures to faces: every face keeps its own answers."""

from collections.abc import Sequence

import numpy as np
import pytest

from core.types import Detections, Image, Label, Probabilities
from models.analysis import Analyser


class DetectBright:
    """Reports one face of 10x10 for each pixel of value 255 in an image's upper row."""

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        return [self._find(image) for image in images]

    def _find(self, image: Image) -> Detections:
        columns = np.flatnonzero(image[0, :, 0] == 255)
        boxes = np.stack([columns, columns * 0 + 20, columns + 10, columns * 0 + 30], axis=1)
        scores = np.linspace(0.9, 0.3, len(columns), dtype=np.float32)
        return Detections(boxes.astype(np.float32), scores)


class ClassifyByBrightness:
    """Says mask with the probability of the crop's mean brightness."""

    model_version = "brightness-1"

    def __init__(self) -> None:
        self.batches: list[int] = []

    def classify(self, crops: Sequence[Image]) -> Probabilities:
        self.batches.append(len(crops))
        shares = np.asarray([crop.mean() / 255 for crop in crops], np.float32).reshape(-1, 1)
        return np.hstack([shares, np.zeros_like(shares), 1 - shares])


def image_of(brightness: int, columns: Sequence[int] = ()) -> Image:
    image = np.full((100, 200, 3), brightness, np.uint8)
    image[0, list(columns)] = 255
    return image


@pytest.fixture
def analyser() -> Analyser:
    return Analyser(DetectBright(), ClassifyByBrightness())


def test_each_face_has_the_answers_of_its_own_crop(analyser: Analyser) -> None:
    images = [image_of(200, [20, 60]), image_of(100), image_of(50, [90])]

    two, none, one = analyser.analyse(images, min_score=0.3)

    assert [len(two), len(none), len(one)] == [2, 0, 1]
    assert two.labels() == [Label.MASK, Label.MASK]
    assert one.labels() == [Label.NO_MASK]
    assert one.probabilities[0, 0] == pytest.approx(50 / 255)
    assert one.boxes[0].tolist() == [90, 20, 100, 30]


def test_the_faces_of_all_images_are_classified_together(analyser: Analyser) -> None:
    analyser.analyse([image_of(200, [20, 60]), image_of(50, [90])], min_score=0.1)

    assert isinstance(analyser.classifier, ClassifyByBrightness)
    assert analyser.classifier.batches == [3]


def test_faces_below_the_wanted_score_are_left_out(analyser: Analyser) -> None:
    [faces] = analyser.analyse([image_of(200, [20, 60, 100])], min_score=0.6)

    assert faces.scores.tolist() == pytest.approx([0.9, 0.6])


@pytest.mark.parametrize(
    "images",
    [pytest.param([], id="no images"), pytest.param([image_of(9)], id="an image without faces")],
)
def test_nothing_found_is_an_answer_too(analyser: Analyser, images: list[Image]) -> None:
    answers = analyser.analyse(images, min_score=0.5)

    assert [len(faces) for faces in answers] == [0] * len(images)


def test_a_flat_face_is_not_sharp(analyser: Analyser) -> None:
    [faces] = analyser.analyse([image_of(200, [40])], min_score=0.5)

    assert faces.sharpness.tolist() == [0]


def test_it_names_the_model_that_answers(analyser: Analyser) -> None:
    assert analyser.model_version == "brightness-1"
