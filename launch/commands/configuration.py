"""The commands that give out and take over what administrators chose, as one YAML file."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from launch.commands.options import with_settings

if TYPE_CHECKING:
    from core.settings import Settings
    from core.storage.configurations import Change


@click.group()
def config() -> None:
    """Give out or take over preferences, cameras, sites and groups, as YAML."""


@config.command("export")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--with-secrets", is_flag=True, help="Cameras' passwords too; needs --output.")
@with_settings
def export_configuration(settings: "Settings", output: Path | None, with_secrets: bool) -> None:
    """Write what was chosen as YAML, on standard output or to a file of your own (mode 0600).

    Users, history and models are not part of it: `backup` has everything.
    """
    from core.configurations import write_yaml
    from core.storage.configurations import read_configuration
    from launch.database import open_database, open_key

    if with_secrets and output is None:
        raise click.UsageError("--with-secrets: give --output; a terminal keeps what it shows")
    with open_database(settings) as database, database.read() as session:
        found = read_configuration(session, open_key(settings), with_secrets=with_secrets)
    if output is None:
        click.echo(write_yaml(found), nl=False)
    else:
        _write_own(output, write_yaml(found))
        click.echo(f"{len(found.cameras)} cameras and what else was chosen: {output}")


@config.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--yes", "is_confirmed", is_flag=True, help="Do it; without, only say what.")
@with_settings
def import_configuration(settings: "Settings", file: BinaryIO, is_confirmed: bool) -> None:
    """Say what a YAML file would change; with --yes, change all of it, or nothing.

    What the file does not name stays as it is; nothing is removed.
    """
    from core.configurations import read_yaml
    from core.storage.configurations import apply_configuration
    from launch.commands.actors import command_actor
    from launch.database import open_database, open_key

    wanted = read_yaml(file.read())
    with open_database(settings) as database, database.write() as session:
        box, actor = open_key(settings), command_actor()
        changes = apply_configuration(session, box, settings.media, wanted, actor)
        if not is_confirmed:
            session.rollback()
    for change in changes:
        click.echo(_describe(change))
    click.echo(_sum_up(len(changes), is_confirmed))


def _write_own(path: Path, text: str) -> None:
    """Write a file that its owner alone may read, also where one was there before."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, 0o600)
        file.truncate()
        file.write(text)


def _describe(change: "Change") -> str:
    if change.before is None:
        return f"{change.action}: {change.subject} {change.after or ''}".rstrip()
    return f"{change.action}: {change.subject} {change.before} -> {change.after}"


def _sum_up(changes: int, is_confirmed: bool) -> str:
    if not changes:
        return "nothing to change: all is so already"
    words = "1 change" if changes == 1 else f"{changes} changes"
    return f"{words} made" if is_confirmed else f"{words}; nothing is done before you say --yes"
