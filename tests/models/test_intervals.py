"""Intervals of figures, against closed forms and the slow way of drawing."""

import numpy as np
import pytest

from models.training.figures import measure
from models.training.intervals import bootstrap


def alone(count: int) -> np.ndarray:
    """A group for each face."""
    return np.arange(count).astype(str)


def faces(count: int, wrong: int) -> tuple[np.ndarray, np.ndarray]:
    """What was said of masks, and the truth."""
    truth = np.zeros(count, np.int64)
    said = truth.copy()
    said[:wrong] = 2
    return said, truth


def test_the_figures_are_those_of_the_report() -> None:
    rng = np.random.default_rng(1)
    truth, said = rng.integers(0, 3, 200), rng.integers(0, 3, 200)
    figures = measure(np.eye(3, dtype=np.float32)[said], truth)

    found = bootstrap(said, truth, alone(200))

    assert found.accuracy.value == pytest.approx(figures.accuracy)
    assert found.macro_f1.value == pytest.approx(figures.macro_f1)
    assert found.mask_accuracy is not None
    assert found.mask_accuracy.value == pytest.approx(figures.mask_accuracy)
    recalls = [recall.value for recall in found.recalls if recall]
    assert recalls == pytest.approx([label.recall for label in figures.labels])


def test_a_few_faces_told_rightly_are_no_certainty() -> None:
    found = bootstrap(*faces(12, 0), alone(12))

    assert found.accuracy.value == 1
    assert found.accuracy.lower == pytest.approx(0.757, abs=0.001)  # Wilson, 12 of 12
    assert found.accuracy.upper == 1
    assert found.recalls[0] == found.accuracy


def test_single_faces_have_the_binomial_interval() -> None:
    found = bootstrap(*faces(400, 40), alone(400)).accuracy

    # 1.96 times the root of 0.9 * 0.1 / 400
    assert found.lower == pytest.approx(0.9 - 0.0294, abs=0.004)
    assert found.upper == pytest.approx(0.9 + 0.0294, abs=0.004)


def test_near_duplicates_do_not_make_a_figure_surer() -> None:
    said, truth = faces(40, 4)

    once = bootstrap(said, truth, alone(40)).accuracy
    tenfold = bootstrap(said.repeat(10), truth.repeat(10), alone(40).repeat(10)).accuracy

    assert (once.lower, once.upper) == (tenfold.lower, tenfold.upper)


def test_groups_of_different_sizes_are_drawn_as_the_slow_way_draws_them() -> None:
    rng = np.random.default_rng(2)
    groups = rng.integers(0, 30, 150)
    said, truth = rng.integers(0, 2, 150) * 2, rng.integers(0, 3, 150)
    members = [np.flatnonzero(groups == group) for group in range(30)]
    drawn = []
    for _ in range(3000):
        rows = np.concatenate([members[group] for group in rng.integers(0, 30, 30)])
        drawn.append((said[rows] == truth[rows]).mean())

    found = bootstrap(said, truth, groups.astype(str)).accuracy

    assert [found.lower, found.upper] == pytest.approx(np.percentile(drawn, [2.5, 97.5]), abs=0.012)


def test_one_group_gives_a_figure_without_an_interval() -> None:
    found = bootstrap(*faces(5, 1), np.full(5, "frame"))

    assert found.groups == 1
    assert found.accuracy.value == pytest.approx(0.8)
    assert found.accuracy.lower is None


def test_a_label_that_does_not_occur_has_no_recall() -> None:
    found = bootstrap(*faces(3, 0), alone(3))

    assert found.recalls[1] is None
    assert found.recalls[0] is not None
    only_incorrect = np.ones(3, np.int64)
    assert bootstrap(only_incorrect, only_incorrect, alone(3)).mask_accuracy is None


def test_the_same_faces_give_the_same_interval() -> None:
    said, truth = faces(50, 9)

    assert bootstrap(said, truth, alone(50)) == bootstrap(said, truth, alone(50))
