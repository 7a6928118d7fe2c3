"""Small networks whose answers can be worked out by hand."""

from typing import Any

import keras
import numpy as np

SIDE = 32


def see_blue(units: int = 3, activation: str = "linear") -> Any:
    """Say mask where there is blue and no_mask where there is red, from cells of 4 pixels.

    Two channels, blueness and redness, are averaged to 8x8 and 4x4 cells. Of
    three units: mask, incorrect_mask, no_mask; of one: no_mask against mask.
    """
    pixels = keras.Input((SIDE, SIDE, 3), dtype="uint8")
    features = keras.layers.Rescaling(1 / 255)(pixels)
    fine = keras.layers.Conv2D(2, 4, strides=4, activation="relu", name="fine")(features)
    coarse = keras.layers.AveragePooling2D(2, name="coarse")(fine)
    mean = keras.layers.GlobalAveragePooling2D()(coarse)
    head = keras.layers.Dense(units, activation=activation, name="logits")
    network = keras.Model(pixels, head(mean))
    kernel = np.zeros((4, 4, 3, 2))
    kernel[..., 2, 0], kernel[..., 0, 1] = 1 / 16, 1 / 16  # RGB: blue, red
    network.get_layer("fine").set_weights([kernel, np.zeros(2)])
    columns = {3: [[8, 1, 0], [0, 1, 8]], 2: [[8, 0], [0, 8]], 1: [[-8], [8]]}[units]
    head.set_weights([np.asarray(columns, np.float32), np.zeros(units)])
    return network


def patch(colour: str, left: int = 4, top: int = 20, side: int = 8) -> np.ndarray:
    """A black BGR crop of 32 px with a square of one colour."""
    crop = np.zeros((SIDE, SIDE, 3), np.uint8)
    crop[top : top + side, left : left + side, {"blue": 0, "red": 2}[colour]] = 255
    return crop
