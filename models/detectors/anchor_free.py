"""Find faces with our own detector, run by OpenVINO.

A small anchor-free network, trained in models/training/detector/ on masked and
bare faces: each cell of three grids gives the likelihood that it answers for a
face, the face's box and what the face wears.
"""

from collections.abc import Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeAlias

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from core.errors import WeightsMismatch
from core.manifests import FileKind, Task
from core.runtimes import OpenVinoDevice
from core.types import Boxes, Detections, Probabilities
from models.detectors.boxes import FacePoints, SizeWh, suppress
from models.detectors.letterboxed import SIZES_WH, LetterboxedDetector
from models.manifest import read_manifest
from models.runtimes.openvino import CompiledNetwork, Tensor, read_network

STRIDES = (8, 16, 32)
"""Pixels of the input per cell of each grid; inputs are multiples of the last."""
SIZE_UNIT = 4.0
"""A box's sides are predicted as logarithms, in units of so many cells."""
SIZE_LOG_MAX = 4.0
"""Limit of those logarithms in training, either way."""
SCORE_FLOOR = 0.05
"""Below this the detector's candidates are noise, whatever the caller asks for."""
OVERLAP_MAX = 0.45
"""Intersection over union above which two candidates are one face: people in a crowd overlap."""

Cells: TypeAlias = NDArray[np.float32]
"""(n, 3) float32: x and y of the cell's middle in pixels, and its stride."""


class AnchorFree(LetterboxedDetector):
    """A FaceDetector; it gives no landmarks."""

    def __init__(
        self,
        folder: Path,
        threads: int,
        sizes_wh: Sequence[SizeWh] = SIZES_WH,
        score_floor: float = SCORE_FLOOR,
        *,
        device: OpenVinoDevice = OpenVinoDevice.CPU,
        precision: str | None = None,
    ) -> None:
        """Load a model folder; sizes_wh: multiples of 32. Raises WeightsMismatch, BadSettings.

        device, precision: as of CompiledNetwork.
        """
        network = read_network(find_network(folder))

        def compile_for(size_wh: SizeWh) -> CompiledNetwork:
            return CompiledNetwork(prepare(network.clone(), size_wh), threads, device, precision)

        super().__init__(compile_for, sizes_wh, partial(decode, score_floor=score_floor))


def find_network(folder: Path) -> Path:
    """Find the detector's network in its folder, checked; raises WeightsMismatch."""
    manifest = read_manifest(folder)
    if manifest.task is not Task.DETECTOR:
        raise WeightsMismatch(
            f"{folder}: expected a detector, found a {manifest.task.value}; "
            "choose a version of a detector"
        )
    files = [file.name for file in manifest.files if file.runtime is FileKind.OPENVINO]
    networks = [folder / name for name in files if name.endswith(".xml")]
    if not networks:
        raise WeightsMismatch(
            f"{folder}: expected a network of OpenVINO (.xml and .bin), found none; "
            "write one with `maskwatch export`"
        )
    return networks[0]


def decode(
    outputs: tuple[Tensor, ...], size_wh: SizeWh, score_floor: float = SCORE_FLOOR
) -> FacePoints:
    """Read the faces out of the network's outputs; there are no landmarks, they are all 0."""
    found, _ = decode_labelled(outputs, size_wh, score_floor)
    return FacePoints(found, np.zeros((len(found), 5, 2), np.float32))


def decode_labelled(
    outputs: tuple[Tensor, ...], size_wh: SizeWh, score_floor: float = SCORE_FLOOR
) -> tuple[Detections, Probabilities]:
    """Read the faces, best first, and what each wears, in pixels of the network's input.

    outputs: one (1, n, 8), n the cells of lay_cells; raw values: the score before the sigmoid,
    four offsets (see to_boxes) and the labels before the softmax. Few cells hold a
    face: finishing these alone here saves a tenth of the network's time.
    """
    (raw,) = outputs
    chosen = np.flatnonzero(raw[0, :, 0] > np.log(score_floor / (1 - score_floor)))
    cells = raw[0, chosen]
    boxes = to_boxes(cells[:, 1:5], lay_cells(size_wh)[chosen])
    scores = 1 / (1 + np.exp(-cells[:, 0]))
    kept = suppress(boxes, scores, OVERLAP_MAX)
    return Detections(boxes[kept], scores[kept]), _softmax(cells[kept, 5:])


def to_boxes(offsets: Tensor, cells: Cells) -> Boxes:
    """Turn predictions into xyxy pixels.

    offsets: (n, 4), the centre's distance from the cell's middle in cells, x then
    y, and the logarithms of width and height in units of SIZE_UNIT cells.
    """
    strides = cells[:, 2:]
    centres = cells[:, :2] + offsets[:, :2] * strides
    logarithms = np.clip(offsets[:, 2:], -SIZE_LOG_MAX, SIZE_LOG_MAX)
    halves = np.exp(logarithms) * strides * (SIZE_UNIT / 2)
    return np.concatenate([centres - halves, centres + halves], axis=1).astype(np.float32)


def to_offsets(boxes: Boxes, cells: Cells) -> Tensor:
    """Say what each cell should predict for its box (n, 4): the inverse of to_boxes."""
    centres, sides = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
    strides = cells[:, 2:]
    shifts = (centres - cells[:, :2]) / strides
    logarithms = np.log(sides / (strides * SIZE_UNIT))
    return np.concatenate([shifts, logarithms], axis=1).astype(np.float32)


@lru_cache(maxsize=8)
def lay_cells(size_wh: SizeWh) -> Cells:
    """Lay the cells of an input: strides 8, 16, 32 one after another, each row by row."""
    grids = []
    for stride in STRIDES:
        columns, rows = np.meshgrid(
            np.arange(size_wh[0] // stride), np.arange(size_wh[1] // stride)
        )
        middles = (np.stack([columns, rows], axis=-1).reshape(-1, 2) + 0.5) * stride
        grids.append(np.concatenate([middles, np.full((len(middles), 1), stride)], axis=1))
    return np.concatenate(grids).astype(np.float32)


def prepare(network: ov.Model, size_wh: SizeWh) -> ov.Model:
    """Give the network its input size; it takes BGR bytes as it is."""
    network.reshape([1, size_wh[1], size_wh[0], 3])
    return network


def _softmax(raw: Tensor) -> Probabilities:
    powers = np.exp(raw - raw.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
