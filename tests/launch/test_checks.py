"""The test command checks format, lint, types and tests."""

from pathlib import Path

from launch.checks import list_checks


def test_arguments_go_to_pytest_alone() -> None:
    checks = list_checks(["-k", "name"])
    assert [Path(check[0]).name for check in checks[:2]] == ["ruff", "ruff"]
    assert checks[2][1:] == ["-m", "mypy", "."]
    assert checks[3][1:] == ["-m", "pytest", "-k", "name"]
    assert not any("-k" in check for check in checks[:3])
