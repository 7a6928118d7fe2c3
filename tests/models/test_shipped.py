"""The shipped networks answer rightly where the answer is plain."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from core.assets import asset_path
from core.types import LABELS, Image, Label
from models.analysis import Analyser, load_analyser, load_classifier
from models.detectors.centerface import CenterFace
from models.manifest import SHIPPED_CLASSIFIER, read_manifest
from models.training.masks import Worn, draw_mask

SIZE_MAX = 20_000_000
"""Bytes; the repository stays small."""


@pytest.fixture(scope="module")
def analyser() -> Analyser:
    return load_analyser(threads=1)


def portrait(name: str) -> Image:
    return np.asarray(cv2.imread(str(asset_path(name))), np.uint8)


@pytest.mark.parametrize("name", ["astronaut.png", "grace_hopper.jpg"])
@pytest.mark.parametrize("scale", [1.0, 0.4, 0.2])
@pytest.mark.parametrize(
    ("worn", "label"),
    [
        pytest.param(None, Label.NO_MASK, id="bare"),
        pytest.param(Worn.PROPERLY, Label.MASK, id="mask"),
        pytest.param(Worn.BELOW_THE_NOSE, Label.INCORRECT_MASK, id="below the nose"),
    ],
)
def test_it_tells_what_a_portrait_wears(
    analyser: Analyser, name: str, scale: float, worn: Worn | None, label: Label
) -> None:
    image = portrait(name)
    if worn:
        detector = analyser.detector
        assert isinstance(detector, CenterFace)
        landmarks = detector.detect_points([image])[0].landmarks[0]
        image = draw_mask(image, landmarks, worn, np.random.default_rng(1))
    seen = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)

    [faces] = analyser.analyse([np.asarray(seen, np.uint8)], min_score=0.5)

    assert faces.labels() == [label]


def test_probabilities_sum_to_one_in_the_order_of_the_labels(analyser: Analyser) -> None:
    crops = [np.full((side, side, 3), 120, np.uint8) for side in (16, 300)]

    probabilities = analyser.classifier.classify(crops)

    assert probabilities.shape == (2, 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-3)
    assert read_manifest(SHIPPED_CLASSIFIER).labels == LABELS


def test_one_and_several_streams_agree(analyser: Analyser) -> None:
    images = [portrait("astronaut.png"), portrait("grace_hopper.jpg")] * 2

    several = load_analyser(threads=2).analyse(images, min_score=0.5)

    for one, other in zip(analyser.analyse(images, min_score=0.5), several, strict=True):
        np.testing.assert_allclose(one.boxes, other.boxes, atol=0.5)
        np.testing.assert_allclose(one.probabilities, other.probabilities, atol=0.01)


def test_warming_up_leaves_nothing_behind(analyser: Analyser) -> None:
    analyser.warm_up()

    assert analyser.analyse([], min_score=0.5) == []


def test_the_weights_are_small() -> None:
    assert sum(file.size for file in read_manifest(SHIPPED_CLASSIFIER).files) < SIZE_MAX


def test_the_model_card_tells_of_these_weights() -> None:
    card = (SHIPPED_CLASSIFIER / "MODEL_CARD.md").read_text()

    assert read_manifest(SHIPPED_CLASSIFIER).model_version in card


def test_its_figures_on_photographs_are_as_the_card_says(shared_data: Path) -> None:
    from models.training.evaluate import EvaluateOptions, Rows, choose
    from models.training.examples import read_examples
    from models.training.samples import load_samples

    options = EvaluateOptions(shared_data)
    examples = choose(read_examples(shared_data), options).examples[::8]
    samples = load_samples(examples, asset_path("centerface.onnx"), 1, print)
    rows = Rows()

    rows.add(samples, load_classifier(SHIPPED_CLASSIFIER, 1), options)

    assert rows.to_judged().figures().accuracy > 0.93
