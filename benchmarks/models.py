"""Measure what one face and one picture cost on one core, by runtime and precision.

`python -m benchmarks.models [FOLDER...]` times the classifiers of model folders (default: the
shipped ones) by every runtime that they have a file for, cutting and scaling included.
`--sizes` times MobileNetV2 of every input side and width instead, its weights random: they
cost what trained ones do. `--detector` times a whole picture.

Milliseconds are CPU time of the process, the median of several rounds: on a machine that
other work shares, wall time says little. Even CPU time grows there, by what others push out
of the caches; compare figures of one run.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import cv2
import numpy as np

from core.assets import asset_path
from core.manifests import FileKind, ModelManifest, Precision
from core.runtimes import RuntimeChoice, RuntimeName
from core.types import Image
from models.analysis import load_analyser
from models.classifier import NetworkClassifier
from models.exporting.pictures import portrait_pieces
from models.manifest import SHIPPED_CLASSIFIER, SHIPPED_EDGE_CLASSIFIER, read_manifest
from models.runtimes.chosen import find_file, open_network
from models.runtimes.network import Network, Pixels
from models.runtimes.openvino import CompiledNetwork, read_network

ROUNDS = 15
FACES = 16
PICTURE_WH = (960, 540)
"""Pixels; what a camera sends by default."""
SIDES = (224, 160, 128, 96)
WIDTHS = (1.0, 0.35)
_RUNTIMES = {
    FileKind.OPENVINO: RuntimeName.OPENVINO,
    FileKind.LITERT: RuntimeName.LITERT,
    FileKind.KERAS: RuntimeName.TENSORFLOW,
}


@click.command()
@click.argument("folders", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--sizes", is_flag=True, help="Time input sides and widths of MobileNetV2.")
@click.option("--detector", is_flag=True, help="Time detecting and analysing a picture.")
def main(folders: tuple[Path, ...], sizes: bool, detector: bool) -> None:
    """Print milliseconds of CPU time, one thread."""
    if sizes:
        print("| side | width | float32 | bfloat16 | int8 |\n|---|---|---|---|---|")
        for side in SIDES:
            for width in WIDTHS:
                figures = " | ".join(f"{each:.2f}" for each in time_size(side, width))
                print(f"| {side} | {width} | {figures} |", flush=True)
    elif detector:
        for name, milliseconds in time_picture():
            print(f"{milliseconds:7.2f}  {name}")
    else:
        print(f"| model | runtime | ms a face of {FACES} | ms one face |\n|---|---|---|---|")
        for folder in folders or (SHIPPED_CLASSIFIER, SHIPPED_EDGE_CLASSIFIER):
            time_folder(folder)


def time_folder(folder: Path) -> None:
    """Print a row for every runtime and precision of a classifier."""
    manifest = read_manifest(folder)
    for name, network in open_all(folder, manifest):
        several, one = time_classifier(NetworkClassifier(network, manifest))
        print(f"| {manifest.model_version} | {name} | {several:.2f} | {one:.2f} |", flush=True)


def time_classifier(classifier: NetworkClassifier) -> tuple[float, float]:
    """Milliseconds a face of FACES together, and of one alone."""
    faces = portrait_pieces(FACES)
    several = median_ms(lambda: classifier.classify(faces)) / FACES
    return several, median_ms(lambda: classifier.classify(faces[:1]))


def open_all(folder: Path, manifest: ModelManifest) -> Iterator[tuple[str, Network]]:
    """Open a folder in every runtime that it has a file for; OpenVINO in both precisions."""
    for kind, name in _RUNTIMES.items():
        if not manifest.files_for(kind):
            continue
        if name is not RuntimeName.OPENVINO:
            yield name, open_network(folder, manifest, 1, RuntimeChoice(name))
            continue
        path = find_file(folder, manifest, name)
        is_int8 = manifest.precision is Precision.INT8
        for precision in ("bf16",) if is_int8 else ("f32", "bf16"):
            words = "int8" if is_int8 else precision
            network = CompiledNetwork(read_network(path), 1, precision=precision)
            yield f"{name} {words}", network


def time_size(side: int, width: float) -> tuple[float, float, float]:
    """Milliseconds a face in float32, bfloat16 and int8."""
    from models.exporting.formats import write_openvino
    from models.exporting.quantisation import quantise
    from models.training.network import build_network, with_probabilities

    draws = np.random.default_rng(1)
    pictures = [draws.integers(0, 256, (1, side, side, 3), np.uint8) for _ in range(FACES)]
    with TemporaryDirectory() as folder:
        path, int8 = Path(folder, "n.xml"), Path(folder, "q.xml")
        write_openvino(with_probabilities(build_network(None, 0.0, side, width), 1.0), path)
        quantise(path, pictures, int8)
        return (
            _time_network(path, "f32", pictures),
            _time_network(path, "bf16", pictures),
            _time_network(int8, "bf16", pictures),
        )


def time_picture() -> Iterator[tuple[str, float]]:
    """Milliseconds of the chosen detector, and of all that is done with a picture of one face."""
    analyser = load_analyser(threads=1)
    picture = _picture_with_one_face()
    yield "detector, 960x540 picture", median_ms(lambda: analyser.detector.detect([picture]))
    yield "analyse, one face", median_ms(lambda: analyser.analyse([picture], 0.5))


def median_ms(work: Callable[[], object]) -> float:
    """CPU milliseconds of a call, after one to warm up."""
    work()
    return statistics.median(_timed(work) for _ in range(ROUNDS)) * 1000


def _timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _time_network(path: Path, precision: str, pictures: list[Pixels]) -> float:
    network = CompiledNetwork(read_network(path), 1, precision=precision)
    return median_ms(lambda: network.run(pictures)) / len(pictures)


def _picture_with_one_face() -> Image:
    portrait = np.asarray(cv2.imread(str(asset_path("grace_hopper.jpg"))), np.uint8)
    picture = np.full((PICTURE_WH[1], PICTURE_WH[0], 3), 90, np.uint8)
    picture[:300, :256] = cv2.resize(portrait, (256, 300), interpolation=cv2.INTER_AREA)
    return picture


if __name__ == "__main__":
    main()
