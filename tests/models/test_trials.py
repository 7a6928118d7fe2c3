"""Networks that answer nonsense are refused before anybody relies on them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from core.errors import WeightsMismatch
from core.types import Detections, Image, Probabilities
from models.trials import try_classifier, try_detector, try_version
from tests.models.versions import break_network, copy_shipped


@dataclass
class Answers:
    """A classifier that answers n crops by a function of n."""

    rows: Callable[[int], Probabilities]
    model_version: str = "fake"

    def classify(self, crops: Sequence[Image]) -> Probabilities:
        return self.rows(len(crops)).astype(np.float32)


@dataclass
class Finds:
    """A detector that finds the same in every picture."""

    boxes: list[list[float]]
    scores: list[float]
    skips: int = 0

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        boxes = np.asarray(self.boxes, np.float32).reshape(-1, 4)
        found = Detections(boxes, np.asarray(self.scores, np.float32))
        return [found for _ in images[self.skips :]]


def varied(n: int) -> Probabilities:
    first = np.linspace(0.1, 0.5, n)
    return np.stack([first, 0.5 - first, np.full(n, 0.5)], axis=1)


def test_probabilities_pass() -> None:
    try_classifier(Answers(varied))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        pytest.param(lambda n: np.ones((n, 2)) / 2, "of shape", id="two classes"),
        pytest.param(lambda n: np.ones((1, 3)) / 3, "of shape", id="one row for all"),
        pytest.param(lambda n: varied(n) * np.nan, "no numbers", id="not a number"),
        pytest.param(lambda n: varied(n) - 0.5, "from 0 to 1", id="below zero"),
        pytest.param(lambda n: varied(n) * 2, "sums of 2.000", id="of another sum"),
        pytest.param(lambda n: np.ones((n, 3)) / 3, "the same for every", id="blind"),
    ],
)
def test_what_are_no_probabilities_is_refused(
    rows: Callable[[int], Probabilities], message: str
) -> None:
    with pytest.raises(WeightsMismatch, match=message):
        try_classifier(Answers(rows))


@pytest.mark.parametrize(
    "finds",
    [
        pytest.param(Finds([], []), id="nothing"),
        pytest.param(Finds([[0, 0, 160, 96]], [1.0]), id="up to the edge"),
    ],
)
def test_faces_within_the_picture_pass(finds: Finds) -> None:
    try_detector(finds)


@pytest.mark.parametrize(
    ("finds", "message"),
    [
        pytest.param(Finds([[0, 0, 161, 96]], [0.5]), "within the picture", id="too far right"),
        pytest.param(Finds([[-1, 0, 9, 9]], [0.5]), "within the picture", id="too far left"),
        pytest.param(Finds([[0, 0, 9, float("nan")]], [0.5]), "no numbers", id="not a number"),
        pytest.param(Finds([[0, 0, 9, 9]], [1.5]), "scores", id="too sure"),
        pytest.param(Finds([], [], skips=1), "expected 4 answers, found 3", id="one missing"),
    ],
)
def test_faces_that_cannot_be_are_refused(finds: Finds, message: str) -> None:
    with pytest.raises(WeightsMismatch, match=message):
        try_detector(finds)


def test_the_shipped_classifier_passes(tmp_path: Path) -> None:
    try_version(copy_shipped(tmp_path / "model", "test-1"))


def test_a_file_that_is_no_network_is_refused_with_its_version(tmp_path: Path) -> None:
    folder = break_network(copy_shipped(tmp_path / "model", "test-1"))

    with pytest.raises(WeightsMismatch, match="test-1 cannot be loaded and run: Unable to read"):
        try_version(folder)
