"""Read classifiers out of Keras files, also the .h5 that scripts of Keras 2 wrote.

Files may hold code: whatever runs code when it is loaded is refused.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import h5py
import keras
import numpy as np

from core.errors import WeightsMismatch
from core.types import LABELS, Label

CODE = frozenset({"Lambda", "TFOpLambda", "SlicingOpLambda", "ClassMethod"})
"""Layers that are code of whoever saved the file; Keras 2 had the last three for plain sums."""
TWO_LABELS = (Label.MASK, Label.NO_MASK)
"""The order of classic scripts: that of their folders' names."""


class PixelRange(StrEnum):
    """What a network wants its pixels to be; none of the classic files says so itself."""

    BYTES = "0..255"
    UNIT = "0..1"
    SIGNED = "-1..1"


@dataclass(frozen=True, slots=True)
class Reading:
    """What its user knows of a bare file.

    labels: of the outputs in order; with one output, the second is what 1
    means. pixels: by default bytes where the network scales them itself,
    otherwise -1..1, as MobileNetV2's preprocessing has it.
    """

    labels: tuple[Label, ...] | None = None
    pixels: PixelRange | None = None


def read_keras(path: Path) -> Any:
    """Load a .keras or .h5 file without its optimizer; raises WeightsMismatch."""
    try:
        if path.suffix in (".h5", ".hdf5"):
            return _read_h5(path)
        return keras.models.load_model(path, compile=False)
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise WeightsMismatch(
            f"{path}: Keras cannot load it ({_first_line(error)}); expected a network saved by "
            "Keras in .keras or .h5, of Keras' own layers"
        ) from error


def as_served(network: Any, reading: Reading, path: Path) -> Any:
    """Make a network take bytes and give three probabilities by LABELS.

    A network that does so already is returned as it is. path: of the file,
    for errors. Raises WeightsMismatch if it is no classifier of one picture.
    """
    _check_shapes(network, path)
    if network.layers[-1].name == "probabilities" and network.inputs[0].dtype == "uint8":
        return network
    pixels = keras.Input(network.input_shape[1:], dtype="uint8", name="pixels")
    scaled = _scaling(reading.pixels or guess_pixels(network))(pixels)
    outputs = network(scaled)
    if not _gives_probabilities(network):
        outputs = keras.layers.Activation("sigmoid" if outputs.shape[-1] == 1 else "softmax")(
            outputs
        )
    return keras.Model(pixels, _by_labels(outputs, _labels_of(outputs.shape[-1], reading, path)))


def guess_pixels(network: Any) -> PixelRange:
    """Bytes where a layer scales them, otherwise -1..1."""
    scales = any(isinstance(layer, keras.layers.Rescaling) for layer in _layers_of(network))
    return PixelRange.BYTES if scales else PixelRange.SIGNED


def _read_h5(path: Path) -> Any:
    """Load a copy in which Keras 3 understands what Keras 2 wrote."""
    with TemporaryDirectory() as folder:
        copy = Path(shutil.copyfile(path, Path(folder, "network.h5")))
        with h5py.File(copy, "r+") as file:
            if "model_config" not in file.attrs:
                raise ValueError("it holds weights alone, and not the network")
            config = json.loads(file.attrs["model_config"])
            _refuse_code(path, config)
            _bring_up_to_date(config)
            file.attrs["model_config"] = json.dumps(config)
        return keras.models.load_model(copy, compile=False)


def _bring_up_to_date(config: Any) -> None:
    """Change in place what Keras 3 refuses, though it means nothing else.

    Depthwise layers had `groups`, always 1; normalisation had its axis as a
    list of one, and networks their only input and output, so that a network
    within a Sequential would hand a list to the next layer.
    """
    for layer in _layers_in(config):
        settings = layer.get("config")
        if not isinstance(settings, dict):
            continue
        if layer["class_name"] == "DepthwiseConv2D":
            settings.pop("groups", None)
        for name in ("axis", "input_layers", "output_layers"):
            value = settings.get(name)
            if isinstance(value, list) and len(value) == 1:
                settings[name] = value[0]


def _refuse_code(path: Path, config: Any) -> None:
    for layer in _layers_in(config):
        if layer["class_name"] in CODE:
            raise WeightsMismatch(
                f"{path}: it holds a layer {layer['class_name']}, which is code and is not run; "
                "build the network without it (Rescaling scales pixels) and save it again"
            )


def _layers_in(config: Any) -> Iterator[dict[str, Any]]:
    """Find all that has a class in a file's description, in networks within networks too."""
    if isinstance(config, dict):
        if "class_name" in config:
            yield config
        config = list(config.values())
    if isinstance(config, list):
        for value in config:
            yield from _layers_in(value)


def _check_shapes(network: Any, path: Path) -> None:
    # A Sequential that was saved before it saw a picture has no shapes.
    taken: Any = getattr(network, "input_shape", None)
    given: Any = getattr(network, "output_shape", None)
    is_square = isinstance(taken, tuple) and len(taken) == 4 and taken[1] == taken[2]
    is_picture = is_square and taken[1] is not None and taken[3] == 3
    is_classifier = isinstance(given, tuple) and len(given) == 2 and given[1] in (1, 2, 3)
    if not (is_picture and is_classifier):
        raise WeightsMismatch(
            f"{path}: expected a network from (n, side, side, 3) to 1, 2 or 3 outputs, found "
            f"{taken} to {given}; only mask classifiers can be exported"
        )


def _scaling(pixels: PixelRange) -> Any:
    scale, offset = {
        PixelRange.BYTES: (1.0, 0.0),
        PixelRange.UNIT: (1 / 255, 0.0),
        PixelRange.SIGNED: (1 / 127.5, -1.0),
    }[pixels]
    return keras.layers.Rescaling(scale, offset=offset)


def _gives_probabilities(network: Any) -> bool:
    """Say whether the last layer is a softmax or a sigmoid, and not logits."""
    last = _layers_of(network)[-1]
    if isinstance(last, keras.layers.Softmax):
        return True
    function = getattr(last, "activation", None)
    return getattr(function, "__name__", "") in ("softmax", "sigmoid")


def _layers_of(network: Any) -> list[Any]:
    """List the layers that compute, of networks within the network too."""
    found = []
    for layer in network.layers:
        found += _layers_of(layer) if hasattr(layer, "layers") else [layer]
    return found


def _labels_of(outputs: int, reading: Reading, path: Path) -> tuple[Label, ...]:
    """Name the outputs: as the user says, or as classic scripts have them."""
    labels = reading.labels or (LABELS if outputs == 3 else TWO_LABELS)
    if len(labels) != max(2, outputs) or len(set(labels)) != len(labels):
        raise WeightsMismatch(
            f"{path}: its {outputs} outputs need {max(2, outputs)} different labels, found "
            f"{', '.join(labels)}; give them in the order of the outputs by --labels"
        )
    return labels


def _by_labels(outputs: Any, labels: Sequence[Label]) -> Any:
    """Put probabilities into columns by LABELS; a label that it does not know stays 0.

    A dense layer of fixed weights does it, which every format has.
    """
    columns = [LABELS.index(label) for label in labels]
    kernel, bias = np.zeros((outputs.shape[-1], len(LABELS))), np.zeros(len(LABELS))
    if outputs.shape[-1] == 1:  # the chance of the second label
        kernel[0, columns] = (-1, 1)
        bias[columns[0]] = 1
    else:
        kernel[range(len(columns)), columns] = 1
    layer = keras.layers.Dense(len(LABELS), trainable=False, name="probabilities")
    answered = layer(outputs)
    layer.set_weights([kernel, bias])
    return answered


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]
