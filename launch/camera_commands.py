"""The commands of cameras.

They work on the database, whether the system runs or not; what runs sees the
change within seconds.
"""

from typing import TYPE_CHECKING, Any

import click

from launch.options import ask_secret, json_option, with_settings
from launch.printing import print_rows

if TYPE_CHECKING:
    from core.settings import Settings


@click.group()
def camera() -> None:
    """Register cameras, list, check and remove them."""


@camera.command("add")
@click.argument("name")
@click.argument("address", required=False)
@click.option("--transport", type=click.Choice(["tcp", "udp"]), default="tcp", show_default=True)
@click.option("--site", default="", help="Where the camera hangs, for grouping.")
@click.option("--zone", default="", help="The part of the site, for grouping.")
@click.option("--frames-per-second", type=float, default=5.0, show_default=True)
@click.option("--long-side", type=int, default=960, show_default=True, help="Pixels analysed.")
@with_settings
def add_camera(settings: "Settings", /, name: str, address: str | None, **options: Any) -> None:
    """Register a camera: rtsp://, http://, a webcam's number or a file of the media folder.

    Without ADDRESS it is asked for, or read from standard input: an address given
    as an argument can be read by every user of this machine while this runs.
    """
    from core.sources import parse_source
    from core.storage import cameras
    from launch.database import open_database, open_key

    source = parse_source(ask_secret(address, "Address"), settings.media)
    new = cameras.NewCamera(name, source.text, source.redacted(), **options)
    with open_database(settings) as database, database.write() as session:
        camera = cameras.add_camera(session, open_key(settings), new)
    click.echo(f'camera {camera.id} "{camera.name}" is registered: {camera.redacted_address}')


@camera.command("list")
@json_option
@with_settings
def list_cameras(settings: "Settings", as_json: bool) -> None:
    """List the cameras; addresses are shown without their passwords."""
    from core.storage import cameras
    from launch.database import open_database, open_key

    with open_database(settings) as database, database.read() as session:
        rows = [
            {
                "id": camera.id,
                "name": camera.name,
                "address": camera.redacted_address,
                "transport": camera.transport,
                "site": camera.site,
                "zone": camera.zone,
                "paused": camera.is_paused,
                "frames_per_second": camera.frames_per_second,
                "long_side": camera.long_side,
            }
            for camera in cameras.list_cameras(session, open_key(settings))
        ]
    print_rows(rows, as_json)


@camera.command("remove")
@click.argument("name_or_id")
@with_settings
def remove_camera(settings: "Settings", name_or_id: str) -> None:
    """Take a camera off; its history stays."""
    from core.errors import NotFound
    from core.storage import cameras
    from launch.database import open_database, open_key

    with open_database(settings) as database, database.write() as session:
        for camera in cameras.list_cameras(session, open_key(settings)):
            if name_or_id in (camera.name, str(camera.id)):
                cameras.remove_camera(session, camera.id)
                click.echo(f'camera {camera.id} "{camera.name}" is removed')
                return
    raise NotFound(f'there is no camera "{name_or_id}"; see `maskwatch camera list`')
