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
    "--role", type=click.Choice(["viewer", "operator", "admin"]), required=True
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
