"""The commands of upkeep: what is too old, what must go, backups.

They work whether the system runs or not.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from launch.commands.actors import command_actor
from launch.commands.options import json_option, with_settings, yes_option
from launch.commands.printing import print_json
from launch.commands.progress import open_progress

if TYPE_CHECKING:
    from core.erasure import ErasureParameters
    from core.settings import Settings
    from core.storage.engine import Database
    from launch.commands.progress import Bar, JsonLines


@click.command()
@click.option("--dry-run", is_flag=True, help="Only tell what would go.")
@json_option
@with_settings
def prune(settings: "Settings", dry_run: bool, as_json: bool) -> None:
    """Delete what is older than the preferences allow, as the jobs do each night."""
    from core.storage.engine import utc_now
    from core.storage.preferences import read_preferences
    from core.storage.retention import count_outdated, find_limits
    from core.storage.retention import prune as prune_database
    from launch.database import open_database

    now = utc_now()
    with open_database(settings) as database:
        with database.read() as session:
            retention = read_preferences(session).retention
            outdated = count_outdated(session, find_limits(session, retention, now))
        if not dry_run:
            with _progress() as progress:
                outdated = prune_database(database, retention, now, command_actor(), progress)
    if as_json:
        print_json(outdated.model_dump())
    else:
        click.echo(f"{'would delete' if dry_run else 'deleted'} {outdated.describe()}")


@click.command()
@click.option("--camera", metavar="NAME", help="Its camera, by name or number; default all.")
@click.option("--from", "start", metavar="TIME", help="Such as 2026-01-31T08:00; default ever.")
@click.option("--to", "end", metavar="TIME", help="Default now.")
@click.option("--all", "is_all", is_flag=True, help="Where neither camera nor time is given.")
@yes_option
@json_option
@with_settings
def erase(
    settings: "Settings",
    camera: str | None,
    start: str | None,
    end: str | None,
    is_all: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Erase the history of a camera or a time for good: people, pictures, counts.

    A camera that was removed is named by its number. Times without an offset are those of
    the installation's time zone.
    """
    from core.storage.engine import utc_now
    from core.storage.erasure import check_erasure, count_erasure
    from core.storage.erasure import erase as erase_history
    from launch.database import open_database

    if (camera, start, end, is_all) == (None, None, None, False):
        raise click.UsageError("give --camera, --from or --to; --all erases everything")
    with open_database(settings) as database:
        asked = _read_erasure(database, camera, start, end)
        with database.read() as session:
            check_erasure(session, asked)
            counts = count_erasure(session, asked, utc_now())
        if not yes:
            click.echo(f"{asked.describe()}: {counts.describe()}", err=True)
            click.confirm("erase them for good?", abort=True, err=True)
        with _progress() as progress:
            erased = erase_history(database, asked, command_actor(), progress)
    if as_json:
        print_json(erased.model_dump())
    else:
        click.echo(f"erased {erased.describe()}")


@click.command()
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write; default maskwatch-TIME.tar.gz in the current folder.",
)
@click.option("--with-key", is_flag=True, help="Put the secret key in: then keep it safe.")
@json_option
@with_settings
def backup(settings: "Settings", output: Path | None, with_key: bool, as_json: bool) -> None:
    """Back the embedded database up; everything may run meanwhile."""
    from launch.backups import back_up

    file = output or Path(f"maskwatch-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar.gz")
    with open_progress(False, aside=True) as shown:
        manifest = back_up(settings, file, with_key, command_actor(), shown)
    if as_json:
        print_json({"file": str(file), **manifest.model_dump(mode="json")})
    else:
        click.echo(f"{file}: {manifest.describe()}")
    if not manifest.holds_key:
        click.echo(
            f"without {settings.key_file} camera addresses and sharp pictures cannot be read "
            "again: keep a copy of it in another place",
            err=True,
        )


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@yes_option
@with_settings
def restore(settings: "Settings", file: Path, yes: bool) -> None:
    """Put a backup in the place of the embedded database; everything may run meanwhile."""
    from launch.backups import embedded_database, read_manifest
    from launch.backups import restore as restore_backup
    from models.shipped import shipped_folders

    database = embedded_database(settings, must_exist=False)
    manifest = read_manifest(file)
    if not yes:
        click.echo(f"{file}: {manifest.describe()}", err=True)
        click.confirm(f"put it in the place of {database}?", abort=True, err=True)
    with open_progress(False, aside=True) as shown:
        kept = restore_backup(settings, file, command_actor(), shown, shipped_folders())
    click.echo(f"{database} is now {manifest.describe()}")
    if kept:
        click.echo(f"what was there before: {kept}")


class _Progress:
    """Shows what jobs tell as commands show it."""

    def __init__(self, shown: "Bar | JsonLines") -> None:
        self._shown = shown
        self._share = 0.0

    def report(self, share: float | None, message: str) -> None:
        self._share = self._share if share is None else share
        self._shown.move(self._share, message)

    def say(self, line: str) -> None:
        self._shown.say(line)


@contextmanager
def _progress() -> Iterator[_Progress]:
    with open_progress(False, aside=True) as shown:
        yield _Progress(shown)


def _read_erasure(
    database: "Database", camera: str | None, start: str | None, end: str | None
) -> "ErasureParameters":
    from core.erasure import ErasureParameters
    from core.storage.backfills import find_camera
    from core.storage.installation import read_time_zone

    with database.read() as session:
        zone = read_time_zone(session)
        if camera is None or camera.isdecimal():
            camera_id = None if camera is None else int(camera)
        else:
            camera_id = find_camera(session, camera).id

    def read(text: str | None, option: str) -> datetime | None:
        if text is None:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            words = f"expected a time like 2026-01-31T08:00, found {text!r}"
            raise click.BadParameter(words, param_hint=option) from error
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)

    since, until = read(start, "--from"), read(end, "--to")
    if since and until and since >= until:
        raise click.BadParameter(f"expected a time before {end}", param_hint="--from")
    return ErasureParameters(camera_id=camera_id, start=since, end=until)
