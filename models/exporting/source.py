"""Open what is to be exported: a model folder, or a bare file of Keras."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import WeightsMismatch
from core.face_crops import CONTEXT
from core.manifests import CARD, FileKind, ModelManifest, Precision, Task
from core.types import LABELS, Image
from models.detectors.boxes import letterbox
from models.exporting.formats import Shape
from models.exporting.keras_files import Reading, as_served, guess_pixels, read_keras
from models.manifest import read_manifest
from models.preprocess import to_input
from models.runtimes.network import Pixels

DETECTOR_WH = (640, 384)
"""What a detector's formats without free sizes are laid out for: landscape pictures."""


@dataclass(frozen=True, slots=True)
class Source:
    """A served network of Keras, and what is known of it."""

    network: Any
    manifest: ModelManifest
    card: str

    @property
    def one_picture(self) -> Shape:
        """The input's shape with a batch of one."""
        if self.manifest.task is Task.DETECTOR:
            return (1, DETECTOR_WH[1], DETECTOR_WH[0], 3)
        return (1, self.manifest.input_side, self.manifest.input_side, 3)

    @property
    def any_picture(self) -> Shape:
        """The same for formats that leave a detector's sizes free."""
        return (1, None, None, 3) if self.manifest.task is Task.DETECTOR else self.one_picture

    def inputs_of(self, images: Sequence[Image]) -> list[Pixels]:
        """Turn BGR pictures, of faces or of scenes, into the network's inputs."""
        if self.manifest.task is Task.DETECTOR:
            return [letterbox(image, DETECTOR_WH).pixels[None] for image in images]
        return [pixels[None] for pixels in to_input(images, self.manifest.input_side)]


def open_source(path: Path, reading: Reading) -> Source:
    """Open a model folder by its Keras file, or a bare file; raises WeightsMismatch."""
    return _open_folder(path) if path.is_dir() else _open_file(path, reading)


def _open_folder(folder: Path) -> Source:
    manifest = read_manifest(folder)
    files = manifest.files_for(FileKind.KERAS)
    if not files:
        found = ", ".join(sorted({str(file.runtime) for file in manifest.files}))
        raise WeightsMismatch(
            f"{folder}: other formats are made from a Keras file, and model "
            f"{manifest.model_version} has only {found}; train it again or give its .keras file"
        )
    card = folder / CARD
    text = card.read_text(errors="replace") if card.exists() else ""
    return Source(read_keras(folder / files[0].name), manifest, text)


def _open_file(path: Path, reading: Reading) -> Source:
    network = read_keras(path)
    served = as_served(network, reading, path)
    is_ours = served is network
    pixels = reading.pixels or guess_pixels(network)
    manifest = ModelManifest(
        model_version=f"{path.stem}-{hashlib.sha256(path.read_bytes()).hexdigest()[:8]}",
        task=Task.CLASSIFIER,
        architecture=f"{network.name}, from {path.name}, pixels {pixels}",
        labels=tuple(LABELS),
        input_side=served.input_shape[1],
        # Classic scripts cut the detector's box and nothing around it.
        context=CONTEXT if is_ours else 1.0,
        temperature=1.0,
        precision=Precision.FLOAT32,
        trained_on=(),
        command="",
        licence="",
        files=(),
    )
    return Source(served, manifest, "")
