"""Files that hold secrets: nobody else may read them at any moment."""

import stat
from pathlib import Path

import pytest

from core.private_files import create_private, replace_private


def mode_of(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_a_new_file_is_its_owners_alone_before_anything_is_in_it(tmp_path: Path) -> None:
    file = tmp_path / "key"

    with create_private(file) as opened:
        assert mode_of(file) == 0o600
        opened.write(b"secret")

    assert file.read_bytes() == b"secret"


def test_a_file_that_is_there_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"old")

    with pytest.raises(FileExistsError), create_private(tmp_path / "key"):
        pass


def test_a_file_that_others_could_read_is_replaced_by_one_they_cannot(tmp_path: Path) -> None:
    file = tmp_path / "address"
    file.write_bytes(b"old")
    file.chmod(0o644)
    (tmp_path / "address.unfinished").write_bytes(b"left by a killed process")

    replace_private(file, b"new")

    assert (file.read_bytes(), mode_of(file)) == (b"new", 0o600)
    assert list(tmp_path.iterdir()) == [file]
