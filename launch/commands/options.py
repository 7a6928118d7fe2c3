"""What the commands share: their settings and options, their errors."""

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

if TYPE_CHECKING:
    from core.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")


class House(click.Group):
    """Says our own errors in one sentence on stderr, and exits with 1."""

    def invoke(self, ctx: click.Context) -> Any:
        from core.errors import MaskwatchError

        try:
            return super().invoke(ctx)
        except MaskwatchError as error:
            raise click.ClickException(str(error)) from error


def with_settings(command: Callable[Concatenate["Settings", P], T]) -> Callable[..., T]:
    """Give a command `--data`, and the settings as its first argument."""

    @click.option(
        "--data",
        metavar="DIR",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder of the embedded database, the key and the logs; "
        "default $MASKWATCH_DATA, or data in the current folder.",
    )
    @functools.wraps(command)
    def read_settings(data: Path | None, *args: P.args, **kwargs: P.kwargs) -> T:
        from core.settings import load_settings

        return command(load_settings(data=data), *args, **kwargs)

    return read_settings


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
role_option = click.option(
    "--role",
    type=click.Choice(["viewer", "operator", "admin"]),
    required=True,
    help="What they may do; each may what the one before may.",
)
site_option = click.option("--site", "sites", multiple=True, help="A site's name; repeatable.")
yes_option = click.option("--yes", is_flag=True, help="Do not ask.")
host_option = click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on."
)
port_option = click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8080,
    show_default=True,
    help="Port to listen on.",
)
long_side_option = click.option(
    "--long-side",
    type=click.IntRange(160, 3840),
    default=960,
    show_default=True,
    help="Pixels; larger pictures are shrunk to it.",
)
min_score_option = click.option(
    "--min-score",
    type=click.FloatRange(0.05, 0.99),
    help="Score below which a face is left out; default $MASKWATCH_MIN_SCORE, or 0.5.",
)
weights_option = click.option(
    "--weights",
    multiple=True,
    metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Model folder to use; default the active version. Once for each task.",
)


def ask_secret(given: str | None, what: str, *, confirm: bool = False) -> str:
    """Take a secret as given, ask for it on a terminal, or read a line of standard input."""
    if given is not None:
        return given
    if sys.stdin.isatty():
        return str(click.prompt(what, hide_input=True, confirmation_prompt=confirm))
    line = sys.stdin.readline().rstrip("\n")
    if not line:
        raise click.UsageError(f"{what.lower()}: give it as a line of standard input")
    return line
