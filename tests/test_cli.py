"""The commands answer as a shell expects: output, one sentence of error, exit status."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import main


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def call(*arguments: object, text: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=text)


def test_every_command_has_help() -> None:
    context = main.make_context("maskwatch", [], resilient_parsing=True)
    for name in main.list_commands(context):
        if name != "test":
            answer = call(name, "--help")
            assert answer.exit_code == 0, name
            assert answer.output.startswith(f"Usage: main {name}"), name


def test_bad_use_exits_with_2() -> None:
    assert call("up", "--port", "0").exit_code == 2
    assert call("nonsense").exit_code == 2
    assert call("token", "create", "x").exit_code == 2


def test_an_error_is_one_sentence_on_stderr_and_exits_with_1(data: Path) -> None:
    answer = call("token", "revoke", "nobody", "--data", data)
    assert answer.exit_code == 1
    assert answer.stdout == ""
    assert answer.stderr == 'Error: there is no token "nobody"\n'


def test_a_bad_setting_is_an_error_of_the_same_kind(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASKWATCH_MIN_SCORE", "2")
    answer = call("camera", "list", "--data", data)
    assert answer.exit_code == 1
    assert "MASKWATCH_MIN_SCORE is '2'" in answer.stderr


def test_the_data_folder_comes_from_the_environment_and_the_option_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASKWATCH_DATA", str(tmp_path / "named"))
    assert call("migrate").exit_code == 0
    assert call("migrate", "--data", tmp_path / "option").exit_code == 0
    assert (tmp_path / "named" / "maskwatch.db").exists()
    assert (tmp_path / "option" / "maskwatch.db").exists()


def test_a_token_stands_alone_on_the_last_line(data: Path) -> None:
    answer = call("token", "create", "ci", "--role", "admin", "--data", data)
    assert answer.exit_code == 0
    assert answer.stdout.splitlines()[-1].startswith("mw_")


def test_tokens_are_listed_without_their_text_and_revoked(data: Path) -> None:
    text = call("token", "create", "ci", "--role", "viewer", "--data", data).stdout.split()[-1]
    listed = call("token", "list", "--json", "--data", data)
    assert [row["name"] for row in json.loads(listed.stdout)] == ["ci"]
    assert text not in listed.stdout
    assert call("token", "revoke", "ci", "--data", data).exit_code == 0
    assert json.loads(call("token", "list", "--json", "--data", data).stdout) == []


def test_a_camera_is_added_listed_without_its_password_and_removed(data: Path) -> None:
    added = call(
        "camera", "add", "door", "rtsp://me:p@ss@cam/live", "--zone", "north", "--data", data
    )
    assert added.exit_code == 0
    assert "p@ss" not in added.output
    listed = call("camera", "list", "--json", "--data", data)
    (row,) = json.loads(listed.stdout)
    assert (row["name"], row["address"], row["zone"]) == ("door", "rtsp://cam/live", "north")
    assert call("camera", "remove", "door", "--data", data).exit_code == 0
    assert json.loads(call("camera", "list", "--json", "--data", data).stdout) == []


def test_an_address_can_come_by_standard_input(data: Path) -> None:
    answer = call("camera", "add", "door", "--data", data, text="rtsp://me:secret@cam/live\n")
    assert answer.exit_code == 0
    assert "secret" not in answer.output


def test_an_empty_standard_input_is_bad_use(data: Path) -> None:
    assert call("camera", "add", "door", "--data", data, text="").exit_code == 2


def test_an_address_that_cannot_work_is_refused(data: Path) -> None:
    answer = call("camera", "add", "door", "ftp://cam/live", "--data", data)
    assert answer.exit_code == 1
    assert "ftp:// cannot be opened" in answer.stderr


def test_removing_an_unknown_camera_says_where_to_look(data: Path) -> None:
    answer = call("camera", "remove", "door", "--data", data)
    assert answer.exit_code == 1
    assert "maskwatch camera list" in answer.stderr


def test_users_are_added_listed_and_removed(data: Path) -> None:
    added = call("user", "add", "ada", "--role", "admin", "--data", data, text="long password\n")
    assert added.exit_code == 0
    columns = call("user", "list", "--data", data).stdout.splitlines()
    assert [line.split()[:2] for line in columns] == [["name", "role"], ["ada", "admin"]]
    assert call("user", "remove", "ada", "--data", data).exit_code == 1  # the last one
    call("user", "add", "bo", "--role", "admin", "--data", data, text="long password\n")
    assert call("user", "remove", "ada", "--data", data).exit_code == 0
    columns = call("user", "list", "--data", data).stdout.splitlines()
    assert [line.split()[0] for line in columns] == ["name", "bo"]


def test_a_short_password_is_refused(data: Path) -> None:
    answer = call("user", "add", "ada", "--role", "admin", "--data", data, text="short\n")
    assert answer.exit_code == 1
    assert "at least" in answer.stderr


def test_checking_a_file_that_is_no_video_exits_with_1(data: Path) -> None:
    (data / "media").mkdir(parents=True)
    (data / "media" / "text.mp4").write_text("no video")
    answer = call("camera", "check", "text.mp4", "--json", "--data", data)
    assert answer.exit_code == 1
    assert json.loads(answer.stdout)["ok"] is False
    assert answer.stderr.startswith("Error: ")


def test_a_worker_without_redis_says_what_to_do(data: Path) -> None:
    answer = call("recorder", "--data", data)
    assert answer.exit_code == 1
    assert "run `maskwatch up` on this folder first, or set MASKWATCH_REDIS_URL" in answer.stderr


def test_tiles_that_cannot_be_laid_are_bad_use() -> None:
    result = call("detect", "x.jpg", "--tiles", "9x9")

    assert result.exit_code == 2
    assert "as in 3x2" in result.stderr
