"""Every command that changes something writes it into the audit."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import select

import migrations
from cli import main
from core.storage.engine import Database
from core.storage.sites import settle_site
from core.storage.tables import AuditRow

PASSWORD = "secret-pw of theirs"
LIST = "name,url,site\nyard,rtsp://u:secret-pw@h/3,north\n"
CONFIGURATION = "format: 1\npreferences:\n  session_hours: 5\n"


@dataclass(frozen=True)
class Step:
    """A command with its arguments, and the action that the audit must name."""

    command: str
    arguments: str
    action: str
    typed: str = ""


STEPS = [
    Step("camera add", "door --site north", "camera.add", "rtsp://u:secret-pw@h/1\n"),
    Step("camera change", "door --frames-per-second 3", "camera.change"),
    Step("camera import", "{folder}/cameras.csv", "camera.import"),
    Step("camera remove", "door", "camera.remove"),
    Step("config import", "{folder}/house.yaml --yes", "preferences.change"),
    Step("user add", "ann --role viewer", "user.add", PASSWORD),
    Step("user change", "ann --role operator --site north", "user.change"),
    Step("group add", "guards --site north --user ann", "group.add"),
    Step("group remove", "guards", "group.remove"),
    Step("user remove", "ann", "user.remove"),
    Step("token create", "chart --role viewer", "token.create"),
    Step("token revoke", "chart", "token.revoke"),
]
LOOKING = {
    "bench verdicts",
    "camera check",
    "camera export",
    "camera list",
    "classify",
    "config export",
    "detect",
    "doctor",
    "evaluate",
    "explain",
    "export",
    "group list",
    "model list",
    "model show",
    "test",
    "token list",
    "train",
    "user list",
    "watch",
}
RUNNING = {"dashboard", "ingest", "jobs", "migrate", "recorder", "up", "worker"}
ELSEWHERE = {
    "backfill": "workers/test_backfill.py",
    "backup": "launch/test_backups.py",
    "erase": "core/storage/test_erasure.py",
    "model activate": "launch/commands/test_model_versions.py",
    "model add": "launch/commands/test_model_versions.py",
    "model remove": "launch/commands/test_model_versions.py",
    "model rollback": "launch/commands/test_model_versions.py",
    "prune": "core/storage/test_retention.py",
    "restore": "launch/test_backups.py",
}
"""Where the audit of these is tried, for they need more than a database."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Database]:
    """An installation with a site, and files to import beside it."""
    url = f"sqlite:///{tmp_path / 'maskwatch.db'}"
    migrations.upgrade(url)
    (tmp_path / "cameras.csv").write_text(LIST)
    (tmp_path / "house.yaml").write_text(CONFIGURATION)
    with closing(Database(url)) as database:
        with database.write() as session:
            settle_site(session, "north")
        yield database


def test_each_change_is_written_with_the_account_that_ran_the_command(
    house: Database, tmp_path: Path
) -> None:
    for step in STEPS:
        known = len(written(house))
        arguments = f"{step.command} {step.arguments.format(folder=tmp_path)}".split()
        result = CliRunner().invoke(main, [*arguments, "--data", str(tmp_path)], input=step.typed)
        assert (step, result.exit_code, result.output) == (step, 0, result.output)
        found = [row for row in written(house)[known:] if row.action == step.action]
        assert (step, len(found)) == (step, 1)
        assert (step, found[0].actor_kind, found[0].actor != "") == (step, "command", True)
        told = f"{found[0].subject} {found[0].before} {found[0].after}"
        assert (step, "secret-pw" in told) == (step, False)


def test_every_command_is_tried_or_changes_nothing() -> None:
    tried = {step.command for step in STEPS}
    assert set(commands_of(main)) == tried | LOOKING | RUNNING | set(ELSEWHERE)


def test_what_is_tried_elsewhere_is_there() -> None:
    tests = Path(__file__).parents[2]
    for place in ELSEWHERE.values():
        assert (place, "audit" in (tests / place).read_text().lower()) == (place, True)


def written(house: Database) -> list[AuditRow]:
    with house.read() as session:
        return list(session.scalars(select(AuditRow).order_by(AuditRow.id)))


def commands_of(group: click.Group, words: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands_of(command, f"{words}{name} ")
        else:
            yield words + name
