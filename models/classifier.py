"""Tell what faces wear, with the shipped MobileNetV2 run by OpenVINO."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.errors import WeightsMismatch
from core.types import LABELS, Image, Probabilities
from models.manifest import read_manifest
from models.preprocess import to_input
from models.runtimes.openvino import CompiledNetwork, read_network


class OpenVinoClassifier:
    """A MaskClassifier; see models/analysis.py."""

    def __init__(self, folder: Path, threads: int) -> None:
        """Load the weights of a folder; raises WeightsMismatch."""
        manifest = read_manifest(folder)
        if manifest.labels != LABELS:
            raise WeightsMismatch(
                f"{folder}: expected labels {', '.join(LABELS)}, found "
                f"{', '.join(manifest.labels)}; use this release's weights"
            )
        self._side = manifest.input_side
        self.model_version = manifest.model_version
        self._network = CompiledNetwork(read_network(folder / manifest.files[0].name), threads)

    def classify(self, crops: Sequence[Image]) -> Probabilities:
        """Classify BGR crops of any size; (n, 3) by LABELS, n = 0 gives (0, 3)."""
        outputs = self._network.run([pixels[None] for pixels in to_input(crops, self._side)])
        rows = [output[0] for output in outputs]  # each (1, 3)
        return np.concatenate([np.zeros((0, len(LABELS)), np.float32), *rows])
