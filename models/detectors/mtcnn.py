"""Find faces with MTCNN (Zhang et al., 2016), by the package `mtcnn` and TensorFlow.

A cascade of three small networks over a pyramid of sizes, which many older
programs use. It is slower and misses more masked and small faces than the
others (docs/models.md); it is here to be compared with. Code and weights are
under the MIT licence, and come with the package.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import BadSettings
from core.types import Detections, Image
from models.detectors.boxes import FacePoints, best_input, letterbox, map_back, suppress
from models.detectors.letterboxed import SIZES_WH

SCORE_FLOOR = 0.2
"""Below this the last network's candidates are noise; its package stops at 0.8."""
INSTALL = ".venv/bin/uv pip install --python .venv/bin/python -r requirements/mtcnn.txt"

Cascade: TypeAlias = Callable[[Image], NDArray[np.float64]]
"""Takes an RGB picture; gives (n, 16): its number, x1, y1, x2, y2, score, 5 x, 5 y."""


class Mtcnn:
    """A FaceDetector. TensorFlow chooses its threads."""

    def __init__(self, cascade: Cascade) -> None:
        self._cascade = cascade

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        """Find the faces of each image; boxes in pixels of that image."""
        return [self._detect_points(image).found for image in images]

    def _detect_points(self, image: Image) -> FacePoints:
        # Pictures of few shapes: TensorFlow prepares itself anew for each.
        canvas = letterbox(image, best_input(image, SIZES_WH))
        rgb = cast(Image, cv2.cvtColor(canvas.pixels, cv2.COLOR_BGR2RGB))
        rows = self._cascade(rgb).astype(np.float32)  # (n, 16)
        kept = suppress(rows[:, 1:5], rows[:, 5])
        found = Detections(rows[kept, 1:5], rows[kept, 5])
        landmarks = np.stack([rows[kept, 6:11], rows[kept, 11:16]], axis=2)
        return map_back(FacePoints(found, landmarks), canvas.scale, image)


def load_mtcnn(score_floor: float = SCORE_FLOOR) -> Mtcnn:
    """Load the package's networks; raises BadSettings where it is not installed."""
    try:
        from mtcnn import MTCNN
    except ImportError as error:
        raise BadSettings(
            f"the detector mtcnn needs the package mtcnn and TensorFlow ({error}); "
            f"install it with `{INSTALL}`, or set MASKWATCH_DETECTOR to another one"
        ) from error
    find = MTCNN().detect_faces
    options = {"box_format": "xyxy", "output_type": "numpy", "threshold_onet": score_floor}
    return Mtcnn(partial(find, **options))
