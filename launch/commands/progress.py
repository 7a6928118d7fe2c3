"""Show long work: a bar with the time that is left, or lines of JSON for a program."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

JSON_EVERY_S = 1.0
"""Between two lines that only tell of progress."""


@contextmanager
def open_progress(as_json: bool, aside: bool = False) -> Iterator["Bar | JsonLines"]:
    """Give what long work reports to: say(line), and move(share, message).

    aside: on stderr, where stdout is for the work's one answer.
    """
    if as_json:
        yield JsonLines()
        return
    with _rich_progress(aside) as shown:
        yield Bar(shown)


class Bar:
    """A bar on the terminal, below what is said; without a terminal, only what is said."""

    def __init__(self, shown: "Progress") -> None:
        self._shown = shown
        self._task: TaskID | None = None

    def say(self, line: str) -> None:
        if self._shown.console.is_terminal:
            self._shown.console.print(line, markup=False, highlight=False)
        else:
            # A file or a pipe has no width to wrap lines to.
            click.echo(line, err=self._shown.console.stderr)

    def move(self, share: float, message: str) -> None:
        if self._task is None:
            self._task = self._shown.add_task(message, total=1.0)
        self._shown.update(self._task, completed=share, description=message)


class JsonLines:
    """One JSON object a line: {"progress": 0..1, "message": ...}; what is said has "said": true."""

    def __init__(self) -> None:
        self._share = 0.0
        self._told_at = 0.0

    def say(self, line: str) -> None:
        self._print(line, said=True)

    def move(self, share: float, message: str) -> None:
        """Tell at most once a second, and always of the end."""
        self._share = share
        if share >= 1 or time.monotonic() - self._told_at >= JSON_EVERY_S:
            self._print(message)

    def _print(self, message: str, **marks: bool) -> None:
        self._told_at = time.monotonic()
        line = {"progress": round(self._share, 4), "message": message, **marks}
        # Flushed by click: who reads it through a pipe hears it at once.
        click.echo(json.dumps(line, ensure_ascii=False))


def _rich_progress(aside: bool) -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeft

    console = Console(stderr=aside)
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        TaskProgressColumn(),
        TimeLeft(),
        TextColumn("left"),
        console=console,
        disable=not console.is_terminal,
    )
