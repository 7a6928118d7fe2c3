"""The documents are true: every setting and command is in them, every link leads somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cli import main
from core.settings import Settings

ROOT = Path(__file__).parent.parent
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]


def commands_of(group: click.Group, words: str = "") -> Iterator[str]:
    """Name each command as one types it: `up`, `camera add`."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands_of(command, f"{name} ")
        else:
            yield words + name


def in_backticks(path: str) -> set[str]:
    """What a document sets in backticks, without arguments in capitals or brackets."""
    spans = re.findall(r"`([^`\n]+)`", (ROOT / path).read_text())
    return {re.split(r" [\[A-Z-]", span)[0] for span in spans}


def test_every_setting_has_a_line_with_its_default() -> None:
    lines = (ROOT / "docs" / "settings.md").read_text().splitlines()
    for name, field in Settings.model_fields.items():
        (line,) = (line for line in lines if line.startswith(f"| `MASKWATCH_{name.upper()}` |"))
        if field.default not in ("", None):
            assert f"| `{field.default}` |" in line


def test_no_setting_is_documented_that_is_gone() -> None:
    named = set(re.findall(r"`MASKWATCH_(\w+)`", (ROOT / "docs" / "settings.md").read_text()))
    assert named == {name.upper() for name in Settings.model_fields}


def test_every_command_is_documented() -> None:
    missing = set(commands_of(main)) - in_backticks("docs/commands.md")
    assert missing == set()


def test_no_command_is_documented_that_is_gone() -> None:
    rows = re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs" / "commands.md").read_text(), re.M)
    assert {re.split(r" [\[A-Z-]", row)[0] for row in rows} == set(commands_of(main))


def test_every_option_named_beside_a_command_exists() -> None:
    for row in (ROOT / "docs" / "commands.md").read_text().splitlines():
        found = re.match(r"^\| `([^`]+)` \| (.*)", row)
        if not found:
            continue
        command: click.Command = main
        for word in re.split(r" [\[A-Z-]", found[1])[0].split():
            assert isinstance(command, click.Group)
            command = command.commands[word]
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"`(--[\w-]+)", found[2])) <= known, row


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_to_a_file(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
        if "://" not in target:
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_is_named_exists(document: Path) -> None:
    rooms = "core|ingest|models|workers|dashboard|migrations|launch|tests|requirements|docs"
    for name in re.findall(rf"`((?:{rooms})/[\w./-]*)`", document.read_text()):
        assert (ROOT / name).exists(), name
