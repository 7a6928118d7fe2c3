"""Read and check the manifest of the classifier's weights."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from core.errors import WeightsMismatch

NAME = "manifest.json"
SHIPPED = Path(__file__).parent / "weights"
"""The folder of the weights that this release was measured with."""


@dataclass(frozen=True, slots=True)
class WeightsFile:
    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class WeightsManifest:
    """What the weights are; the first file is the one to open.

    temperature is baked into the graph, and stands here to be read.
    """

    model_version: str
    architecture: str
    labels: tuple[str, ...]
    input_side: int
    temperature: float
    files: tuple[WeightsFile, ...]


def read_manifest(folder: Path) -> WeightsManifest:
    """Read a folder's manifest and check every file against it.

    Raises WeightsMismatch.
    """
    try:
        content = json.loads((folder / NAME).read_text())
        files = tuple(WeightsFile(**entry) for entry in content.pop("files"))
        content["labels"] = tuple(content["labels"])
        manifest = WeightsManifest(**content, files=files)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsMismatch(
            f"{folder / NAME}: not a readable manifest ({error}); install the weights again"
        ) from error
    for entry in manifest.files:
        _check(folder / entry.name, entry)
    return manifest


def write_manifest(folder: Path, manifest: WeightsManifest) -> None:
    (folder / NAME).write_text(json.dumps(asdict(manifest), indent=2) + "\n")


def describe_file(path: Path) -> WeightsFile:
    content = path.read_bytes()
    return WeightsFile(path.name, hashlib.sha256(content).hexdigest(), len(content))


def _check(path: Path, expected: WeightsFile) -> None:
    found = describe_file(path) if path.exists() else None
    if found != expected:
        state = "nothing" if found is None else f"{found.size} bytes, sha256 {found.sha256}"
        raise WeightsMismatch(
            f"{path}: expected {expected.size} bytes, sha256 {expected.sha256}, found {state}; "
            "install the weights again"
        )
