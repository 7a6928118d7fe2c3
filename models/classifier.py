"""Tell what faces wear, with the network of a model folder."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.errors import WeightsMismatch
from core.manifests import ModelManifest, Task
from core.runtimes import RuntimeChoice
from core.types import LABELS, Image, Probabilities
from models.manifest import read_manifest
from models.preprocess import to_input
from models.runtimes.chosen import open_network
from models.runtimes.network import Network


class NetworkClassifier:
    """A MaskClassifier; see models/analysis.py.

    The network's graph takes (1, side, side, 3) uint8 RGB and gives
    probabilities (1, 3) by LABELS, the temperature included.
    """

    def __init__(self, network: Network, manifest: ModelManifest) -> None:
        self.model_version = manifest.model_version
        self.context = manifest.context
        self._side = manifest.input_side
        self._network = network

    def classify(self, crops: Sequence[Image]) -> Probabilities:
        """Classify BGR crops of any size; (n, 3) by LABELS, n = 0 gives (0, 3)."""
        outputs = self._network.run([pixels[None] for pixels in to_input(crops, self._side)])
        rows = [output[0] for output in outputs]  # each (1, 3)
        return np.concatenate([np.zeros((0, len(LABELS)), np.float32), *rows])


def open_classifier(folder: Path, threads: int, runtime: RuntimeChoice) -> NetworkClassifier:
    """Load a model folder. Raises WeightsMismatch and BadSettings."""
    manifest = read_manifest(folder)
    if manifest.task is not Task.CLASSIFIER or manifest.labels != LABELS:
        raise WeightsMismatch(
            f"{folder}: expected a classifier of {', '.join(LABELS)}, found a {manifest.task} of "
            f"{', '.join(manifest.labels) or 'no labels'}; choose another model folder"
        )
    return NetworkClassifier(open_network(folder, manifest, threads, runtime), manifest)
