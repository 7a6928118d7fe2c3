"""The table of commands: those of launch/commands/, and those that put other rooms together.

Rooms are imported inside the commands: --help answers at once, and a process
loads only what it runs.
"""

import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from core.release import VERSION
from launch.commands.backfills import (
    BackfillOrder,
    backfill_options,
    find_asker,
    print_backfilled,
    print_video,
)
from launch.commands.benches import bench, crowd_options, print_crowds
from launch.commands.cameras import camera
from launch.commands.configuration import config
from launch.commands.explaining import explain
from launch.commands.exporting import export
from launch.commands.model_versions import model
from launch.commands.options import (
    House,
    ask_secret,
    host_option,
    json_option,
    min_score_option,
    port_option,
    weights_option,
    with_settings,
)
from launch.commands.pictures import classify, detect
from launch.commands.printing import print_check, print_json
from launch.commands.tokens import token
from launch.commands.training import evaluate, train
from launch.commands.upkeep import backup, erase, prune, restore
from launch.commands.users import group, user

if TYPE_CHECKING:
    from core.backfills import Backfilled
    from core.processes import Stop
    from core.settings import Settings
    from core.sources import SourceAddress
    from core.storage.cameras import NewCamera
    from ingest.recorded import RecordedVideo


@click.group(cls=House, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="maskwatch")
def main() -> None:
    """Watch face-mask compliance on your own cameras, on your own machine.

    `maskwatch up --demo` shows everything with demo cameras, `maskwatch up` runs
    it with yours. Settings come from the environment (MASKWATCH_DATA and others,
    see docs/settings.md); options win.
    """


@main.command()
@click.option("--demo", is_flag=True, help="Add demo cameras, and print a link that signs in.")
@host_option
@port_option
@click.option(
    "--workers",
    type=click.IntRange(0, 64),
    default=1,
    show_default=True,
    help="Inference workers; one spreads its work over all cores.",
)
@click.option(
    "--dashboards",
    type=click.IntRange(1, 16),
    default=1,
    show_default=True,
    help="Dashboards behind the one address; each serves hundreds of viewers.",
)
@with_settings
def up(
    settings: "Settings", demo: bool, host: str, port: int, workers: int, dashboards: int
) -> None:
    """Run everything until Ctrl-C: servers, cameras, analysis, dashboard."""
    from core.processes import stop_on_signals
    from launch.up import Address, run_up
    from models.shipped import shipped_folders

    cameras = _demo_cameras() if demo else None
    address, stop = Address(host, port, dashboards), stop_on_signals()
    run_up(settings, address, workers, cameras, stop, shipped_folders())


@main.command()
@with_settings
def ingest(settings: "Settings") -> None:
    """Run one process: take the cameras' pictures."""
    from ingest.run import run_ingest

    _run_process(settings, run_ingest)


@main.command()
@click.option(
    "--threads", type=click.IntRange(1, 256), help="Cores to use; by default all that it may use."
)
@with_settings
def worker(settings: "Settings", threads: int | None) -> None:
    """Run one process: find faces and masks. Start as many as you like, anywhere."""
    from workers.run import run_worker

    _run_process(settings, partial(run_worker, threads=threads))


@main.command()
@with_settings
def recorder(settings: "Settings") -> None:
    """Run one process: follow people, and record their sightings."""
    from workers.run import run_recorder

    _run_process(settings, run_recorder)


@main.command()
@click.option("--run", "claim", hidden=True, metavar="CLAIM", help="Run one job that was claimed.")
@with_settings
def jobs(settings: "Settings", claim: str | None) -> None:
    """Run one process: work off the queue of jobs."""
    from workers.run import run_claimed_job, run_jobs

    _run_process(settings, partial(run_claimed_job, claim=claim) if claim else run_jobs)


@main.command()
@host_option
@port_option
@click.option("--share-port", is_flag=True, help="Let other dashboards listen at the same port.")
@with_settings
def dashboard(settings: "Settings", host: str, port: int, share_port: bool) -> None:
    """Run one process: the pages, the API and the live wall."""
    from core.logs import set_up_logs
    from dashboard.serve import serve

    set_up_logs(settings.log_level)
    serve(settings, host, port, share_port)


@main.command()
@with_settings
def migrate(settings: "Settings") -> None:
    """Bring the database to this version, and make the secret key.

    `up` does both by itself.
    """
    from launch.data_folder import make_data_folder
    from launch.database import migrate_database, open_key
    from models.shipped import shipped_folders

    make_data_folder(settings.data)
    box, zone = open_key(settings), settings.time_zone
    migrate_database(settings.database, box, shipped_folders(), zone)
    click.echo("the database is up to date")


@main.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("pytest_arguments", nargs=-1, type=click.UNPROCESSED)
def test(pytest_arguments: tuple[str, ...]) -> None:
    """Check the program: format, lint, types and tests; arguments go to pytest."""
    from launch.checks import run_checks

    sys.exit(run_checks(pytest_arguments))


@main.command()
@json_option
@with_settings
def doctor(settings: "Settings", as_json: bool) -> None:
    """Look at this machine and this installation, and say what is amiss."""
    from launch.doctor import examine

    findings = examine(settings, ("detector", partial(_try_detector, settings)))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    for finding in [] if as_json else findings:
        click.echo(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.subject}: {finding.detail}")
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


for command in (
    backup,
    bench,
    camera,
    classify,
    config,
    detect,
    erase,
    evaluate,
    explain,
    export,
    group,
    model,
    prune,
    restore,
    token,
    train,
    user,
):
    main.add_command(command)


@camera.command("check")
@click.argument("address", required=False)
@click.option(
    "--transport",
    type=click.Choice(["tcp", "udp"]),
    default="tcp",
    show_default=True,
    help="What RTSP goes by.",
)
@click.option("--snapshot", type=click.Path(dir_okay=False, path_type=Path), help="JPEG to write.")
@json_option
@with_settings
def check_camera(
    settings: "Settings",
    address: str | None,
    transport: str,
    snapshot: Path | None,
    as_json: bool,
) -> None:
    """Open a stream from this machine, and say what it shows or why it does not open.

    Without ADDRESS it is asked for, or read from standard input.
    """
    from core.errors import SourceLost
    from core.sources import parse_source
    from ingest.checks import check_source

    source = parse_source(ask_secret(address, "Address"), settings.media)
    check = check_source(source, transport)
    if snapshot and check.ok:
        snapshot.write_bytes(check.snapshot_jpeg)
    print_check(check, as_json)
    if not check.ok:
        raise SourceLost(check.error)


@main.command()
@click.argument("source")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="MP4 to write.")
@click.option("--no-window", is_flag=True, help="Open no window; for machines without a screen.")
@min_score_option
@weights_option
@with_settings
def watch(
    settings: "Settings",
    source: str,
    output: Path | None,
    no_window: bool,
    min_score: float | None,
    weights: tuple[Path, ...],
) -> None:
    """Watch one camera in a window: SOURCE is a webcam's number, a URL or a video file.

    Green box: mask, red: no mask, orange: incorrect mask. Q quits.
    """
    from contextlib import closing

    from core.sources import SourceKind
    from ingest.sources import open_source, read_images
    from models.active import load_active
    from workers.watch import watch as watch_images

    address = _local_source(source)
    is_live = address.kind is not SourceKind.FILE
    score = min_score or settings.min_score
    with closing(open_source(address, plays_once=True)) as opened:
        images, analyser = read_images(opened), load_active(settings, weights)
        watch_images(images, analyser, score, output, not no_window, is_live=is_live)


@main.command()
@click.argument("video", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_settings
@backfill_options
def backfill(settings: "Settings", video: Path, order: BackfillOrder) -> None:
    """Write the history of a recorded video, at its own times, faster than it plays."""
    from contextlib import closing

    from ingest.recorded import RecordedVideo

    with closing(RecordedVideo(video)) as opened:
        if order.check:
            print_video(asdict(opened.check()), order.as_json)
        else:
            print_backfilled(_backfill(settings, order, opened), order)


@bench.command("verdicts")
@crowd_options
@weights_option
@with_settings
def bench_verdicts(
    settings: "Settings",
    people: int | None,
    seed: int,
    minutes: float,
    rendered: bool,
    weights: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Count and judge generated crowds, and compare with who was there.

    People of known masks pass at several speeds, in several numbers and sizes.
    """
    from benchmarks import verdicts
    from benchmarks.crowd_faces import SimulatedFaces
    from launch.commands.progress import open_progress

    look = verdicts.look_by_networks(settings, weights) if rendered else SimulatedFaces
    count = people or (verdicts.RENDERED_PEOPLE if rendered else verdicts.SIMULATED_PEOPLE)
    with open_progress(False, aside=True) as progress:
        rows, left_out = verdicts.measure_crowds(look, count, seed, minutes, progress.move)
    print_crowds(rows, left_out, as_json)


def _run_process(settings: "Settings", run: Callable[["Settings", "Stop"], None]) -> None:
    from core.logs import set_up_logs
    from core.processes import stop_on_signals

    stop = stop_on_signals()
    set_up_logs(settings.log_level)
    run(settings, stop)


def _backfill(settings: "Settings", order: BackfillOrder, video: "RecordedVideo") -> "Backfilled":
    from core.storage.backfills import find_camera
    from launch.commands.progress import open_progress
    from launch.database import open_database
    from models.active import load_active
    from workers.backfill import BackfillTask, Looking
    from workers.backfill import backfill as write_history

    with open_database(settings) as database, open_progress(order.progress_json, True) as progress:
        with database.read() as session:
            camera_id = find_camera(session, order.camera).id
        asker = find_asker(database, order.claim)
        task = BackfillTask(camera_id, order.start, order.file, asker, order.replace, order.claim)
        looking = Looking(load_active(settings), settings.min_score, settings.batch_frames)
        return write_history(database, task, video, looking, progress)


def _try_detector(settings: "Settings") -> str:
    from core.manifests import Task
    from models.active import locate_active
    from models.detectors.chosen import try_detector

    folder = locate_active(settings).get(Task.DETECTOR)
    return try_detector(settings.detector_choice, folder, settings.runtime_choice)


def _demo_cameras() -> list["NewCamera"]:
    from core.storage.cameras import NewCamera
    from ingest.demo import DEMO_CAMERAS

    return [
        NewCamera(one.name, one.address, one.address, site=one.site, zone=one.zone)
        for one in DEMO_CAMERAS
    ]


def _local_source(text: str) -> "SourceAddress":
    """Read a source as its user means it: on their own machine any file will do."""
    from core.sources import parse_source

    path = Path(text)
    return parse_source(str(path.resolve()) if path.is_file() else text, path.resolve().parent)


if __name__ == "__main__":
    main(prog_name="maskwatch")
