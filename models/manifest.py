"""Read, check and write the manifest of a model version's folder."""

import hashlib
from pathlib import Path

from core.errors import WeightsMismatch
from core.manifests import (
    NAME,
    FileKind,
    ModelFile,
    ModelManifest,
    parse_manifest,
    write_out,
)

_WEIGHTS = Path(__file__).parent / "weights"
SHIPPED_CLASSIFIER = _WEIGHTS / "classifier"
"""The folder of the classifier that this release was measured with."""
SHIPPED_EDGE_CLASSIFIER = _WEIGHTS / "classifier-edge"
SHIPPED_DETECTOR = _WEIGHTS / "detector"


def read_manifest(folder: Path) -> ModelManifest:
    """Read a folder's manifest and check every file against it.

    Raises WeightsMismatch.
    """
    try:
        manifest = parse_manifest((folder / NAME).read_text())
    except FileNotFoundError as error:
        raise WeightsMismatch(
            f"{folder} is no model folder: there is no {NAME} in it; "
            "that of a training run is its folder weights"
        ) from error
    except OSError as error:
        raise WeightsMismatch(
            f"{folder / NAME} cannot be read ({error.strerror}); install the weights again"
        ) from error
    except WeightsMismatch as error:
        raise WeightsMismatch(f"{folder / NAME}: {error}; install the weights again") from error
    for file in manifest.files:
        _check(folder, file)
    return manifest


def write_manifest(folder: Path, manifest: ModelManifest) -> None:
    (folder / NAME).write_text(write_out(manifest))


def describe_file(path: Path, kind: FileKind, folder: Path | None = None) -> ModelFile:
    """Describe a file of a model folder; folder defaults to the one that it lies in."""
    content = path.read_bytes()
    name = path.relative_to(folder or path.parent).as_posix()
    return ModelFile(name, hashlib.sha256(content).hexdigest(), len(content), kind)


def _check(folder: Path, expected: ModelFile) -> None:
    path = folder / expected.name
    found = describe_file(path, expected.runtime, folder) if path.is_file() else None
    if found != expected:
        state = "nothing" if found is None else f"{found.size} bytes, sha256 {found.sha256}"
        raise WeightsMismatch(
            f"{path}: expected {expected.size} bytes, sha256 {expected.sha256}, found {state}; "
            "install the weights again"
        )
