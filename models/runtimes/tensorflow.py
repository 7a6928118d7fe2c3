"""Run a network with TensorFlow: on NVIDIA GPUs with mixed precision and XLA, or on a CPU.

A batch is one tensor, padded to one of a few sizes: each size is traced (and on
a GPU compiled) once, so nothing is compiled while frames wait. TensorFlow is
imported when a network is made, and not before: it takes seconds.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import WeightsMismatch
from models.runtimes.network import Pixels, Tensor, split_into_batches

KEPT_FLOAT32 = ("logits", "logit", "calibration", "two_labels", "probabilities")
"""Layers of a classifier that must not round: half precision has 11 bits."""


class TensorFlowNetwork:
    """A Network of a .keras file; not for several threads at once.

    SavedModels are not opened: they may hold operations that read and write files,
    and Keras' safe mode knows nothing of them.
    """

    def __init__(self, path: Path, threads: int) -> None:
        """Load the file; raises WeightsMismatch if it is none that can be trusted."""
        on_gpu = prepare_devices(threads)
        network = _load(path, on_gpu)
        self._function = _compile(network, on_gpu)

    def run(self, inputs: Sequence[Pixels]) -> list[tuple[Tensor, ...]]:
        """Run all inputs, as few tensors; all outputs of each, in order."""
        results: list[tuple[Tensor, ...]] = []
        for taken, size in split_into_batches(len(inputs)):
            batch = inputs[len(results) : len(results) + taken]
            outputs = [output.numpy() for output in self._function(_pad(batch, size))]
            results += [tuple(each[row : row + 1] for each in outputs) for row in range(taken)]
        return results


def prepare_devices(threads: int) -> bool:
    """Set threads and GPU memory, before TensorFlow's first use; say whether it sees a GPU.

    On a GPU, memory grows as needed: by default one process takes all of it,
    and the next worker finds none.
    """
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    try:
        for gpu in gpus:
            tf.config.experimental.set_memory_growth(gpu, True)
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:
        # It runs already: the process loads another version, and keeps its threads.
        pass
    return bool(gpus)


def _load(path: Path, on_gpu: bool) -> Any:
    import keras

    try:
        network = keras.models.load_model(path, compile=False)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise WeightsMismatch(f"{path}: TensorFlow cannot read it ({error})") from error
    return in_half_precision(network) if on_gpu else network


def in_half_precision(network: Any) -> Any:
    """Copy a network so that it reckons in float16, what its last layers do aside.

    Variables stay float32; a GPU's tensor cores are made for this.
    """
    import keras

    def copy_layer(layer: Any) -> Any:
        policy = "float32" if layer.name in KEPT_FLOAT32 else "mixed_float16"
        return type(layer).from_config({**layer.get_config(), "dtype": policy})

    copy = keras.models.clone_model(network, clone_function=copy_layer, recursive=True)
    copy.set_weights(network.get_weights())
    return copy


def _compile(network: Any, on_gpu: bool) -> Any:
    """Make a function from a batch of pixels to a list of float32 outputs."""
    import tensorflow as tf

    def answer(pixels: Any) -> Any:
        outputs = tf.nest.flatten(network(pixels))
        return [tf.cast(output, tf.float32) for output in outputs]

    # Each batch size is a shape of its own, as XLA needs it.
    return tf.function(answer, jit_compile=on_gpu, reduce_retracing=False)


def _pad(batch: Sequence[Pixels], size: int) -> Pixels:
    """Join (1, h, w, 3) inputs to (size, h, w, 3); the rest is black."""
    padded = np.zeros((size, *batch[0].shape[1:]), np.uint8)
    padded[: len(batch)] = np.concatenate(batch)
    return padded
