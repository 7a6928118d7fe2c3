"""Write a trained network as an OpenVINO model with its manifest."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openvino as ov
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from core.types import LABELS
from models.manifest import (
    FileKind,
    ModelManifest,
    Precision,
    Task,
    describe_file,
    write_manifest,
)
from models.preprocess import CONTEXT
from models.training.network import alpha_of, with_probabilities


def export(network: Any, temperature: float, folder: Path) -> ModelManifest:
    """Write classifier.xml, classifier.bin and manifest.json into a folder.

    Weights are compressed to float16, which halves the file. The graph takes
    (1, side, side, 3) uint8 RGB and gives probabilities (1, 3).
    """
    folder.mkdir(parents=True, exist_ok=True)
    side = network.input_shape[1]
    with TemporaryDirectory() as saved:
        file = _freeze(with_probabilities(network, temperature), Path(saved))
        # Read from a file: openvino.convert_model fails on Python 3.13 in its own set-up.
        model = ov.Core().read_model(file)
        ov.save_model(model, folder / "classifier.xml", compress_to_fp16=True)
    files = tuple(
        describe_file(folder / f"classifier.{kind}", FileKind.OPENVINO) for kind in ("xml", "bin")
    )
    manifest = ModelManifest(
        model_version=f"mobilenetv2-{side}-{files[1].sha256[:8]}",
        task=Task.CLASSIFIER,
        architecture=f"MobileNetV2 {alpha_of(network)}",
        labels=tuple(LABELS),
        input_side=side,
        context=CONTEXT,
        temperature=round(temperature, 4),
        precision=Precision.FLOAT32,
        trained_on=(),
        command="",
        licence="Apache-2.0",
        files=files,
    )
    write_manifest(folder, manifest)
    return manifest


def _freeze(served: Any, folder: Path) -> Path:
    """Write the graph that takes one picture's bytes, its weights as constants."""
    pixels = tf.TensorSpec((1, *served.input_shape[1:]), tf.uint8, name="pixels")
    graph = tf.function(lambda taken: served(tf.cast(taken, tf.float32), training=False))
    frozen = convert_variables_to_constants_v2(graph.get_concrete_function(pixels))
    return Path(tf.io.write_graph(frozen.graph, str(folder), "network.pb", as_text=False))
