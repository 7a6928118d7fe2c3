"""The manifest of a model version: what it is, and which files it is made of.

A model version is a folder of `manifest.json`, `MODEL_CARD.md` and the files that the
manifest names. Here its text is read and checked; models/manifest.py checks the files.
"""

import json
import re
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

import msgspec

from core.errors import WeightsMismatch
from core.measurements import Measurement

NAME = "manifest.json"
CARD = "MODEL_CARD.md"

_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Task(StrEnum):
    """What a network is for; one version of each is active."""

    CLASSIFIER = "classifier"
    DETECTOR = "detector"


class Precision(StrEnum):
    """What the weights and sums of the served network are; float16 weights count as float32."""

    FLOAT32 = "float32"
    INT8 = "int8"


class FileKind(StrEnum):
    """What opens a file."""

    OPENVINO = "openvino"
    TENSORFLOW = "tensorflow"
    LITERT = "litert"
    KERAS = "keras"
    ONNX = "onnx"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file; its name is a path within the folder, with slashes. size: bytes."""

    name: str
    sha256: str
    size: int
    runtime: FileKind

    def __post_init__(self) -> None:
        """Raises ValueError."""
        path = PurePosixPath(self.name)
        if not path.parts or path.is_absolute() or ".." in path.parts or "\\" in self.name:
            raise ValueError(f"the file {self.name!r} would lie outside the folder")
        if not _SHA256.fullmatch(self.sha256) or self.size < 0:
            raise ValueError(f"{self.name}: give its sha256 in hex and its size in bytes")


@dataclass(frozen=True, slots=True)
class ModelManifest:
    """What a model version is; see models/classifier.py for the contract of its graph.

    input_side: pixels of a classifier's square input, 0 for a detector.
    context: side of a classifier's crop in lengths of the box's longer side.
    temperature: baked into the graph, and stands here to be read.
    trained_on: names of the sources. command: what made these files.
    figures: what its card leads with, by name.
    measurements: how it did on labelled faces; those of a new source come first.
    """

    model_version: str
    task: Task
    architecture: str
    labels: tuple[str, ...]
    input_side: int
    context: float
    temperature: float
    precision: Precision
    trained_on: tuple[str, ...]
    command: str
    licence: str
    files: tuple[ModelFile, ...]
    figures: dict[str, float] = field(default_factory=dict)
    measurements: tuple[Measurement, ...] = ()

    def files_for(self, *kinds: FileKind) -> tuple[ModelFile, ...]:
        """List the files of these kinds, in the manifest's order; the first is the one to open."""
        return tuple(file for file in self.files if file.runtime in kinds)


def parse_manifest(text: str) -> ModelManifest:
    """Read the JSON of a manifest; raises WeightsMismatch if it is none of ours.

    Names of files that lead out of the folder are refused, and fields that a manifest
    does not have: a typing error must not become a default.
    """
    try:
        content = json.loads(text)
        _refuse_unknown(content)
        return msgspec.convert(content, ModelManifest)
    except (ValueError, TypeError, RecursionError) as error:
        raise WeightsMismatch(f"not a readable manifest ({error})") from error


def write_out(manifest: ModelManifest) -> str:
    """Write a manifest as the JSON that parse_manifest reads."""
    return json.dumps(asdict(manifest), indent=2) + "\n"


def is_plain_name(name: str) -> bool:
    """Say whether a name can stand alone in any folder: no separators, no dot first."""
    return _PLAIN_NAME.fullmatch(name) is not None


def _refuse_unknown(content: Any) -> None:
    """Raise ValueError naming the fields that a manifest does not have."""
    if not isinstance(content, dict):
        raise ValueError("expected a JSON object")
    unknown = content.keys() - {one.name for one in fields(ModelManifest)}
    for entry in content.get("files") or ():
        unknown |= dict(entry).keys() - {one.name for one in fields(ModelFile)}
    if unknown:
        raise ValueError(f"it has no field {', '.join(sorted(unknown))}")
