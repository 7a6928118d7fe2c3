"""The release that processes tell of."""

import tomllib
from pathlib import Path

from core.release import VERSION


def test_it_is_the_release_that_the_project_says() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert project["project"]["version"] == VERSION
