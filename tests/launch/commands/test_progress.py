"""Long work is shown: as lines, or as JSON for the program that started it."""

import json

import pytest

from launch.commands.progress import JsonLines, open_progress


def test_json_lines_tell_share_and_message(capsys: pytest.CaptureFixture[str]) -> None:
    with open_progress(as_json=True) as progress:
        progress.say("seed 1")
        progress.move(0.5, "epoch 1")
        progress.move(1.0, "trained")

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == {"progress": 0.0, "message": "seed 1", "said": True}
    assert lines[-1] == {"progress": 1.0, "message": "trained"}


def test_json_lines_do_not_flood(capsys: pytest.CaptureFixture[str]) -> None:
    progress = JsonLines()

    for step in range(1000):
        progress.move(step / 1000, "epoch 1")

    assert len(capsys.readouterr().out.splitlines()) <= 3


def test_without_a_terminal_only_what_is_said_is_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    line = "a line that is far longer than the eighty columns that a terminal may have " * 3

    with open_progress(as_json=False) as progress:
        progress.say(f"[{line}]")
        progress.move(0.5, "epoch 1")

    assert capsys.readouterr().out == f"[{line}]\n"
