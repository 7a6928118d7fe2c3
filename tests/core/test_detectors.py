"""How a detector and its tiles are chosen in words."""

from pathlib import Path

import pytest

from core.detectors import (
    AUTOMATIC_TILES,
    NO_TILES,
    DetectorChoice,
    DetectorName,
    Tiles,
    parse_tiles,
)
from core.errors import BadSettings
from core.settings import load_settings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("off", NO_TILES, id="off"),
        pytest.param("1x1", NO_TILES, id="one tile is none"),
        pytest.param("auto", AUTOMATIC_TILES, id="by the picture's size"),
        pytest.param("3x2", Tiles(columns=3, rows=2), id="columns first"),
    ],
)
def test_tiles_are_read_as_columns_and_rows(text: str, expected: Tiles) -> None:
    assert parse_tiles(text) == expected


@pytest.mark.parametrize("text", ["", "2", "2x", "0x2", "5x1", "2x2x2", "on"])
def test_other_tiles_are_refused_with_what_is_expected(text: str) -> None:
    with pytest.raises(BadSettings, match="up to 4x4, as in 3x2"):
        parse_tiles(text)


def test_accurate_is_another_word_for_centerface() -> None:
    assert DetectorName("accurate") is DetectorName.CENTERFACE
    with pytest.raises(ValueError, match="slow"):
        DetectorName("slow")


def test_the_settings_carry_the_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKWATCH_DETECTOR", "yunet")
    monkeypatch.setenv("MASKWATCH_DETECTOR_FILE", "my.onnx")
    monkeypatch.setenv("MASKWATCH_DETECTOR_TILES", "3x2")

    choice = load_settings().detector_choice

    assert choice == DetectorChoice(DetectorName.YUNET, Path("my.onnx"), Tiles(3, 2))


@pytest.mark.parametrize(
    ("name", "value"), [("DETECTOR", "haar"), ("DETECTOR_TILES", "9x9")], ids=["name", "tiles"]
)
def test_a_choice_that_cannot_work_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"MASKWATCH_{name}", value)

    with pytest.raises(BadSettings, match=f"MASKWATCH_{name} is '{value}'"):
        load_settings()
