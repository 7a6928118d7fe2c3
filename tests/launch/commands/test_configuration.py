"""The commands config export and config import, as they are typed."""

import stat
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from cli import main


@pytest.fixture
def data(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    call("camera", "add", "door", "rtsp://me:p@ss@cam/live", "--site", "North", "--data", data)
    return data


def call(*words: object, text: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], input=text)


def test_what_was_chosen_is_shown_without_passwords(data: Path) -> None:
    answer = call("config", "export", "--data", data)
    assert answer.exit_code == 0, answer.output
    assert "p@ss" not in answer.output
    shown = yaml.safe_load(answer.stdout)
    assert (shown["format"], shown["sites"][0]["name"]) == (1, "North")


@pytest.mark.parametrize("options", [["--with-secrets"], []])
def test_a_file_is_for_its_owner_alone(data: Path, tmp_path: Path, options: list[str]) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("x" * 100_000)
    file.chmod(0o644)
    answer = call("config", "export", *options, "--output", file, "--data", data)
    assert answer.exit_code == 0, answer.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert ("p@ss" in file.read_text(), "p@ss" in answer.output) == (bool(options), False)
    assert yaml.safe_load(file.read_text())["cameras"]


def test_secrets_are_not_shown_on_a_terminal(data: Path) -> None:
    answer = call("config", "export", "--with-secrets", "--data", data)
    assert (answer.exit_code, "p@ss" in answer.output) == (2, False)


def test_a_file_that_cannot_be_written_is_told(data: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for target in (tmp_path / "link", tmp_path / "no folder" / "x"):
        answer = call("config", "export", "--output", target, "--data", data)
        assert (answer.exit_code, "cannot be written" in answer.stderr) == (1, True)
    assert not (tmp_path / "elsewhere").exists()


def test_an_import_says_what_it_would_do_and_does_it_when_confirmed(
    data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "config.yaml"
    call("config", "export", "--output", file, "--data", data)
    file.write_text(file.read_text().replace("North", "South"))
    told = call("config", "import", file, "--data", data)
    assert 'camera.change: camera 1 "door" {"site": "North"} -> {"site": "South"}' in told.stdout
    assert "1 change; nothing is done before you say --yes" in told.stdout
    again = call("config", "import", file, "--data", data)
    assert again.stdout == told.stdout
    assert "1 change made" in call("config", "import", file, "--yes", "--data", data).stdout
    answer = call("config", "import", "-", "--yes", "--data", data, text=file.read_text())
    assert answer.stdout == "nothing to change: all is so already\n"
    assert "p@ss" not in told.output


def test_a_file_that_is_none_is_an_error_in_words(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_bytes(b"\xff\xfe")
    answer = call("config", "import", file, "--yes", "--data", data)
    assert (answer.exit_code, "no YAML" in answer.stderr) == (1, True)
