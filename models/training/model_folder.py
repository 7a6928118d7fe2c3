"""Write a trained classifier as a model folder: networks, manifest and card."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.face_crops import CONTEXT
from core.manifests import CARD, FileKind, ModelFile, ModelManifest, Precision, Task
from core.types import LABELS
from models.exporting.formats import write_keras, write_litert, write_openvino
from models.manifest import describe_file, write_manifest
from models.training.history import EpochFigures
from models.training.network import alpha_of, is_classic, with_probabilities

KINDS = {
    "xml": FileKind.OPENVINO,
    "bin": FileKind.OPENVINO,
    "keras": FileKind.KERAS,
    "tflite": FileKind.LITERT,
}
"""What is written, by the ends of the names."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a network comes from, for its manifest and card.

    counts: faces learned from, by label. best: the epoch that was kept.
    """

    sources: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]
    command: str
    base: str
    best: EpochFigures


def write_model(network: Any, temperature: float, folder: Path, origin: Origin) -> ModelManifest:
    """Write classifier.keras, .xml, .bin and .tflite, manifest.json and MODEL_CARD.md.

    The graphs take uint8 RGB (n, side, side, 3), but for Keras one picture, and
    give probabilities (n, 3) by LABELS, the temperature included.
    """
    folder.mkdir(parents=True, exist_ok=True)
    served = with_probabilities(network, temperature)
    write_keras(served, folder / "classifier.keras")
    write_openvino(served, folder / "classifier.xml")
    write_litert(served, folder / "classifier.tflite")
    files = tuple(describe_file(folder / f"classifier.{end}", kind) for end, kind in KINDS.items())
    manifest = ModelManifest(
        model_version=_name(network, files),
        task=Task.CLASSIFIER,
        architecture=_architecture(network),
        labels=tuple(LABELS),
        input_side=network.input_shape[1],
        context=CONTEXT,
        temperature=round(temperature, 4),
        precision=Precision.FLOAT32,
        trained_on=origin.sources,
        command=origin.command,
        licence="Apache-2.0",
        files=files,
        figures={
            "validation_macro_f1": origin.best.val_macro_f1,
            "validation_accuracy": origin.best.val_accuracy,
        },
    )
    write_manifest(folder, manifest)
    (folder / CARD).write_text(write_card(manifest, origin))
    return manifest


def write_card(manifest: ModelManifest, origin: Origin) -> str:
    """Write what is known of the network: data, command, figures, and what is not known."""
    counts = "".join(f"| {label} | {count} |\n" for label, count in origin.counts)
    return f"""# Model card: {manifest.model_version}

{manifest.architecture}, {manifest.input_side} px, started from {origin.base}. It tells whether
the face on a crop wears a mask (`mask`), a badly worn one (`incorrect_mask`) or none (`no_mask`).

## Data

Sources: {", ".join(manifest.trained_on)}.

| label | faces learned from |
| --- | --- |
{counts}
## Command

    {manifest.command or "(called from Python)"}

## Figures

On validation draws, made small, blurred and badly lit as in training, at the best epoch
({origin.best.epoch}): macro-F1 {origin.best.val_macro_f1:.3f}, accuracy \
{origin.best.val_accuracy:.3f}, loss {origin.best.val_loss:.3f} nats. These chose the epoch, so they
flatter. Judge it on pictures from elsewhere, which it has not seen:

    ./maskwatch evaluate FOLDER --weights THIS_FOLDER

## Not known yet

How it does on other cameras, lights and people; on faces under 20 px; on veils, scarves and hands.
Say so here once it is measured.
"""


def _name(network: Any, files: Sequence[ModelFile]) -> str:
    """A version's name: what it is, and a piece of its weights' checksum."""
    alpha = alpha_of(network)
    width = "" if alpha == 1 else f"-{alpha}"
    kind = "-classic" if is_classic(network) else ""
    weights = next(file for file in files if file.name.endswith(".bin"))
    return f"mobilenetv2{kind}{width}-{network.input_shape[1]}-{weights.sha256[:8]}"


def _architecture(network: Any) -> str:
    words = f"MobileNetV2 {alpha_of(network)}"
    return f"{words}, two labels (incorrect_mask is always 0)" if is_classic(network) else words
