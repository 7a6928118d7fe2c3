"""The commands of the model versions: add, look, activate, roll back, remove.

They work on the database, whether the system runs or not; workers that run take a
newly active version within seconds.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from launch.commands.options import json_option, with_settings, yes_option
from launch.commands.printing import in_seconds, print_json, print_rows

if TYPE_CHECKING:
    from core.settings import Settings
    from core.storage.engine import Database
    from core.storage.model_versions import ModelVersion

version_argument = click.argument("version")
task_option = click.option(
    "--task",
    type=click.Choice(["classifier", "detector"]),
    help="Needed where a classifier and a detector have the same name.",
)


@click.group()
def model() -> None:
    """Add model versions, list, show, activate and remove them."""


@model.command("list")
@json_option
@with_settings
def list_models(settings: "Settings", as_json: bool) -> None:
    """List the model versions, the newest of each task first."""
    from core.storage.model_versions import list_versions

    with _open_models(settings) as database, database.read() as session:
        versions = list_versions(session)
    rows = [_describe(one) for one in versions]
    columns = ("id", "task", "version", "is_active", "architecture", "precision", "added_at")
    print_rows(rows if as_json else [{one: row[one] for one in columns} for row in rows], as_json)


@model.command("add")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--activate", "is_activated", is_flag=True, help="Make it the active one, too.")
@json_option
@with_settings
def add_model(settings: "Settings", folder: Path, is_activated: bool, as_json: bool) -> None:
    """Add the model version in FOLDER, if its checksums are right and its networks run."""
    from core.storage.model_audit import activate_audited, record_added
    from core.storage.model_versions import add_version, mark_checked
    from launch.commands.actors import command_actor
    from models.registry import read_folder
    from models.trials import try_version

    try_version(folder)
    who = command_actor()
    with _open_models(settings) as database, database.write() as session:
        added = add_version(session, read_folder(folder), who.name)
        mark_checked(session, added.id)
        record_added(session, who, added)
        if is_activated:
            added = activate_audited(session, who, added.id)
    _print_version(added, "is added" + (" and active" if is_activated else ""), as_json)


@model.command("activate")
@version_argument
@task_option
@json_option
@with_settings
def activate_model(settings: "Settings", version: str, task: str | None, as_json: bool) -> None:
    """Make VERSION the active one of its task, if its networks run."""
    from core.storage.model_audit import activate_audited
    from core.storage.model_versions import mark_checked
    from launch.commands.actors import command_actor
    from models.registry import ModelRegistry

    with _open_models(settings) as database, closing(ModelRegistry(settings)) as registry:
        found = _find(database, version, task)
        registry.check(found.id)
        with database.write() as session:
            mark_checked(session, found.id)
            active = activate_audited(session, command_actor(), found.id)
    _print_version(active, "is active", as_json)


@model.command("rollback")
@click.option(
    "--task",
    type=click.Choice(["classifier", "detector"]),
    default="classifier",
    show_default=True,
    help="Which of the two goes back.",
)
@json_option
@with_settings
def roll_back_model(settings: "Settings", task: str, as_json: bool) -> None:
    """Go back to the version that was active before; once more goes a step further."""
    from core.manifests import Task
    from core.storage.model_audit import roll_back_audited
    from launch.commands.actors import command_actor

    with _open_models(settings) as database, database.write() as session:
        active = roll_back_audited(session, command_actor(), Task(task))
    _print_version(active, "is active again", as_json)


@model.command("show")
@version_argument
@task_option
@json_option
@with_settings
def show_model(settings: "Settings", version: str, task: str | None, as_json: bool) -> None:
    """Show what is known of VERSION, with its model card."""
    from core.storage.model_versions import read_card

    with _open_models(settings) as database:
        found = _find(database, version, task)
        with database.read() as session:
            card = read_card(session, found.id)
    if as_json:
        print_json(_describe(found) | {"card": card})
        return
    for name, value in _describe(found).items():
        click.echo(f"{name}: {_in_words(value)}")
    click.echo(f"\n{card}")


@model.command("remove")
@version_argument
@task_option
@yes_option
@json_option
@with_settings
def remove_model(
    settings: "Settings", version: str, task: str | None, yes: bool, as_json: bool
) -> None:
    """Remove VERSION with its files. The active and the shipped ones stay."""
    from core.storage.model_audit import remove_audited
    from launch.commands.actors import command_actor

    with _open_models(settings) as database:
        found = _find(database, version, task)
        if not yes:
            click.confirm(
                f'remove {found.task} "{found.version}" and its files?', abort=True, err=True
            )
        with database.write() as session:
            remove_audited(session, command_actor(), found.id)
    _print_version(found, "is removed", as_json)


@contextmanager
def _open_models(settings: "Settings") -> Iterator["Database"]:
    """Open the database; the embedded one learns of this release's versions if need be."""
    from core.storage.model_activations import register_shipped
    from launch.database import open_database
    from models.shipped import shipped_folders

    with open_database(settings) as database:
        if not settings.database_url:
            with database.write() as session:
                register_shipped(session, shipped_folders())
        yield database


def _find(database: "Database", version: str, task: str | None) -> "ModelVersion":
    """Find a version by its name. Raises NotFound, and UsageError where two tasks have it."""
    from core.errors import NotFound
    from core.storage.model_versions import find_versions

    with database.read() as session:
        found = [one for one in find_versions(session, version) if task in (None, one.task)]
    if not found:
        raise NotFound(f'there is no model version "{version}"; see `maskwatch model list`')
    if len(found) > 1:
        raise click.UsageError(f'a classifier and a detector are named "{version}"; give --task')
    return found[0]


def _describe(version: "ModelVersion") -> dict[str, Any]:
    manifest = version.manifest
    return {
        "id": version.id,
        "task": version.task.value,
        "version": version.version,
        "architecture": manifest.architecture,
        "precision": manifest.precision.value,
        "input_side": manifest.input_side,
        "is_active": version.is_active,
        "is_shipped": version.is_shipped,
        "added_at": in_seconds(version.added_at),
        "added_by": version.added_by,
        "checked_at": in_seconds(version.checked_at),
        "figures": manifest.figures,
        "licence": manifest.licence,
        "command": manifest.command,
        "trained_on": list(manifest.trained_on),
        "files": [
            {"name": one.name, "size": one.size, "sha256": one.sha256, "runtime": one.runtime.value}
            for one in manifest.files
        ],
    }


def _in_words(value: object) -> str:
    """Write a value of _describe in a line or, for files, a line each."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {number}" for name, number in value.items())
    if isinstance(value, list):
        return "".join(f"\n  {_in_words(one)}" for one in value)
    return "" if value is None else str(value)


def _print_version(version: "ModelVersion", what: str, as_json: bool) -> None:
    if as_json:
        print_json(_describe(version))
    else:
        click.echo(f'{version.task} "{version.version}" {what}')
