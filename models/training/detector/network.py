"""The detector's network: MobileNetV2 0.35, a feature pyramid, one prediction a cell.

The backbone's batch normalisation is folded into its convolutions before
training: at eight pictures a step its statistics would be noise, and without it
a step takes a third less time. Every layer is of a kind that all runtimes have.
"""

from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from models.detectors.anchor_free import STRIDES

WIDTH = 64
"""Channels of the pyramid: 0.4 ms more than 48 at 640x384 on one core in bfloat16."""
COLUMNS = 8
"""A cell's predictions: score, four of the box, three of the label."""
SCORE_PRIOR = 0.01
"""The score that every cell begins with: faces are rare (Lin et al., 2017)."""

_ALPHA = 0.35
_BLOCKS = (  # channels before alpha, stride; Sandler et al., 2018, table 2
    (16, 1), (24, 2), (24, 1), (32, 2), (32, 1), (32, 1), (64, 2), (64, 1), (64, 1),
    (64, 1), (96, 1), (96, 1), (96, 1), (160, 2), (160, 1), (160, 1), (320, 1),
)  # fmt: skip
_EXPANSION = 6
_TAPS = ("block_6_expand", "block_13_expand", "block_16_project")
"""The last features at strides 8, 16 and 32."""
_BATCH_NORM_EPSILON = 1e-3
FROZEN = (
    "Conv1", "block_0_depthwise", "block_0_project",
    "block_1_expand", "block_1_depthwise", "block_1_project",
    "block_2_expand", "block_2_depthwise", "block_2_project", "block_3_expand",
)  # fmt: skip
"""Layers at strides 2 and 4, three quarters of the backward pass: edges and colours stay."""


def build_network() -> keras.Model:
    """Build the network with random weights.

    Input (n, h, w, 3) uint8 BGR, h and w multiples of 32; output (n, cells, 8)
    of raw values, cells of the strides 8, 16, 32 one after another, row by row.
    """
    pixels = keras.Input((None, None, 3), dtype="uint8", name="pixels")
    x = layers.Rescaling(1 / 127.5, offset=-1.0, name="scale")(pixels)
    grids = _pyramid(_backbone(x))
    cells = [_head(grid, stride) for grid, stride in zip(grids, STRIDES, strict=True)]
    return keras.Model(pixels, layers.Concatenate(axis=1, name="cells")(cells), name="detector")


def start_from_imagenet(network: keras.Model, weights: Path) -> None:
    """Fill the backbone from Keras' ImageNet weights, batch normalisation folded in."""
    source = keras.applications.MobileNetV2(
        input_shape=(224, 224, 3), alpha=_ALPHA, include_top=False, weights=str(weights)
    )
    for name in ["Conv1", *(_part for i in range(len(_BLOCKS)) for _part in _parts(i))]:
        kernel, bias = _fold(source, name.replace("block_0_", "expanded_conv_"))
        if name == "Conv1":
            kernel = kernel[:, :, ::-1]  # trained on RGB; ours takes BGR
        network.get_layer(name).set_weights([kernel, bias])


def freeze(network: keras.Model, frozen: bool) -> None:
    """Keep the early layers as they are, or let them learn."""
    for name in FROZEN:
        network.get_layer(name).trainable = not frozen


def _backbone(x: Any) -> list[Any]:
    x = layers.Conv2D(_scaled(32), 3, 2, "same", name="Conv1")(x)
    x = layers.ReLU(6.0, name="Conv1_relu")(x)
    taps: dict[str, Any] = {}
    for i, (channels, stride) in enumerate(_BLOCKS):
        x = _block(x, i, _scaled(channels), stride, taps)
    return [taps[name] for name in _TAPS]


def _block(x: Any, index: int, channels: int, stride: int, taps: dict[str, Any]) -> Any:
    """One inverted residual block; puts its inner and outer features among the taps."""
    before, name = x, f"block_{index}"
    if index > 0:
        x = layers.Conv2D(before.shape[-1] * _EXPANSION, 1, name=f"{name}_expand")(x)
        x = layers.ReLU(6.0, name=f"{name}_expand_relu")(x)
        taps[f"{name}_expand"] = x
    x = layers.DepthwiseConv2D(3, stride, "same", name=f"{name}_depthwise")(x)
    x = layers.ReLU(6.0, name=f"{name}_depthwise_relu")(x)
    x = layers.Conv2D(channels, 1, name=f"{name}_project")(x)
    taps[f"{name}_project"] = x
    if stride == 1 and before.shape[-1] == channels:
        x = layers.Add(name=f"{name}_add")([before, x])
    return x


def _pyramid(taps: list[Any]) -> list[Any]:
    """Carry what the coarse grids see down to the fine ones (Lin et al., 2017)."""
    fine, middle, coarse = (
        layers.Conv2D(WIDTH, 1, name=f"lateral_{stride}")(tap)
        for tap, stride in zip(taps, STRIDES, strict=True)
    )
    coarse = _separable(layers.ReLU(6.0)(coarse), "pyramid_32")
    middle = _separable(layers.Add()([middle, layers.UpSampling2D(2)(coarse)]), "pyramid_16")
    fine = _separable(layers.Add()([fine, layers.UpSampling2D(2)(middle)]), "pyramid_8")
    return [fine, middle, coarse]


def _head(grid: Any, stride: int) -> Any:
    x = _separable(grid, f"head_{stride}")
    x = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name=f"last_{stride}")(x)
    bias = np.zeros(COLUMNS)
    bias[0] = np.log(SCORE_PRIOR / (1 - SCORE_PRIOR))
    start = keras.initializers.Constant(bias)
    x = layers.Conv2D(COLUMNS, 1, bias_initializer=start, name=f"predict_{stride}")(x)
    return layers.Reshape((-1, COLUMNS), name=f"cells_{stride}")(x)


def _separable(x: Any, name: str) -> Any:
    x = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name=f"{name}_depthwise")(x)
    x = layers.Conv2D(WIDTH, 1, kernel_initializer="he_uniform", name=f"{name}_mix")(x)
    return layers.ReLU(6.0, name=f"{name}_relu")(x)


def _scaled(channels: int) -> int:
    """Alpha's share, rounded to 8 and not more than a tenth below, as MobileNetV2 has it."""
    rounded = max(8, int(channels * _ALPHA + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels * _ALPHA else rounded


def _parts(index: int) -> list[str]:
    parts = ("expand", "depthwise", "project") if index > 0 else ("depthwise", "project")
    return [f"block_{index}_{part}" for part in parts]


def _fold(source: keras.Model, name: str) -> tuple[Any, Any]:
    kernel = source.get_layer(name).get_weights()[0]
    norm = "bn_Conv1" if name == "Conv1" else f"{name}_BN"
    gamma, beta, mean, variance = source.get_layer(norm).get_weights()
    scale = gamma / np.sqrt(variance + _BATCH_NORM_EPSILON)
    shaped = scale[:, None] if name.endswith("depthwise") else scale
    return kernel * shaped, beta - mean * scale
