"""The commands of training: their options are the recipe's, their refusals are short."""

import re
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from launch.commands.training import train

needs_tensorflow = pytest.mark.skipif(
    find_spec("tensorflow") is None, reason="TensorFlow is not there on Python 3.14 yet"
)


@needs_tensorflow
def test_the_help_names_the_defaults_that_the_robust_recipe_has() -> None:
    from models.training.options import TrainOptions

    defaults = {field.name: field.default for field in fields(TrainOptions)}
    told = {
        option.name: match[1]
        for option in train.params
        if (match := re.search(r"(\d[\d.]*|block_\w+)\.?$", getattr(option, "help", None) or ""))
        and option.name != "draws_per_epoch"
    }
    assert len(told) > 10
    for name, number in told.items():
        assert str(defaults[str(name)]) == number.rstrip("."), name


def test_a_folder_that_is_not_there_is_bad_use() -> None:
    result = CliRunner().invoke(main, ["train", "no such folder"])

    assert result.exit_code == 2
    assert "does not exist" in result.stderr


def test_a_spelling_without_a_label_is_bad_use(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["train", str(tmp_path), "--label-name", "helmet"])

    assert result.exit_code == 2
    assert "expected NAME=LABEL, as in helmet=ignore" in result.stderr


@needs_tensorflow
def test_a_folder_without_faces_fails_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "faces").mkdir()

    result = CliRunner().invoke(
        main, ["train", str(tmp_path / "faces"), "--output", str(tmp_path / "run")]
    )

    assert result.exit_code == 1
    assert "expected train/mask, train/no_mask" in result.stderr
    assert "Traceback" not in result.output
