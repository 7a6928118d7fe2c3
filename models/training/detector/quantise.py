"""Write a detector's folder anew with a network that reckons in int8.

`python -m models.training.detector.quantise FOLDER SCENES.npz TARGET`

SCENES.npz comes from collect.py; its training pictures calibrate.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
import numpy as np

from core.manifests import FileKind, Precision
from models.detectors.anchor_free import find_network
from models.detectors.boxes import letterbox
from models.exporting.quantisation import PICTURES, quantise
from models.manifest import describe_file, read_manifest, write_manifest
from models.runtimes.openvino import Pixels
from models.training.detector.pictures import LabelledPicture, load_pictures
from models.training.examples import Split

SIZE_WH = (640, 384)
SEED = 3


def choose_pictures(pictures: Sequence[LabelledPicture], count: int = PICTURES) -> list[Pixels]:
    """Pick training pictures as the network is fed in service: (1, 384, 640, 3) uint8."""
    known = [picture for picture in pictures if picture.split is Split.TRAIN]
    order = np.random.default_rng(SEED).permutation(len(known))[:count]
    return [letterbox(known[i].pixels, SIZE_WH).pixels[None] for i in order]


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("scenes", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("target", type=click.Path(file_okay=False, path_type=Path))
@click.option("--keep-float", "kept_float", multiple=True, help="An operation to leave alone.")
def main(folder: Path, scenes: Path, target: Path, kept_float: tuple[str, ...]) -> None:
    """Quantise the detector of FOLDER into TARGET."""
    target.mkdir(parents=True, exist_ok=True)
    pictures = choose_pictures(load_pictures(scenes))
    quantise(find_network(folder), pictures, target / "detector.xml", kept_float)
    names = ("detector.xml", "detector.bin")
    manifest = replace(
        read_manifest(folder),
        precision=Precision.INT8,
        files=tuple(describe_file(target / name, FileKind.OPENVINO) for name in names),
    )
    write_manifest(target, manifest)


if __name__ == "__main__":
    main()
