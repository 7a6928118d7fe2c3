"""The test command checks format, lint, types and tests."""

from pathlib import Path

from launch.checks import ROOT, list_checks


def test_arguments_go_to_pytest_alone() -> None:
    checks = list_checks(["-k", "name"])
    assert [Path(check[0]).name for check in checks[:2]] == ["ruff", "ruff"]
    assert checks[2][1:] == ["-m", "mypy", "."]
    assert checks[3][1:] == ["-m", "pytest", "-k", "name"]
    assert not any("-k" in check for check in checks[:3])


def test_each_folder_of_tests_is_run_once() -> None:
    side_by_side, alone = list_checks([])[3:]
    folders = [argument for argument in alone if argument.startswith("tests/")]
    assert [f"--ignore={folder}" for folder in folders] == side_by_side[-len(folders) :]
    assert all((ROOT / folder).is_dir() for folder in folders)
