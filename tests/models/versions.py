"""Model folders whose networks run: the shipped classifier under another name."""

import shutil
from dataclasses import replace
from pathlib import Path

from core.manifests import NAME, parse_manifest
from models.manifest import SHIPPED_CLASSIFIER, describe_file, write_manifest


def copy_shipped(target: Path, version: str) -> Path:
    """Copy the shipped classifier into a folder; it answers as that one does."""
    shutil.copytree(SHIPPED_CLASSIFIER, target)
    manifest = parse_manifest((target / NAME).read_text())
    write_manifest(target, replace(manifest, model_version=version))
    return target


def break_network(folder: Path) -> Path:
    """Put a file that is no network into a folder, with a manifest that says the truth of it."""
    manifest = parse_manifest((folder / NAME).read_text())
    (folder / manifest.files[0].name).write_text("<net></net>")
    files = tuple(describe_file(folder / file.name, file.runtime) for file in manifest.files)
    write_manifest(folder, replace(manifest, files=files))
    return folder
