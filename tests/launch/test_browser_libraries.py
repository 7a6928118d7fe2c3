"""The listed files of the browser libraries, and no others, are served."""

import json
from pathlib import Path

import pytest

from launch.browser_libraries import BROWSER_LISTS, copy_listed_files
from launch.programs import SetupFailed


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    folder = tmp_path / "node_modules"
    (folder / "plot" / "dist").mkdir(parents=True)
    (folder / "plot" / "dist" / "plot.js").write_text("plot()")
    (folder / "plot" / "dist" / "plot.test.js").write_text("test()")
    return folder


def write_list(folder: Path, *entries: tuple[str, str]) -> Path:
    path = folder / "vendor.json"
    path.write_text(json.dumps([{"from": source, "to": copy} for source, copy in entries]))
    return path


def test_it_replaces_the_folder_by_the_listed_files(tmp_path: Path, packages: Path) -> None:
    target = tmp_path / "vendor"
    target.mkdir()
    (target / "old.js").touch()
    copy_listed_files(packages, write_list(tmp_path, ("plot/dist/plot.js", "js/plot.js")), target)
    files = {path.relative_to(target) for path in target.rglob("*") if path.is_file()}
    assert files == {Path("js/plot.js")}
    assert (target / "js" / "plot.js").read_text() == "plot()"


def test_a_file_that_is_not_there_leaves_the_folder_as_it_was(
    tmp_path: Path, packages: Path
) -> None:
    target = tmp_path / "vendor"
    target.mkdir()
    (target / "old.js").touch()
    with pytest.raises(SetupFailed, match=r"plot/missing\.js"):
        copy_listed_files(packages, write_list(tmp_path, ("plot/missing.js", "x.js")), target)
    assert (target / "old.js").exists()


def test_the_fingerprint_reads_files_that_are_there() -> None:
    assert all(path.is_file() for path in BROWSER_LISTS)
