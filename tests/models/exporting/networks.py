"""Small networks that are quick to build, export and run."""

from typing import Any

import keras

SIDE = 16


def small_classifier(side: int = SIDE, outputs: int = 3) -> Any:
    """Bytes (n, side, side, 3) to probabilities (n, outputs), weights random but fixed."""
    keras.utils.set_random_seed(1)
    pixels = keras.Input((side, side, 3), dtype="uint8", name="pixels")
    scaled = keras.layers.Rescaling(1 / 127.5, offset=-1)(pixels)
    features = keras.layers.Conv2D(8, 3, strides=2, activation="relu6")(scaled)
    features = keras.layers.DepthwiseConv2D(3, activation="relu6")(features)
    features = keras.layers.GlobalAveragePooling2D()(features)
    logits = keras.layers.Dense(outputs, kernel_initializer="random_normal")(features)
    spread = keras.layers.Rescaling(40.0)(logits)
    return keras.Model(pixels, keras.layers.Softmax(name="probabilities")(spread))
