"""Write a trained detector as a model folder: every runtime's file, manifest, figures.

`python -m models.training.detector.export network.keras FOLDER --version NAME`
"""

from pathlib import Path

import click
import keras

from models.exporting.formats import write_keras, write_litert, write_openvino
from models.manifest import (
    FileKind,
    ModelManifest,
    Precision,
    Task,
    describe_file,
    write_manifest,
)

LITERT_SHAPE = (1, 384, 640, 3)
"""LiteRT wants a size; the other files take any multiple of 32."""
OPENVINO_SHAPE = (1, None, None, 3)
SOURCES = (
    "adityap27", "andrewmvd", "chandrikadeb7", "classroom_cctv", "face_mask_12k",
    "indoor_cctv", "jamesnogra_gray64", "videos",
)  # fmt: skip


def write_folder(network: keras.Model, folder: Path, version: str, command: str) -> ModelManifest:
    """Write detector.keras, .xml with .bin and .tflite, and the manifest that names them."""
    folder.mkdir(parents=True, exist_ok=True)
    write_keras(network, folder / "detector.keras")
    write_openvino(network, folder / "detector.xml", OPENVINO_SHAPE)
    write_litert(network, folder / "detector.tflite", LITERT_SHAPE)
    kinds = {
        "detector.xml": FileKind.OPENVINO,
        "detector.bin": FileKind.OPENVINO,
        "detector.keras": FileKind.KERAS,
        "detector.tflite": FileKind.LITERT,
    }
    manifest = ModelManifest(
        model_version=version,
        task=Task.DETECTOR,
        architecture="mobilenet_v2_0.35 pyramid_64 anchor_free",
        labels=(),
        input_side=0,
        context=1.0,
        temperature=1.0,
        precision=Precision.FLOAT32,
        trained_on=SOURCES,
        command=command,
        licence="Apache-2.0",
        files=tuple(describe_file(folder / name, kind) for name, kind in kinds.items()),
    )
    write_manifest(folder, manifest)
    return manifest


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--version", required=True, help="The model version's name.")
@click.option("--command", "made_by", default="python -m models.training.detector.train")
def main(source: Path, folder: Path, version: str, made_by: str) -> None:
    """Write the network SOURCE, which training kept, as the model folder FOLDER."""
    manifest = write_folder(keras.models.load_model(source), folder, version, made_by)
    for file in manifest.files:
        click.echo(f"{file.name}  {file.size} bytes  {file.sha256}")


if __name__ == "__main__":
    main()
