"""Print what commands answer: JSON for programs, words and columns for people."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from core.checks import CameraCheck


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


def print_check(check: "CameraCheck", as_json: bool) -> None:
    """Print what a stream shows; of one that does not open, only the JSON says it here."""
    if as_json:
        names = ("ok", "error", "width", "height", "frames_per_second", "codec")
        print_json({name: getattr(check, name) for name in names})
    elif check.ok:
        rate = check.frames_per_second
        rate_in_words = f"{rate:.1f}" if rate else "an unknown number of"
        click.echo(f"{check.codec}, {check.width}x{check.height}, {rate_in_words} frames a second")


def print_answers(answers: list[dict[str, Any]], as_json: bool) -> None:
    """Print the answers; exit with 1 if a picture could not be read."""
    if as_json:
        print_json(answers)
    for answer in [] if as_json else answers:
        # An error names its file by itself.
        click.echo(answer.get("error") or f"{answer['file']}: {_describe(answer)}")
    sys.exit(1 if any("error" in answer for answer in answers) else 0)


def in_seconds(moment: datetime | None) -> str | None:
    """Write a time for people; None where there is none."""
    return moment.isoformat(timespec="seconds") if moment else None


def _describe(answer: dict[str, Any]) -> str:
    """Say an answer in words: one label of a crop, or the faces of a picture."""
    if "label" in answer:
        return f"{answer['label']} ({answer['probabilities'][answer['label']]:.0%})"
    if not answer["faces"]:
        return "no face"
    return ", ".join(
        f"{_describe(face)} at {','.join(f'{side:.0f}' for side in face['box'])}"
        for face in answer["faces"]
    )


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)
