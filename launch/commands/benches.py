"""The group of commands that measure, and how their answers are printed."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import click

from launch.commands.options import json_option
from launch.commands.printing import print_json, print_rows


@click.group()
def bench() -> None:
    """Measure how well this installation does its work."""


class CrowdRow(Protocol):
    """A line of the report on verdicts (`benchmarks/verdicts.py`)."""

    @property
    def name(self) -> str: ...
    @property
    def has_target(self) -> bool: ...
    @property
    def is_met(self) -> bool: ...
    @property
    def tally(self) -> Any: ...


def crowd_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a run over generated crowds."""
    for option in (
        json_option,
        click.option(
            "--seed",
            type=click.IntRange(0, 10_000),
            default=1,
            show_default=True,
            help="Of all that is drawn by lot.",
        ),
        click.option(
            "--minutes",
            type=click.FloatRange(0.01, 600),
            default=20.0,
            show_default=True,
            help="No further crowd is begun after so long.",
        ),
        click.option(
            "--people",
            type=click.IntRange(1, 10_000),
            help="People of each crowd; default 100, or 16 with --rendered.",
        ),
        click.option(
            "--rendered",
            is_flag=True,
            help="Draw each frame, and let the networks look at it; else what they would find is "
            "simulated as it was measured, some fifty times faster.",
        ),
    ):
        command = option(command)
    return command


def print_crowds(rows: Sequence[CrowdRow], left_out: int, as_json: bool) -> None:
    """Print one line for each kind of crowd, and whether the target is met."""
    bounded = [row for row in rows if row.has_target]
    is_met = bool(bounded) and all(row.is_met for row in bounded)
    if as_json:
        figures = [
            {"crowd": row.name, "has_target": row.has_target} | _figures(row) for row in rows
        ]
        print_json({"is_met": is_met, "crowds_left_out": left_out, "rows": figures})
        return
    print_rows([{"crowd": row.name} | _columns(row) for row in rows], as_json=False)
    click.echo(
        f"target (counts within 3 %, rates within 2 points): {'met' if is_met else 'missed'}"
    )
    if left_out:
        click.echo(f"{left_out} crowds were left out, for the time was over")


def _figures(row: CrowdRow) -> dict[str, Any]:
    """Give the figures; shares are of the people who could be counted."""
    tally = row.tally
    people = max(1, tally.people)
    return {
        "people": tally.people,
        "count_error": round(tally.count_error, 4),
        "rate_error_points": round(tally.rate_error, 2),
        "missed": round(tally.missed / people, 4),
        "doubled": round(tally.doubled / people, 4),
        "ghosts": round(tally.ghosts / people, 4),
        "mixed": round(tally.mixed / people, 4),
        "accuracy": round(tally.accuracy, 4),
        "unsure": round(tally.unsure / people, 4),
        "changed": tally.changed,
        "changes_found": tally.changes_found,
        "changes_wrong": tally.changes_wrong,
    }


def _columns(row: CrowdRow) -> dict[str, str]:
    figures = _figures(row)
    shares = ("missed", "doubled", "mixed", "accuracy", "unsure")
    return {
        "people": str(figures["people"]),
        "count": f"{figures['count_error']:+.1%}",
        "rate": f"{figures['rate_error_points']:+.1f}",
        **{name: f"{figures[name]:.1%}" for name in shares},
        "changes found": f"{figures['changes_found']}/{figures['changed']}",
        "wrongly": str(figures["changes_wrong"]),
        "": "" if not row.has_target else "met" if row.is_met else "missed",
    }
