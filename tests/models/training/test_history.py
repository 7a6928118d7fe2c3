"""What a run remembers: the best epoch, when to end, the plot."""

from pathlib import Path

import pytest
from PIL import Image

from models.training.history import EpochFigures, best_of, is_done_learning
from models.training.plot import SIZE_WH, draw_history


def epochs(*macro_f1: float) -> list[EpochFigures]:
    return [
        EpochFigures(number, 0.9, 0.5, 0.8 - number / 100, 0.6, value, 1e-4, 3.0)
        for number, value in enumerate(macro_f1, 1)
    ]


def test_the_best_epoch_has_the_highest_macro_f1_and_then_the_lowest_loss() -> None:
    assert best_of(epochs(0.5, 0.7, 0.6)).epoch == 2
    assert best_of(epochs(0.7, 0.7)).epoch == 2
    assert best_of(epochs(0.7)).epoch == 1


@pytest.mark.parametrize(
    ("macro_f1", "patience", "first", "is_done"),
    [
        pytest.param((), 2, 0, False, id="nothing yet"),
        pytest.param((0.5, 0.6, 0.7), 2, 0, False, id="rising"),
        pytest.param((0.7, 0.6, 0.65), 2, 0, True, id="two epochs no better"),
        pytest.param((0.7, 0.6), 2, 0, False, id="one epoch no better"),
        pytest.param((0.7, 0.7, 0.7), 2, 0, True, id="equal is no better"),
        pytest.param((0.9, 0.5, 0.4), 2, 1, False, id="the frozen epoch does not count"),
        pytest.param((0.9,), 1, 1, False, id="only frozen epochs"),
    ],
)
def test_it_ends_when_macro_f1_rises_no_more(
    macro_f1: tuple[float, ...], patience: int, first: int, is_done: bool
) -> None:
    assert is_done_learning(epochs(*macro_f1), patience, first) is is_done


@pytest.mark.parametrize("count", [1, 2, 40])
def test_the_plot_is_a_png_for_any_number_of_epochs(tmp_path: Path, count: int) -> None:
    draw_history(epochs(*(0.5 + number / 100 for number in range(count))), tmp_path / "plot.png")

    with Image.open(tmp_path / "plot.png") as picture:
        assert (picture.format, picture.size) == ("PNG", SIZE_WH)
        colours = picture.getcolors(1 << 20)
    assert colours is not None
    assert len(colours) > 50
