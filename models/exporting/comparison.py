"""Load an exported network again, and compare its answers with the source's."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import WeightsMismatch
from core.manifests import FileKind, ModelManifest, Precision
from models.runtimes.network import Pixels, Tensor
from models.runtimes.openvino import CompiledNetwork, read_network

LARGEST_MAX = 0.05
"""Of a probability in float: weights of float16, of 11 bits, made up to 0.03."""
MEAN_MAX_INT8 = 0.05
SAME_MIN_INT8 = 0.95
"""Share of pictures whose likeliest label must stay; single ones may change in int8."""

Outputs = tuple[Tensor, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How far two networks' answers are apart.

    largest, mean: differences of outputs, as shares of the largest value where
    that is above 1. same: share of rows whose largest column is the same.
    """

    pictures: int
    largest: float
    mean: float
    same: float

    def __str__(self) -> str:
        return (
            f"largest difference {self.largest:.4f}, mean {self.mean:.5f}, "
            f"same answer {self.same:.1%}, on {self.pictures} pictures"
        )


def compare(expected: Sequence[Outputs], answers: Sequence[Outputs]) -> Comparison:
    """Compare outputs picture by picture, matched by their shapes."""
    pairs = [
        (wanted, _of_shape(wanted.shape, given))
        for one, given in zip(expected, answers, strict=True)
        for wanted in one
    ]
    apart = [np.abs(a - b) / max(1.0, float(np.abs(a).max())) for a, b in pairs]
    same = [np.mean(a.argmax(-1) == b.argmax(-1)) for a, b in pairs]
    return Comparison(
        len(expected),
        float(max(each.max() for each in apart)),
        float(np.mean([each.mean() for each in apart])),
        float(np.mean(same)),
    )


def check(comparison: Comparison, precision: Precision) -> None:
    """Raise WeightsMismatch if the answers are too far apart."""
    if precision is Precision.INT8:
        fits = comparison.mean <= MEAN_MAX_INT8 and comparison.same >= SAME_MIN_INT8
        bounds = f"mean {MEAN_MAX_INT8}, same answer {SAME_MIN_INT8:.0%}"
    else:
        fits, bounds = comparison.largest <= LARGEST_MAX, f"largest {LARGEST_MAX}"
    if not fits:
        raise WeightsMismatch(
            f"the exported network does not answer as its source: {comparison} "
            f"(bounds: {bounds}); nothing was written"
        )


def ask_source(network: Any, inputs: Sequence[Pixels]) -> list[Outputs]:
    """Answers of a network of Keras, in float32."""
    import tensorflow as tf

    return [
        tuple(np.asarray(each, np.float32) for each in tf.nest.flatten(network(pixels)))
        for pixels in inputs
    ]


def ask_exported(folder: Path, manifest: ModelManifest, inputs: Sequence[Pixels]) -> list[Outputs]:
    """Answers of a model folder with the files of one format, in float32 where they are float.

    What bfloat16 costs is the processor's affair, and no fault of the format.
    """
    kind = manifest.files[0].runtime
    if kind is FileKind.TENSORFLOW:
        import tensorflow as tf

        # Kept while it is asked: its variables live no longer.
        loaded = tf.saved_model.load(str(folder / "saved_model"))
        return ask_source(loaded.serve, inputs)
    if kind is FileKind.LITERT:
        from models.runtimes.litert import LiteRtNetwork

        return LiteRtNetwork(folder / manifest.files[0].name, 1).run(inputs)
    network = read_network(folder / manifest.files[0].name)
    return CompiledNetwork(network, 1, precision="f32").run(inputs)


def _of_shape(shape: tuple[int, ...], outputs: Outputs) -> Tensor:
    for output in outputs:
        if output.shape == shape:
            return output
    found = ", ".join(str(output.shape) for output in outputs)
    raise WeightsMismatch(f"expected an output of shape {shape}, found {found}")
