"""The commands of cameras.

They work on the database, whether the system runs or not; what runs sees the
change within seconds.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import click

from launch.commands.options import ask_secret, json_option, with_settings
from launch.commands.printing import print_rows

if TYPE_CHECKING:
    from core.camera_lists import ListFormat
    from core.camera_rules import CameraRules
    from core.settings import Settings
    from core.storage.cameras import Camera

Command = TypeVar("Command", bound=Callable[..., Any])


def _field_options(command: Command) -> Command:
    """Give a command an option for each field of a camera; what is not given is None."""
    for option in reversed(
        (
            click.option(
                "--transport",
                type=click.Choice(["tcp", "udp"]),
                help="What RTSP goes by; default tcp.",
            ),
            click.option("--site", help="Where the camera hangs, for grouping and access."),
            click.option("--zone", help="The part of the site, for grouping."),
            click.option(
                "--paused/--running",
                "is_paused",
                default=None,
                help="Whether its stream is opened; default running.",
            ),
            click.option("--frames-per-second", type=float, help="Analysed; default 5."),
            click.option("--long-side", type=int, help="Pixels analysed; default 960."),
            click.option(
                "--rules",
                "rules_file",
                type=click.File(encoding="utf-8"),
                help="JSON file of all its rules; - is standard input.",
            ),
            click.option("--face-px-min", type=int, help="Least width of a face that counts."),
            click.option("--score-min", type=float, help="Least score of a face that counts."),
        )
    ):
        command = option(command)
    return command


@click.group()
def camera() -> None:
    """Register cameras, list, check, change and remove them."""


@camera.command("add")
@click.argument("name")
@click.argument("address", required=False)
@_field_options
@with_settings
def add_camera(settings: "Settings", /, name: str, address: str | None, **options: Any) -> None:
    """Register a camera: rtsp://, http://, a webcam's number or a file of the media folder.

    Without ADDRESS it is asked for, or read from standard input: an address given
    as an argument can be read by every user of this machine while this runs.
    """
    from core.camera_rules import NO_RULES
    from core.sources import parse_source
    from core.storage import cameras
    from launch.commands.actors import command_actor
    from launch.database import open_database, open_key

    source = parse_source(ask_secret(address, "Address"), settings.media)
    fields = _given_fields(options, NO_RULES)
    new = cameras.NewCamera(name, source.text, source.redacted(), **fields)
    with open_database(settings) as database, database.write() as session:
        added = cameras.add_camera(session, open_key(settings), new, command_actor())
    click.echo(f'camera {added.id} "{added.name}" is registered: {added.redacted_address}')


@camera.command("change")
@click.argument("name_or_id", metavar="NAME")
@click.option("--name", help="Its new name.")
@click.option("--address", help="Its new address; - asks for it, or reads it from standard input.")
@_field_options
@with_settings
def change_camera(
    settings: "Settings", /, name_or_id: str, address: str | None, **options: Any
) -> None:
    """Change a camera, by name or number; what is not given stays.

    --rules puts other rules in the place of all; --face-px-min and --score-min change
    one. `--rules -` with {} as standard input lifts them all.
    """
    from core.sources import parse_source
    from core.storage import cameras
    from launch.commands.actors import command_actor
    from launch.database import open_database, open_key

    box = open_key(settings)
    changes: dict[str, Any] = {}
    if address is not None:
        source = parse_source(
            ask_secret(None if address == "-" else address, "Address"), settings.media
        )
        changes = {"address": source.text, "redacted_address": source.redacted()}
    with open_database(settings) as database, database.write() as session:
        known = cameras.find_camera(session, box, name_or_id)
        changes |= _given_fields(options, known.rules)
        changed = cameras.change_camera(session, box, known.id, command_actor(), **changes)
    done = "is changed" if changed.version > known.version else "was so already"
    click.echo(f'camera {changed.id} "{changed.name}" {done}')


@camera.command("list")
@json_option
@with_settings
def list_cameras(settings: "Settings", as_json: bool) -> None:
    """List the cameras; addresses are shown without their passwords."""
    from core.storage import cameras
    from launch.database import open_database, open_key

    with open_database(settings) as database, database.read() as session:
        listed = cameras.list_cameras(session, open_key(settings))
    print_rows([_describe(one, as_json) for one in listed], as_json)


@camera.command("remove")
@click.argument("name_or_id", metavar="NAME")
@with_settings
def remove_camera(settings: "Settings", name_or_id: str) -> None:
    """Take a camera off, by name or number; its history stays."""
    from core.storage import cameras
    from launch.commands.actors import command_actor
    from launch.database import open_database, open_key

    with open_database(settings) as database, database.write() as session:
        known = cameras.find_camera(session, open_key(settings), name_or_id)
        cameras.remove_camera(session, known.id, command_actor())
    click.echo(f'camera {known.id} "{known.name}" is removed')


@camera.command("export")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@with_settings
def write_cameras(settings: "Settings", output: Path | None) -> None:
    """Write the cameras, without passwords, as CSV or, by the file's name, as YAML.

    It can be edited and imported.
    """
    from core.camera_lists import write_list
    from core.storage import cameras
    from launch.database import open_database, open_key

    with open_database(settings) as database, database.read() as session:
        known = cameras.list_cameras(session, open_key(settings))
    text = write_list(known, _format_of(str(output or "")))
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8", newline="")


@camera.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@json_option
@with_settings
def take_list_over(settings: "Settings", file: BinaryIO, dry_run: bool, as_json: bool) -> None:
    """Add and change cameras as a CSV or YAML file lists them: all of them, or none.

    What a file is, is told by its name. A column that is left out changes nothing, an
    empty cell means the default; cameras that the list leaves out stay as they are.
    """
    from core.camera_lists import scan_list
    from core.storage.camera_imports import import_cameras, record_import
    from launch.commands.actors import command_actor
    from launch.database import open_database, open_key

    listed = scan_list(file.read(), _format_of(file.name)).whole()
    with open_database(settings) as database, database.write() as session:
        box, actor = open_key(settings), command_actor()
        imported = import_cameras(session, box, settings.media, listed, actor)
        record_import(session, actor, imported)
        if dry_run:
            session.rollback()
    rows = [{"line": o.place, "name": o.name, "outcome": o.outcome.value} for o in imported]
    print_rows(rows, as_json)


def _format_of(name: str) -> "ListFormat":
    """Tell by its name how a list of cameras is written."""
    from core.camera_lists import ListFormat

    return ListFormat.YAML if name.endswith((".yaml", ".yml")) else ListFormat.CSV


def _given_fields(options: dict[str, Any], known: "CameraRules") -> dict[str, Any]:
    """Gather what the options say. known: the rules that single options change."""
    given = {name: value for name, value in options.items() if value is not None}
    rules = _read_rules(given, known)
    return given if rules == known else given | {"rules": rules}


def _read_rules(given: dict[str, Any], known: "CameraRules") -> "CameraRules":
    """Take the options of rules out of those given, and make rules of them."""
    from core.camera_rules import change_rules, parse_rules

    file = given.pop("rules_file", None)
    names = [name for name in ("face_px_min", "score_min") if name in given]
    changes = {name: given.pop(name) for name in names}
    return change_rules(parse_rules(file.read()) if file else known, **changes)


def _describe(one: "Camera", as_json: bool) -> dict[str, Any]:
    """Spell a camera out; for people of its rules the names alone."""
    rules = one.rules.model_dump(mode="json", exclude_defaults=True)
    return {
        "id": one.id,
        "name": one.name,
        "address": one.redacted_address,
        "transport": one.transport,
        "site": one.site,
        "zone": one.zone,
        "paused": one.is_paused,
        "frames_per_second": one.frames_per_second,
        "long_side": one.long_side,
        "rules": rules if as_json else list(rules),
    }
