"""Write a network of Keras in the formats that runtimes open.

The networks here are served ones: they take bytes (uint8 pixels) and give what
is asked of them, scaling and temperature included.
"""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import keras
import numpy as np
import openvino as ov
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from models.runtimes.openvino import Pixels

Shape = tuple[int | None, ...]
"""Of an input, batch dimension first; None is any size."""


def write_keras(network: Any, path: Path) -> None:
    """Write the network with its float32 weights and without an optimizer's state."""
    network.save(path, include_optimizer=False)


def write_openvino(network: Any, path: Path, shape: Shape | None = None) -> None:
    """Write an .xml and its .bin, the weights in float16, which halves the file.

    shape: of the input, by default one picture of the network's own size.
    """
    with TemporaryDirectory() as folder:
        frozen = freeze(network, shape or one_picture(network))
        file = tf.io.write_graph(frozen.graph, folder, "network.pb", as_text=False)
        # Read from a file: openvino.convert_model fails on Python 3.13 in its own set-up.
        ov.save_model(ov.Core().read_model(file), path, compress_to_fp16=True)


def write_litert(network: Any, path: Path, shape: Shape | None = None) -> None:
    """Write a .tflite with float16 weights."""
    converter = _converter(freeze(network, shape or one_picture(network)))
    converter.target_spec.supported_types = [tf.float16]
    path.write_bytes(converter.convert())


def write_litert_int8(
    network: Any, path: Path, pictures: Sequence[Pixels], shape: Shape | None = None
) -> None:
    """Write a .tflite whose every weight and sum is an int8; outputs stay float32.

    pictures: what the ranges are measured on, uint8 arrays of the input's shape.
    """
    shape = shape or one_picture(network)
    # Float pixels inside: only then is the input itself quantised, and not cast.
    converter = _converter(freeze(_taking_floats(network), shape, tf.float32))
    converter.representative_dataset = lambda: _with_extremes(pictures)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.uint8
    path.write_bytes(converter.convert())


def write_saved_model(network: Any, folder: Path) -> None:
    """Write a TensorFlow SavedModel, which takes batches of any size."""
    network.export(folder, format="tf_saved_model", verbose=False)


def write_onnx(network: Any, path: Path) -> None:
    """Write an ONNX file, which takes batches of any size."""
    # Keras exports to ONNX only what has been called; a free side is any multiple of 32.
    network(np.zeros([side or 64 for side in one_picture(network)], np.uint8))
    network.export(path, format="onnx", verbose=False)


def freeze(network: Any, shape: Shape, dtype: Any = tf.uint8) -> Any:
    """Make a graph of one input and constant weights."""
    pixels = tf.TensorSpec(shape, dtype, name="pixels")
    graph = tf.function(lambda taken: network(taken, training=False))
    return convert_variables_to_constants_v2(graph.get_concrete_function(pixels))


def one_picture(network: Any) -> Shape:
    """The shape of the network's input with a batch of one."""
    return (1, *network.input_shape[1:])


def _converter(frozen: Any) -> Any:
    # With the network given as well, the converter forgets the frozen weights (TensorFlow 2.21).
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen])
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    return converter


def _taking_floats(network: Any) -> Any:
    """Copy the network with a float32 input of the same range, 0 to 255."""
    pixels = keras.Input(network.input_shape[1:], dtype="float32", name="pixels")
    copy = keras.models.clone_model(network, input_tensors=pixels)
    copy.set_weights(network.get_weights())
    return copy


def _with_extremes(pictures: Sequence[Pixels]) -> Any:
    """Add a black and a white picture, so that the input's scale is exactly 1: bytes stay bytes."""
    first = np.zeros_like(pictures[0])
    for picture in (first, first + 255, *pictures):
        yield [picture.astype(np.float32)]
