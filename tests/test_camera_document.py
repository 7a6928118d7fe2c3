"""What docs/cameras.md shows can be typed in as it stands."""

import re
from pathlib import Path

from core.camera_lists import COLUMNS, ListFormat, read_csv, read_listed, scan_list
from core.camera_rules import CameraRules, parse_rules
from core.configurations import read_yaml

TEXT = (Path(__file__).parent.parent / "docs" / "cameras.md").read_text()


def example(language: str, number: int = 0) -> str:
    """The document's examples in a language, in their order."""
    return str(re.findall(rf"```{language}\n(.*?)```", TEXT, re.S)[number])


def test_its_rules_are_rules_and_each_rule_is_explained() -> None:
    rules = parse_rules(example("json"))
    assert len(rules.include) == len(rules.exclude) == 1
    for name in CameraRules.model_fields:
        assert f"| `{name}` |" in TEXT


def test_its_list_can_be_taken_over_and_every_column_is_named() -> None:
    assert [camera.name for camera in read_csv(example("csv").encode())] == [
        "North entrance",
        "Canteen",
    ]
    for column in COLUMNS:
        assert f"`{column}`" in TEXT


def test_its_list_in_yaml_can_be_taken_over() -> None:
    found = scan_list(example("yaml").encode(), ListFormat.YAML)
    assert [camera.name for camera in found.whole()] == ["North entrance"]


def test_its_configuration_can_be_taken_over() -> None:
    wanted = read_yaml(example("yaml", 1).encode())
    (camera,) = read_listed(("cameras", one) for one in wanted.cameras)
    assert camera.wanted.rules is not None
    assert camera.wanted.rules.schedule is not None
