"""Find faces with CenterFace (Xu et al., 2019), run by OpenVINO.

An anchor-free detector: on a grid of one cell per 4 pixels it gives the
likelihood that a face's centre is there, the face's size and five landmarks.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import openvino as ov

from core.runtimes import OpenVinoDevice
from core.types import Detections
from models.detectors.boxes import FacePoints, SizeWh, suppress
from models.detectors.letterboxed import SIZES_WH, LetterboxedDetector, take_pixels
from models.runtimes.openvino import CompiledNetwork, Tensor, read_network

STRIDE = 4
"""Pixels of the input per cell of the grid, from the paper."""
SCORE_FLOOR = 0.05
"""Below this the detector's candidates are noise, whatever the caller asks for."""


class CenterFace(LetterboxedDetector):
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
        """Load the network for its input sizes; device, precision: as of CompiledNetwork."""
        network = read_network(path)

        def compile_for(size_wh: SizeWh) -> CompiledNetwork:
            return CompiledNetwork(_prepare(network.clone(), size_wh), threads, device, precision)

        super().__init__(compile_for, sizes_wh, partial(decode, score_floor=score_floor))


def decode(
    grids: tuple[Tensor, ...], _size_wh: SizeWh, score_floor: float = SCORE_FLOOR
) -> FacePoints:
    """Read the faces out of the network's four grids.

    In this order: heatmap (1, 1, h, w); scales (1, 2, h, w), log of height and width in
    cells; offsets (1, 2, h, w), of the centre in cells, y then x; landmarks
    (1, 10, h, w), y and x of five points in face sizes from the upper left.
    Results are in pixels of the network's input.
    """
    heatmap, scales, offsets, landmarks = grids
    rows, columns = np.nonzero(heatmap[0, 0] > score_floor)
    scores = heatmap[0, 0, rows, columns]
    sizes_hw = np.exp(scales[0][:, rows, columns].T) * STRIDE  # (n, 2)
    cells = np.stack([rows, columns], axis=1)
    centres_yx = (cells + offsets[0][:, rows, columns].T + 0.5) * STRIDE
    starts_yx = centres_yx - sizes_hw / 2
    points_yx = landmarks[0][:, rows, columns].T.reshape(-1, 5, 2)
    points_yx = points_yx * sizes_hw[:, None] + starts_yx[:, None]
    boxes = np.concatenate([starts_yx[:, ::-1], (starts_yx + sizes_hw)[:, ::-1]], axis=1)
    kept = suppress(boxes, scores)
    found = Detections(boxes[kept].astype(np.float32), scores[kept])
    return FacePoints(found, points_yx[kept][:, :, ::-1].astype(np.float32))


def _prepare(network: ov.Model, size_wh: SizeWh) -> ov.Model:
    """Give the network its input size, and let it take BGR bytes as OpenCV has them."""
    width, height = size_wh
    network.reshape([1, 3, height, width])
    return take_pixels(network, as_rgb=True)
