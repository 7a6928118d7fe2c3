"""What the commands share: their settings, their options, how lists are printed."""

import functools
import json
import sys
from collections.abc import Callable, Mapping, Sequence
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


def print_rows(rows: Sequence[Mapping[str, Any]], as_json: bool) -> None:
    """Print rows of the same keys: as JSON, or as columns under their names."""
    if as_json:
        print_json(rows)
    elif rows:
        cells = [list(rows[0]), *([_cell(value) for value in row.values()] for row in rows)]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        for row in cells:
            padded = (text.ljust(width) for text, width in zip(row, widths, strict=True))
            click.echo("  ".join(padded).rstrip())


def print_json(content: object) -> None:
    click.echo(json.dumps(content, indent=2, ensure_ascii=False, default=str))


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)
