"""The options of the command `backfill`, and how its answer is printed."""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from launch.commands.options import json_option
from launch.commands.printing import print_json

if TYPE_CHECKING:
    from core.backfills import Backfilled
    from core.settings import Settings
    from core.storage.audit import Actor
    from core.storage.engine import Database
    from core.storage.job_runs import Claim


@dataclass(frozen=True, slots=True)
class BackfillOrder:
    """What the options say. file: what the video is called. claim: the job that it is for."""

    file: str
    camera: str
    start: datetime
    replace: bool
    check: bool
    as_json: bool
    progress_json: bool
    claim: "Claim | None"


def backfill_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say of what camera a video is, and since when."""

    @click.option("--camera", required=True, metavar="NAME", help="Its camera, by name or number.")
    @click.option(
        "--start",
        required=True,
        metavar="TIME",
        callback=lambda _context, _option, text: _read_time(text),
        help="When its first frame was taken, such as 2026-01-31T08:00:00Z.",
    )
    @click.option("--replace", is_flag=True, help="Erase what is there of that time.")
    @click.option("--check", is_flag=True, help="Only open the video, and say what it is.")
    @json_option
    @click.option("--progress-json", is_flag=True, help="Tell the progress as lines of JSON.")
    @click.option("--file", default="", hidden=True, help="What its sender calls it.")
    @click.option("--claim", hidden=True, help="The run of the job that this is for.")
    @functools.wraps(command)
    def read_order(
        settings: "Settings", video: Path, file: str, claim: str | None, **options: Any
    ) -> None:
        from core.storage.job_runs import Claim

        run = Claim.parse(claim) if claim else None
        command(settings, video, BackfillOrder(file or video.name, claim=run, **options))

    return read_order


def find_asker(database: "Database", claim: "Claim | None") -> "Actor":
    """Say for whom this is done: the user of this machine, or who asked for the job."""
    from core.storage.jobs import get_job
    from launch.commands.actors import command_actor

    if claim is None:
        return command_actor()
    with database.read() as session:
        return get_job(session, claim.job_id).actor


def print_backfilled(result: "Backfilled", order: BackfillOrder) -> None:
    """Print what came of it: in words, as JSON, or as the one line that a job waits for."""
    content = result.model_dump(mode="json")
    if order.progress_json:
        click.echo(json.dumps({"result": content}))
    elif order.as_json:
        print_json(content)
    else:
        click.echo(result.describe())


def print_video(facts: dict[str, Any], as_json: bool) -> None:
    """Print what a video is."""
    if as_json:
        print_json(facts)
    else:
        click.echo(", ".join(f"{name}: {value}" for name, value in facts.items()))


def _read_time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter("expected a time like 2026-01-31T08:00:00Z") from error
    if moment.tzinfo is None:
        raise click.BadParameter("name its zone, as in 2026-01-31T08:00:00Z or …+01:00")
    return moment
