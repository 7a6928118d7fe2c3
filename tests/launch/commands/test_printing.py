"""Answers are printed as JSON for programs, and in words for people."""

import json
from typing import Any

import pytest

from core.checks import CameraCheck
from launch.commands.printing import print_answers, print_check, print_rows

PROBABILITIES = {"mask": 0.9, "incorrect_mask": 0.06, "no_mask": 0.04}
FACE = {"box": [10, 20, 30.4, 40], "score": 0.8, "label": "mask", "probabilities": PROBABILITIES}


@pytest.mark.parametrize(
    ("answer", "words", "status"),
    [
        pytest.param({"faces": [FACE]}, "mask (90%) at 10,20,30,40", 0, id="one face"),
        pytest.param({"faces": []}, "no face", 0, id="none"),
        pytest.param({"label": "mask", "probabilities": PROBABILITIES}, "mask (90%)", 0, id="crop"),
        pytest.param({"error": "a.jpg: it is empty"}, "it is empty", 1, id="unreadable"),
    ],
)
def test_an_answer_is_said_in_words(
    answer: dict[str, Any], words: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        print_answers([{"file": "a.jpg", **answer}], as_json=False)
    assert left.value.code == status
    assert capsys.readouterr().out == f"a.jpg: {words}\n"


def test_json_answers_the_readable_pictures_too(capsys: pytest.CaptureFixture[str]) -> None:
    answers: list[dict[str, Any]] = [
        {"file": "a.jpg", "error": "damaged"},
        {"file": "b.jpg", "width": 1, "height": 1, "faces": [FACE]},
    ]
    with pytest.raises(SystemExit, match="1"):
        print_answers(answers, as_json=True)
    assert json.loads(capsys.readouterr().out) == answers


def test_rows_stand_in_columns_under_their_names(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"id": 1, "name": "north door", "paused": True}, {"id": 22, "name": "", "paused": None}]
    print_rows(rows, as_json=False)
    assert capsys.readouterr().out.splitlines() == [
        "id  name        paused",
        "1   north door  yes",
        "22",
    ]


def test_no_rows_print_nothing_or_an_empty_list(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([], as_json=False)
    print_rows([], as_json=True)
    assert capsys.readouterr().out == "[]\n"


def test_a_check_says_what_the_stream_shows(capsys: pytest.CaptureFixture[str]) -> None:
    check = CameraCheck(True, width=1920, height=1080, frames_per_second=25.0, codec="h264")
    print_check(check, as_json=False)
    assert capsys.readouterr().out == "h264, 1920x1080, 25.0 frames a second\n"


def test_the_json_of_a_check_holds_no_picture(capsys: pytest.CaptureFixture[str]) -> None:
    print_check(CameraCheck(True, snapshot_jpeg=b"x"), as_json=True)
    assert "snapshot_jpeg" not in json.loads(capsys.readouterr().out)
