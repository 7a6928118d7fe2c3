"""Videos that nobody needs any more are removed, and no others."""

import os
import time
from pathlib import Path

import pytest

from core.uploads import sweep_uploads

HOUR = 3600


@pytest.mark.parametrize(
    ("name", "age_s", "is_removed"),
    [
        pytest.param("a" * 32, 2 * HOUR, True, id="left behind"),
        pytest.param("a" * 32, HOUR / 2, False, id="just sent"),
        pytest.param("b" * 32, 100 * HOUR, False, id="in use"),
        pytest.param("coming-x", 2 * HOUR, False, id="still coming"),
        pytest.param("coming-x", 25 * HOUR, True, id="never finished"),
    ],
)
def test_a_sweep_removes_what_was_left_behind(
    tmp_path: Path, name: str, age_s: float, is_removed: bool
) -> None:
    path = tmp_path / name
    path.touch()
    os.utime(path, (time.time() - age_s,) * 2)

    assert sweep_uploads(tmp_path, frozenset({"b" * 32})) == is_removed
    assert path.exists() is not is_removed


def test_without_a_folder_there_is_nothing_to_sweep(tmp_path: Path) -> None:
    assert sweep_uploads(tmp_path / "nowhere", frozenset()) == 0
