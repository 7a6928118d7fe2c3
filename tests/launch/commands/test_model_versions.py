"""The commands of the model versions, from adding one to removing it."""

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.storage.audit import ActorKind, AuditFilter, read_all_changes
from core.storage.engine import Database
from models.manifest import SHIPPED_CLASSIFIER, read_manifest
from tests.models.versions import break_network, copy_shipped
from tests.test_cli import call

SHIPPED = read_manifest(SHIPPED_CLASSIFIER).model_version


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_shipped(tmp_path / "model", "mine-1")


def listed(data: Path) -> dict[str, dict[str, Any]]:
    """The classifiers by name."""
    answer = call("model", "list", "--json", "--data", data)
    assert answer.exit_code == 0, answer.stderr
    return {one["version"]: one for one in json.loads(answer.stdout) if one["task"] == "classifier"}


def test_a_new_installation_has_the_shipped_version_active(data: Path) -> None:
    shipped = listed(data)[SHIPPED]

    assert (shipped["is_active"], shipped["is_shipped"]) == (True, True)
    assert {file["name"] for file in shipped["files"]} >= {"classifier.xml", "classifier.bin"}
    columns = call("model", "list", "--data", data).stdout.splitlines()
    assert columns[0].split()[:3] == ["id", "task", "version"]


def test_a_version_is_added_activated_rolled_back_and_removed(data: Path, folder: Path) -> None:
    added = call("model", "add", folder, "--data", data)
    assert (added.exit_code, added.stdout) == (0, 'classifier "mine-1" is added\n')
    assert not listed(data)["mine-1"]["is_active"]

    assert call("model", "activate", "mine-1", "--data", data).exit_code == 0
    assert listed(data)["mine-1"]["is_active"]
    refused = call("model", "remove", "mine-1", "--yes", "--data", data)
    assert (refused.exit_code, "is active" in refused.stderr) == (1, True)

    back = call("model", "rollback", "--data", data)
    assert back.stdout == f'classifier "{SHIPPED}" is active again\n'
    assert call("model", "rollback", "--data", data).exit_code == 1

    removed = call("model", "remove", "mine-1", "--data", data, text="y\n")
    assert removed.exit_code == 0
    assert listed(data).keys().isdisjoint({"mine-1"})


def test_one_command_adds_and_activates(data: Path, folder: Path) -> None:
    answer = call("model", "add", folder, "--activate", "--json", "--data", data)

    assert json.loads(answer.stdout)["is_active"]
    assert listed(data)["mine-1"]["is_active"]


def test_a_version_is_shown_with_its_card(data: Path) -> None:
    card = (SHIPPED_CLASSIFIER / "MODEL_CARD.md").read_text()

    words = call("model", "show", SHIPPED, "--data", data).stdout
    shown = json.loads(call("model", "show", SHIPPED, "--json", "--data", data).stdout)

    assert shown["card"] == card
    assert card in words
    assert f"version: {SHIPPED}" in words


def test_a_folder_whose_networks_do_not_run_is_not_added(data: Path, folder: Path) -> None:
    answer = call("model", "add", break_network(folder), "--data", data)

    assert answer.exit_code == 1
    assert "mine-1 cannot be loaded and run" in answer.stderr
    assert not data.exists()


def test_a_folder_of_altered_files_is_not_added(data: Path, folder: Path) -> None:
    (folder / "classifier.bin").write_bytes(b"altered")
    answer = call("model", "add", folder, "--data", data)
    assert (answer.exit_code, "expected" in answer.stderr) == (1, True)


def test_removing_asks_first(data: Path, folder: Path) -> None:
    call("model", "add", folder, "--data", data)
    assert call("model", "remove", "mine-1", "--data", data, text="n\n").exit_code == 1
    assert "mine-1" in listed(data)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("activate", "none"), id="activate"),
        pytest.param(("show", "none"), id="show"),
        pytest.param(("remove", "none", "--yes"), id="remove"),
        pytest.param(("show", SHIPPED, "--task", "detector"), id="of another task"),
    ],
)
def test_a_version_that_is_not_there_says_where_to_look(
    data: Path, arguments: tuple[str, ...]
) -> None:
    answer = call("model", *arguments, "--data", data)
    assert answer.exit_code == 1
    assert "maskwatch model list" in answer.stderr


def test_a_missing_folder_is_bad_use(data: Path) -> None:
    assert call("model", "add", data / "none", "--data", data).exit_code == 2


def test_each_change_is_written_into_the_audit(data: Path, folder: Path) -> None:
    for command in (("add", folder), ("activate", "mine-1"), ("rollback",)):
        assert call("model", *command, "--data", data).exit_code == 0
    assert call("model", "remove", "mine-1", "--yes", "--data", data).exit_code == 0
    wanted = AuditFilter(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
    with closing(Database(f"sqlite:///{data / 'maskwatch.db'}")) as database:
        found = [one for page in read_all_changes(database, wanted) for one in page]
    assert [(one.action, one.actor.kind) for one in reversed(found)] == [
        (f"model.{word}", ActorKind.COMMAND) for word in ("add", "activate", "roll_back", "remove")
    ]
