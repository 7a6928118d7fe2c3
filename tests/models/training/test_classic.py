"""The classic recipe: the usual script's pictures, its network, and three columns at the end."""

from pathlib import Path

import numpy as np
import pytest

from core.errors import BadDataset
from core.types import LABELS, Label
from models.training.classic import ClassicDraws, change, read_crop
from models.training.examples import Example
from tests.models.training.pictures import noise, save_picture


def example_of(folder: Path, number: int, label: Label = Label.MASK) -> Example:
    return Example(save_picture(folder / f"{number}.png", number), None, label, "a", str(number))


def test_each_picture_is_drawn_once_an_epoch_in_a_new_order(tmp_path: Path) -> None:
    examples = [example_of(tmp_path, number) for number in range(6)]
    draws = ClassicDraws(examples, seed=1, side=32, changed=False)

    epochs = [[draws.draw(epoch, i).pixels.tobytes() for i in range(6)] for epoch in (0, 1)]

    assert len(set(epochs[0])) == 6
    assert set(epochs[0]) == set(epochs[1])
    assert epochs[0] != epochs[1]


def test_the_same_place_in_the_same_epoch_gives_the_same_picture(tmp_path: Path) -> None:
    examples = [example_of(tmp_path, number) for number in range(3)]
    one, other = (ClassicDraws(examples, seed=1, side=32, changed=True) for _ in range(2))

    assert (one.draw(2, 1).pixels == other.draw(2, 1).pixels).all()


def test_badly_worn_masks_are_left_out(tmp_path: Path) -> None:
    examples = [example_of(tmp_path, number, label) for number, label in enumerate(LABELS)]

    draws = ClassicDraws(examples, seed=1, side=32, changed=True)

    assert {draws.draw(0, position).label for position in range(2)} == {0, 2}


def test_a_part_of_badly_worn_masks_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDataset, match="no face of mask or no_mask"):
        ClassicDraws([example_of(tmp_path, 1, Label.INCORRECT_MASK)], 1, 32, changed=True)


def test_a_box_is_cut_with_its_context(tmp_path: Path) -> None:
    path = save_picture(tmp_path / "a.png", 1, side=100)

    crop = read_crop(Example(path, (40, 40, 60, 60), Label.MASK, "a", "a"))

    assert crop.shape == (26, 26, 3)


def test_a_change_keeps_size_and_brightness() -> None:
    crop = noise(1, 64)

    changed = [change(crop, np.random.default_rng(seed)) for seed in range(20)]

    assert {each.shape for each in changed} == {(64, 64, 3)}
    assert np.mean([each.mean() for each in changed]) == pytest.approx(crop.mean(), abs=12)
    assert all((each != crop).any() for each in changed)
