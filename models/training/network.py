"""Build the classifier's network: MobileNetV2 and one dense layer, in Keras."""

from typing import Any

import keras

from core.types import LABELS
from models.preprocess import INPUT_SIDE


def build_network(base_weights: str | None, dropout: float) -> Any:
    """Map (n, INPUT_SIDE, INPUT_SIDE, 3) RGB in 0 to 255 to logits (n, 3).

    base_weights: "imagenet", a path, or None for random ones. The scaling to
    [-1, 1] is part of the graph, so that no runtime can scale otherwise.
    Batch normalisation keeps its ImageNet statistics also while training:
    small batches of augmented faces would spoil them.
    """
    pixels = keras.Input((INPUT_SIDE, INPUT_SIDE, 3), name="pixels")
    base = keras.applications.MobileNetV2(
        input_shape=(INPUT_SIDE, INPUT_SIDE, 3),
        include_top=False,
        pooling="avg",
        weights=base_weights,
    )
    base.trainable = False
    features = base(keras.layers.Rescaling(1 / 127.5, offset=-1)(pixels), training=False)
    features = keras.layers.Dropout(dropout)(features)
    return keras.Model(pixels, keras.layers.Dense(len(LABELS), name="logits")(features))


def unfreeze(network: Any, first_layer: str | None) -> None:
    """Let MobileNetV2 learn from the named layer on; None lets all of it learn."""
    base = next(layer for layer in network.layers if layer.name.startswith("mobilenetv2"))
    base.trainable = True
    names = [layer.name for layer in base.layers]
    for layer in base.layers[: names.index(first_layer) if first_layer else 0]:
        layer.trainable = False


def with_probabilities(network: Any, temperature: float) -> Any:
    """Append the softmax of logits divided by the temperature."""
    logits = keras.layers.Rescaling(1 / temperature, name="calibration")(network.output)
    return keras.Model(network.input, keras.layers.Softmax(name="probabilities")(logits))
