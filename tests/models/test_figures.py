"""Figures of an evaluation, against values counted by hand."""

import numpy as np
import pytest

from core.types import Label, Probabilities
from models.training.calibration import fit_temperature, negative_log_likelihood
from models.training.figures import (
    calibration_error,
    in_words,
    measure,
    reliability,
    trace_curve,
    trace_curves,
)

TRUTH = np.asarray([0, 0, 0, 1, 2, 2])
SAID = np.asarray([0, 0, 1, 1, 2, 0])


def surely(said: np.ndarray, confidence: float = 0.8) -> Probabilities:
    """Probabilities that say these labels with this confidence."""
    rest = (1 - confidence) / 2
    return np.where(np.eye(3)[said] == 1, confidence, rest).astype(np.float32)


def test_figures_are_as_counted_by_hand() -> None:
    figures = measure(surely(SAID), TRUTH)

    assert figures.confusion == ((2, 1, 0), (0, 1, 0), (1, 0, 1))
    assert figures.accuracy == pytest.approx(4 / 6)
    assert figures.balanced_accuracy == pytest.approx((2 / 3 + 1 + 1 / 2) / 3)
    incorrect = figures.labels[1]
    assert incorrect.label is Label.INCORRECT_MASK
    assert (incorrect.precision, incorrect.recall) == (0.5, 1.0)
    assert incorrect.f1 == pytest.approx(2 / 3)


def test_a_label_that_does_not_occur_has_no_recall() -> None:
    figures = measure(surely(np.asarray([0, 0])), np.asarray([0, 0]))

    assert figures.labels[0].recall == 1
    assert figures.labels[1].recall is None
    assert figures.labels[1].precision is None
    assert figures.balanced_accuracy == 1
    assert figures.macro_f1 == 1


def test_mask_against_no_mask_leaves_incorrect_masks_out_but_counts_that_word_as_wrong() -> None:
    # Of three masks two are told, of two bare faces one.
    assert measure(surely(SAID), TRUTH).mask_accuracy == pytest.approx(3 / 5)
    only_incorrect = np.asarray([1, 1])
    assert measure(surely(only_incorrect), only_incorrect).mask_accuracy is None


def test_a_word_that_is_never_true_takes_nothing_off_the_macro_f1_but_by_its_victims() -> None:
    figures = measure(surely(np.asarray([0, 1])), np.asarray([0, 0]))

    assert figures.macro_f1 == pytest.approx(2 / 3)


def test_confidence_that_comes_true_has_no_calibration_error() -> None:
    said = np.zeros(10, int)
    truth = np.asarray([0] * 8 + [1] * 2)

    assert calibration_error(surely(said, 0.8), truth) == pytest.approx(0, abs=1e-6)
    assert calibration_error(surely(said, 0.99), truth) == pytest.approx(0.19, abs=1e-6)


def test_bins_are_weighed_by_their_faces() -> None:
    said = np.zeros(4, int)
    probabilities = np.concatenate([surely(said[:1], 0.5), surely(said[:3], 0.9)])

    error = calibration_error(probabilities, np.asarray([1, 0, 0, 0]))

    assert error == pytest.approx((0.5 * 1 + 0.1 * 3) / 4, abs=1e-6)


def test_the_figures_read_as_a_table() -> None:
    lines = in_words(measure(surely(SAID), TRUTH)).splitlines()

    assert lines[0].startswith("6 faces, accuracy 0.667")
    assert lines[2].split() == ["mask", "0.667", "0.667", "0.667", "3", "2", "/", "1", "/", "0"]


def test_the_temperature_that_logits_were_sharpened_by_is_found() -> None:
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 2, (20_000, 3)).astype(np.float32)
    odds = np.exp(logits)
    truth = (rng.random((len(logits), 1)) > (odds / odds.sum(1, keepdims=True)).cumsum(1)).sum(1)

    assert fit_temperature(logits * 2.5, truth) == pytest.approx(2.5, rel=0.05)


def test_the_likelihood_of_even_logits_is_that_of_chance() -> None:
    loss = negative_log_likelihood(np.zeros((4, 3), np.float32), np.asarray([0, 1, 2, 0]))

    assert loss == pytest.approx(np.log(3))


def slow_average_precision(scores: np.ndarray, is_so: np.ndarray) -> float:
    """The area under the steps, one threshold after the other."""
    area, last_recall = 0.0, 0.0
    for threshold in sorted(set(scores.tolist()), reverse=True):
        right = is_so[scores >= threshold].sum()
        recall = right / is_so.sum()
        area += (recall - last_recall) * right / (scores >= threshold).sum()
        last_recall = recall
    return area


@pytest.mark.parametrize(
    ("scores", "is_so", "expected"),
    [
        pytest.param([0.9, 0.8, 0.3], [True, True, False], 1.0, id="all right before all wrong"),
        pytest.param(
            [0.9, 0.8, 0.3], [False, True, True], (1 / 2 + 2 / 3) / 2, id="one wrong first"
        ),
        pytest.param([0.5, 0.5], [True, False], 0.5, id="equal scores are one step"),
        pytest.param([0.2], [True], 1.0, id="one face"),
    ],
)
def test_average_precision_is_as_counted_by_hand(
    scores: list[float], is_so: list[bool], expected: float
) -> None:
    curve = trace_curve(Label.MASK, np.asarray(scores, np.float32), np.asarray(is_so))

    assert curve.average_precision == pytest.approx(expected)
    assert curve.recall[-1] == 1


def test_average_precision_agrees_with_the_slow_way_of_counting() -> None:
    rng = np.random.default_rng(3)
    scores = (rng.integers(0, 40, 300) / 40).astype(np.float32)
    is_so = rng.random(300) < scores

    curve = trace_curve(Label.MASK, scores, is_so)

    assert curve.average_precision == pytest.approx(slow_average_precision(scores, is_so))


def test_only_labels_that_occur_have_a_curve() -> None:
    curves = trace_curves(surely(np.asarray([0, 2, 2])), np.asarray([0, 2, 0]))

    assert [curve.label for curve in curves] == [Label.MASK, Label.NO_MASK]


def test_bins_hold_how_sure_and_how_right_their_faces_are() -> None:
    said = np.zeros(4, int)
    probabilities = np.concatenate([surely(said[:1], 0.5), surely(said[:3], 1.0)])

    low, high = reliability(probabilities, np.asarray([1, 0, 0, 2]))

    assert [low.count, low.confidence, low.accuracy] == pytest.approx([1, 0.5, 0])
    assert [high.count, high.upper, high.accuracy] == pytest.approx([3, 1, 2 / 3])
