"""Build the classifier's network: MobileNetV2 and one dense layer, in Keras."""

from typing import Any

import keras

from core.types import LABELS


def build_network(base_weights: str | None, dropout: float, side: int, alpha: float) -> Any:
    """Map (n, side, side, 3) RGB in 0 to 255 to logits (n, 3).

    base_weights: "imagenet", a path (of weights of that alpha), or None for
    random ones. alpha: width of every layer, 1.0 or 0.35. The scaling to
    [-1, 1] is part of the graph, so that no runtime can scale otherwise.
    Batch normalisation keeps its ImageNet statistics also while training:
    small batches of augmented faces would spoil them.
    """
    pixels = keras.Input((side, side, 3), name="pixels")
    base = keras.applications.MobileNetV2(
        input_shape=(side, side, 3),
        alpha=alpha,
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
    base = _base_of(network)
    base.trainable = True
    names = [layer.name for layer in base.layers]
    for layer in base.layers[: names.index(first_layer) if first_layer else 0]:
        layer.trainable = False


def alpha_of(network: Any) -> float:
    """Read the width from the name that Keras gives the base, as in mobilenetv2_0.35_96."""
    return float(_base_of(network).name.split("_")[1])


def with_probabilities(network: Any, temperature: float) -> Any:
    """Append the softmax of logits divided by the temperature."""
    logits = keras.layers.Rescaling(1 / temperature, name="calibration")(network.output)
    return keras.Model(network.input, keras.layers.Softmax(name="probabilities")(logits))


def _base_of(network: Any) -> Any:
    return next(layer for layer in network.layers if layer.name.startswith("mobilenetv2"))
