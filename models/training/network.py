"""Build the classifier's networks, MobileNetV2 and a head, in Keras."""

from pathlib import Path
from typing import Any

import keras
import numpy as np

from core.errors import BadSettings
from core.types import LABELS, Label

CLASSIC_DROPOUT = 0.3
CLASSIC_UNITS = 128


def build_network(base_weights: Path | None, dropout: float, side: int, alpha: float) -> Any:
    """Map (n, side, side, 3) RGB in 0 to 255 to logits (n, 3), by LABELS.

    base_weights: a file of Keras weights of that alpha, or None for random
    ones. alpha: width of every layer, 1.0 or 0.35.
    """
    pixels, features = _features(base_weights, side, alpha)
    features = keras.layers.Dropout(dropout)(features)
    return keras.Model(pixels, keras.layers.Dense(len(LABELS), name="logits")(features))


def build_classic_network(base_weights: Path | None, side: int, alpha: float) -> Any:
    """Build the usual head of one-webcam scripts: the logit of no_mask against mask, (n, 1).

    Its sigmoid is the probability of no_mask, since those scripts take their
    two folders in alphabetical order.
    """
    pixels, features = _features(base_weights, side, alpha)
    features = keras.layers.Dropout(CLASSIC_DROPOUT)(features)
    features = keras.layers.Dense(CLASSIC_UNITS, activation="relu")(features)
    features = keras.layers.Dropout(CLASSIC_DROPOUT)(features)
    return keras.Model(pixels, keras.layers.Dense(1, name="logit")(features))


def is_classic(network: Any) -> bool:
    """Say whether a network tells two labels apart by one logit."""
    return bool(network.output_shape[-1] == 1)


def unfreeze(network: Any, first_layer: str | None) -> None:
    """Let MobileNetV2 learn from the named layer on; None lets all of it learn."""
    base = base_of(network)
    names = [layer.name for layer in base.layers]
    if first_layer is not None and first_layer not in names:
        raise BadSettings(
            f"MobileNetV2 has no layer {first_layer!r}; name one such as block_3_expand, "
            "block_6_expand or block_13_expand"
        )
    base.trainable = True
    first = names.index(first_layer) if first_layer else 0
    for index, layer in enumerate(base.layers):
        layer.trainable = index >= first


def alpha_of(network: Any) -> float:
    """Read the width from the name that Keras gives the base, as in mobilenetv2_0.35_96."""
    return float(base_of(network).name.split("_")[1])


def base_of(network: Any) -> Any:
    """Find MobileNetV2 in a network of ours."""
    return next(layer for layer in network.layers if layer.name.startswith("mobilenetv2"))


def with_probabilities(network: Any, temperature: float) -> Any:
    """Append what turns logits into probabilities (n, 3) by LABELS.

    Logits are divided by the temperature first. A network of two labels gets
    a column for incorrect_mask that is always 0.
    """
    logits = keras.layers.Rescaling(1 / temperature, name="calibration")(network.output)
    if not is_classic(network):
        return keras.Model(network.input, keras.layers.Softmax(name="probabilities")(logits))
    bare = keras.layers.Activation("sigmoid", name="two_labels")(logits)
    # 1 - p, 0, p as a dense layer: every runtime and converter knows those.
    columns = keras.layers.Dense(len(LABELS), name="probabilities", trainable=False)
    served = keras.Model(network.input, columns(bare))
    kernel, bias = np.zeros((1, len(LABELS))), np.zeros(len(LABELS))
    kernel[0, LABELS.index(Label.NO_MASK)] = 1
    kernel[0, LABELS.index(Label.MASK)] = -1
    bias[LABELS.index(Label.MASK)] = 1
    columns.set_weights([kernel, bias])
    return served


def _features(base_weights: Path | None, side: int, alpha: float) -> tuple[Any, Any]:
    """The input, and MobileNetV2's mean features of it.

    The scaling to [-1, 1] is part of the graph, so that no runtime can scale
    otherwise. Batch normalisation keeps its statistics also while training:
    small batches of augmented faces would spoil them.
    """
    pixels = keras.Input((side, side, 3), name="pixels", dtype="uint8")
    base = keras.applications.MobileNetV2(
        input_shape=(side, side, 3), alpha=alpha, include_top=False, pooling="avg", weights=None
    )
    if base_weights is not None:
        _load(base, base_weights, alpha)
    base.trainable = False
    return pixels, base(keras.layers.Rescaling(1 / 127.5, offset=-1)(pixels), training=False)


def _load(base: Any, path: Path, alpha: float) -> None:
    try:
        base.load_weights(path)
    except (ValueError, OSError, KeyError) as error:
        raise BadSettings(
            f"{path}: expected Keras weights of MobileNetV2 {alpha} without its top, found "
            f"something else ({str(error).splitlines()[0]}); give a file of that width"
        ) from error
