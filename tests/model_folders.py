"""Model folders in memory, of files that are no networks, for whoever stores or sends them."""

import hashlib

from core.manifests import FileKind, ModelFile, ModelManifest, Precision, Task, write_out
from core.model_folders import ModelFolder
from core.types import LABELS


def make_folder(
    version: str = "test-1",
    task: Task = Task.CLASSIFIER,
    contents: dict[str, bytes] | None = None,
) -> ModelFolder:
    """Make a version; its two files are small and different for each name of a version."""
    files = contents or {
        "network.xml": f"<net name='{version}'/>".encode(),
        "network.bin": b"weights " + version.encode(),
    }
    return ModelFolder(write_out(make_manifest(version, task, files)), "# Card", files)


def make_manifest(version: str, task: Task, contents: dict[str, bytes]) -> ModelManifest:
    """Describe these files as one version."""
    files = tuple(
        ModelFile(name, hashlib.sha256(content).hexdigest(), len(content), FileKind.OPENVINO)
        for name, content in contents.items()
    )
    is_classifier = task is Task.CLASSIFIER
    return ModelManifest(
        model_version=version,
        task=task,
        architecture="MobileNetV2",
        labels=tuple(LABELS) if is_classifier else (),
        input_side=128 if is_classifier else 0,
        context=1.3,
        temperature=1.0,
        precision=Precision.FLOAT32,
        trained_on=("faces",),
        command="./maskwatch train FACES",
        licence="Apache-2.0",
        files=files,
        figures={"macro_f1": 0.9},
    )
