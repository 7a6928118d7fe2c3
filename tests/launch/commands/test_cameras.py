"""The commands of cameras, as they are typed."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli import main

RULES = {
    "include": [[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]],
    "schedule": [{"days": ["monday"], "from": "08:00", "to": "18:00"}],
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def call(*words: object, text: str | None = None) -> Result:
    return CliRunner().invoke(main, ["camera", *map(str, words)], input=text)


def done(*words: object, text: str | None = None) -> str:
    """Run a command that must succeed; returns what it printed."""
    answer = call(*words, text=text)
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def listed(data: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(done("list", "--json", "--data", data))
    return rows


@pytest.fixture
def door(data: Path) -> str:
    done("add", "door", "rtsp://me:p@ss@cam/live", "--site", "North", "--data", data)
    return "door"


def test_a_camera_is_added_with_its_rules(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(RULES))
    done("add", "gate", "0", "--rules", file, "--face-px-min", 24, "--paused", "--data", data)
    (row,) = listed(data)
    assert row["rules"] == {**RULES, "face_px_min": 24}
    assert row["paused"] is True
    assert "include, face_px_min, schedule" in done("list", "--data", data)


def test_only_what_is_given_is_changed(data: Path, door: str) -> None:
    (before,) = listed(data)
    done("change", door, "--face-px-min", 30, "--long-side", 640, "--data", data)
    (after,) = listed(data)
    assert after == {**before, "long_side": 640, "rules": {"face_px_min": 30}}
    done("change", before["id"], "--score-min", 0.7, "--name", "gate", "--data", data)
    (last,) = listed(data)
    assert (last["name"], last["rules"]) == ("gate", {"face_px_min": 30, "score_min": 0.7})


def test_rules_are_lifted_and_addresses_asked_for(data: Path, door: str) -> None:
    done("change", door, "--face-px-min", 30, "--data", data)
    done("change", door, "--rules", "-", "--data", data, text="{}")
    said = done("change", door, "--address", "-", "--data", data, text="rtsp://u:p@other/1\n")
    assert "u:p" not in said
    (row,) = listed(data)
    assert (row["rules"], row["address"]) == ({}, "rtsp://other/1")


def test_a_change_of_nothing_says_so(data: Path, door: str) -> None:
    assert "was so already" in done("change", door, "--site", "North", "--data", data)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--face-px-min", "-1"], "face_px_min: expected"),
        (["--score-min", "2"], "score_min: expected"),
        (["--long-side", "9"], "long_side is 9"),
        (["--rules", "-"], "rules: the whole: expected"),
    ],
)
def test_what_cannot_work_is_refused_in_words(
    data: Path, door: str, options: list[str], words: str
) -> None:
    answer = call("change", door, *options, "--data", data, text="no rules")
    assert (answer.exit_code, words in answer.stderr) == (1, True), answer.stderr


def test_an_unknown_camera_is_told_where_to_look(data: Path, door: str) -> None:
    for word in ("gate", "99", "9" * 40):
        answer = call("change", word, "--paused", "--data", data)
        assert (answer.exit_code, "camera list" in answer.stderr) == (1, True)


def test_a_list_is_written_changed_and_taken_over(data: Path, door: str, tmp_path: Path) -> None:
    file = tmp_path / "cameras.csv"
    done("export", "--output", file, "--data", data)
    text = file.read_text()
    assert "p@ss" not in text
    assert done("export", "--data", data).replace("\r", "") == text.replace("\r", "")
    file.write_text(text.replace("North", "South") + "gate,1,,,,,,,\n")
    dry = json.loads(done("import", file, "--dry-run", "--json", "--data", data))
    assert [row["outcome"] for row in dry] == ["changed", "added"]
    assert [row["site"] for row in listed(data)] == ["North"]
    assert json.loads(done("import", file, "--json", "--data", data)) == dry
    assert [(row["name"], row["site"]) for row in listed(data)] == [("door", "South"), ("gate", "")]


def test_a_list_with_a_fault_changes_nothing(data: Path, door: str, tmp_path: Path) -> None:
    file = tmp_path / "cameras.csv"
    file.write_text("name,url,zone\ndoor,,Gate\nyard,ftp://yard/1,\n")
    answer = call("import", file, "--data", data)
    assert (answer.exit_code, "line 3: url" in answer.stderr) == (1, True), answer.stderr
    assert [row["zone"] for row in listed(data)] == [""]
