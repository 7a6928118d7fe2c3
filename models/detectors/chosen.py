"""Load face detectors: the one that the settings name, or our own of a model folder.

Each loads its own packages only.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.detectors import NO_TILES, DetectorChoice, DetectorName, Tiles
from core.errors import BadSettings
from core.runtimes import RuntimeChoice
from models.detectors.protocol import FaceDetector


def build_detector(
    choice: DetectorChoice,
    threads: int,
    folder: Path | None = None,
    runtime: RuntimeChoice | None = None,
) -> FaceDetector:
    """Load the chosen detector, in tiles if so chosen.

    folder: of another version of our own detector (`fast`) than the shipped
    one. runtime: only OpenVINO's device counts, on which all but mtcnn run.
    Raises BadSettings and WeightsMismatch, which say what is missing.
    """
    wanted = _Wanted(choice.file, threads, folder, runtime or RuntimeChoice())
    detector = _BUILDERS[choice.name](wanted)
    if choice.tiles == NO_TILES:
        return detector
    from models.detectors.tiling import TiledDetector

    return TiledDetector(detector, choice.tiles)


def load_detector(folder: Path, threads: int, runtime: RuntimeChoice | None = None) -> FaceDetector:
    """Load the detector of a model folder, always by OpenVINO: on runtime's device.

    Raises WeightsMismatch and BadSettings.
    """
    from models.detectors.anchor_free import AnchorFree

    return AnchorFree(folder, threads, device=(runtime or RuntimeChoice()).device)


def try_detector(
    choice: DetectorChoice, folder: Path | None = None, runtime: RuntimeChoice | None = None
) -> str:
    """Load the chosen detector and run it once; say which it is. Errors as of build_detector."""
    build_detector(choice, 1, folder, runtime).detect([np.zeros((360, 640, 3), np.uint8)])
    return " ".join([f"{choice.name} runs", *_describe_tiles(choice.tiles)])


def _describe_tiles(tiles: Tiles) -> list[str]:
    if tiles == NO_TILES:
        return []
    if tiles.is_automatic:
        return ["in tiles by the picture's size"]
    return [f"in {tiles.columns}x{tiles.rows} tiles"]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What any of the builders may need."""

    file: Path | None
    threads: int
    folder: Path | None
    runtime: RuntimeChoice


def _build_centerface(wanted: _Wanted) -> FaceDetector:
    from core.assets import asset_path
    from models.detectors.centerface import CenterFace

    path = asset_path("centerface.onnx")
    return CenterFace(path, wanted.threads, device=wanted.runtime.device)


def _build_fast(wanted: _Wanted) -> FaceDetector:
    from models.manifest import SHIPPED_DETECTOR

    return load_detector(wanted.folder or SHIPPED_DETECTOR, wanted.threads, wanted.runtime)


def _build_yunet(wanted: _Wanted) -> FaceDetector:
    from models.detectors.yunet import YuNet

    if wanted.file is None:
        raise BadSettings(
            "the detector yunet needs its .onnx file, which is not ours to ship; "
            "name it in MASKWATCH_DETECTOR_FILE"
        )
    return YuNet(wanted.file, wanted.threads, device=wanted.runtime.device)


def _build_mtcnn(_wanted: _Wanted) -> FaceDetector:
    from models.detectors.mtcnn import load_mtcnn

    return load_mtcnn()


_BUILDERS = {
    DetectorName.CENTERFACE: _build_centerface,
    DetectorName.FAST: _build_fast,
    DetectorName.YUNET: _build_yunet,
    DetectorName.MTCNN: _build_mtcnn,
}
