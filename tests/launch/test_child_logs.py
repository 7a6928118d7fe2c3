"""A program's log is its owner's alone and does not fill the disk."""

from pathlib import Path

import pytest

from launch.child_logs import open_log, read_last_words, rotate_log


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    open_log(tmp_path / "logs" / "x.log").close()
    assert (tmp_path / "logs" / "x.log").stat().st_mode & 0o777 == 0o600


def test_a_new_run_appends(tmp_path: Path) -> None:
    for text in (b"first\n", b"second\n"):
        with open_log(tmp_path / "x.log") as log:
            log.write(text)
    assert (tmp_path / "x.log").read_text() == "first\nsecond\n"


def test_a_large_log_is_put_aside_and_the_writer_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    with open_log(path) as log:
        log.write(b"old " * 10)
        log.flush()
        rotate_log(path, bytes_max=40)
        log.write(b"new")
    assert path.read_text() == "new"
    assert (tmp_path / "x.log.1").read_text() == "old " * 10


def test_a_small_log_stays(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_text("small")
    rotate_log(path, bytes_max=40)
    assert path.read_text() == "small"
    assert not (tmp_path / "x.log.1").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param("", "", id="empty"),
        pytest.param("first\nError: no weights\n\n", "\n  Error: no weights", id="last line"),
        pytest.param("at rtsp://me:secret@cam/x", "\n  at rtsp://cam/x", id="password"),
        pytest.param("x" * 5000, "\n  " + "x" * 2000, id="bounded"),
    ],
)
def test_the_last_words_are_the_last_line(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "x.log").write_text(content)
    assert read_last_words(tmp_path / "x.log") == words
