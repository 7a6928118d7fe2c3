"""Find faces with YuNet (Wu et al., 2023) from the user's own file, run by OpenVINO.

A small anchor-free detector: on grids of one cell per 8, 16 and 32 pixels it
gives the likelihood of a face, its box and five landmarks. The decoding follows
the paper's project (libfacedetection.train), whose exports of either size,
yunet_n and yunet_s, are read; so is OpenCV Zoo's face_detection_yunet_2023mar.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import openvino as ov

from core.errors import WeightsMismatch
from core.runtimes import OpenVinoDevice
from core.types import Detections
from models.detectors.boxes import FacePoints, SizeWh, suppress
from models.detectors.letterboxed import SIZES_WH, LetterboxedDetector, take_pixels
from models.runtimes.openvino import CompiledNetwork, Tensor, read_network

STRIDES = (8, 16, 32)
"""Pixels of the input per cell of each grid."""
COLUMNS = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}
"""Values of a cell in each kind of output: face, face at this place, box, five points."""
OUTPUTS = [f"{kind}_{stride}" for stride in STRIDES for kind in COLUMNS]
SCORE_FLOOR = 0.05
"""Below this the detector's candidates are noise, whatever the caller asks for."""


class YuNet(LetterboxedDetector):
    """A FaceDetector that gives landmarks as well."""

    def __init__(
        self,
        path: Path,
        threads: int,
        sizes_wh: Sequence[SizeWh] = SIZES_WH,
        score_floor: float = SCORE_FLOOR,
        *,
        device: OpenVinoDevice = OpenVinoDevice.CPU,
        precision: str | None = None,
    ) -> None:
        """Load a user's file; raises WeightsMismatch if it is absent or no YuNet.

        device, precision: as of CompiledNetwork.
        """
        network = _read(path)

        def compile_for(size_wh: SizeWh) -> CompiledNetwork:
            prepared = _prepare(network.clone(), path, size_wh)
            return CompiledNetwork(prepared, threads, device, precision)

        super().__init__(compile_for, sizes_wh, partial(decode, score_floor=score_floor))


def decode(
    outputs: tuple[Tensor, ...], size_wh: SizeWh, score_floor: float = SCORE_FLOOR
) -> FacePoints:
    """Read the faces out of the network's outputs, in the order of OUTPUTS.

    Each is (1, cells, columns), cells row by row. cls and obj are likelihoods,
    their geometric mean is the score; bbox: the centre in cells from the cell's
    corner, x then y, and the log of width and height in cells; kps: x and y of
    the points in cells from the cell's corner. Results are in pixels of the
    network's input.
    """
    parts = [
        _decode_grid(outputs[4 * i : 4 * i + 4], stride, size_wh[0] // stride, score_floor)
        for i, stride in enumerate(STRIDES)
    ]
    boxes = np.concatenate([part.found.boxes for part in parts])
    scores = np.concatenate([part.found.scores for part in parts])
    landmarks = np.concatenate([part.landmarks for part in parts])
    kept = suppress(boxes, scores)
    return FacePoints(Detections(boxes[kept], scores[kept]), landmarks[kept])


def _decode_grid(
    grids: tuple[Tensor, ...], stride: int, columns: int, score_floor: float
) -> FacePoints:
    """Read the candidates of one grid, which has so many columns."""
    face, here, shapes, points = (grid[0] for grid in grids)
    scores = np.sqrt(np.clip(face[:, 0], 0, 1) * np.clip(here[:, 0], 0, 1))
    chosen = np.flatnonzero(scores > score_floor)
    corners = np.stack([chosen % columns, chosen // columns], axis=1).astype(np.float32)
    centres = corners + shapes[chosen, :2]
    halves = np.exp(shapes[chosen, 2:]) / 2
    boxes = np.concatenate([centres - halves, centres + halves], axis=1) * stride
    landmarks = (points[chosen].reshape(-1, 5, 2) + corners[:, None]) * stride
    return FacePoints(Detections(boxes, scores[chosen]), landmarks)


def _read(path: Path) -> ov.Model:
    """Read the user's file and check that it is a YuNet, whatever its input size."""
    if not path.is_file():
        raise WeightsMismatch(f"{path}: expected a YuNet .onnx file, found nothing")
    try:
        network = read_network(path)
    except RuntimeError as error:
        raise WeightsMismatch(
            f"{path}: expected a YuNet .onnx file, found one that cannot be read as a network"
        ) from error
    found = {name for output in network.outputs for name in output.get_names()}
    if not found.issuperset(OUTPUTS):
        raise WeightsMismatch(
            f"{path}: expected the outputs of a YuNet ({', '.join(OUTPUTS)}), found "
            f"{', '.join(sorted(found))}; give yunet_n or yunet_s of libfacedetection.train, or "
            "face_detection_yunet_2023mar of OpenCV Zoo"
        )
    return network


def _prepare(network: ov.Model, path: Path, size_wh: SizeWh) -> ov.Model:
    """Give the network its input size, its input's type, and its outputs in our order."""
    width, height = size_wh
    try:
        network.reshape([1, 3, height, width])
    except RuntimeError as error:
        raise WeightsMismatch(
            f"{path}: expected a YuNet of any input size, found one that does not take "
            f"{width}x{height}; export it with dynamic height and width"
        ) from error
    ordered = [network.output(name) for name in OUTPUTS]
    for name, output in zip(OUTPUTS, ordered, strict=True):
        kind, stride = name.split("_")
        cells = (width // int(stride)) * (height // int(stride))
        if list(output.shape) != [1, cells, COLUMNS[kind]]:
            raise WeightsMismatch(
                f"{path}: expected {name} of shape 1x{cells}x{COLUMNS[kind]} at {width}x{height}, "
                f"found {'x'.join(map(str, output.shape))}; export it with dynamic height and width"
            )
    results = [ov.opset1.result(output.get_node().input_value(0)) for output in ordered]
    return take_pixels(ov.Model(results, network.get_parameters(), "yunet"), as_rgb=False)
