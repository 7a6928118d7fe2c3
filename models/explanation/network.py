"""Read a Keras classifier from within: what its layers saw, and what that did to a label.

TensorFlow is loaded when a network is, not when this file is imported.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.errors import WeightsMismatch
from core.face_crops import CONTEXT
from core.manifests import NAME, FileKind
from core.types import LABELS, Label, Probabilities
from models.manifest import read_manifest
from models.preprocess import ClassifierInput

BEST_OF_RUN = "best.keras"
"""What training keeps in its folder, which has no manifest."""
WIDENING = "probabilities"
"""See models/training/network.py."""
IMPOSSIBLE = -30.0
"""A logit whose probability is 0 to twelve digits."""
CELLS_MIN = 2
"""Along a side of a layer's output; a coarser one shows no place."""
STRIDE_MIN = 4
"""Pixels of a cell; finer layers see edges, not faces."""

Activations: TypeAlias = NDArray[np.float32]
"""(n, h, w, channels) of one layer."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a network made of some faces.

    labels: (n,) indices into LABELS of the label that is asked for;
    activations and gradients: one array a layer, coarsest layer first; the
    gradients are those of the label's logit.
    """

    probabilities: Probabilities
    labels: NDArray[np.int64]
    activations: tuple[Activations, ...]
    gradients: tuple[Activations, ...]


class OpenedNetwork:
    """A Keras classifier of LABELS, or of mask and no_mask alone (see to_three).

    Not for several threads at once.
    """

    def __init__(
        self,
        network: Any,
        model_version: str,
        temperature: float = 1.0,
        context: float = CONTEXT,
    ) -> None:
        """Find the layers of a network that takes (n, side, side, 3) RGB from 0 to 255.

        temperature: what logits are divided by; heat comes from them undivided.
        context: side of its crops in lengths of a box's longer side. Raises
        WeightsMismatch.
        """
        self.model_version = model_version
        self.context = context
        layers = list(_flatten(network))
        self.side = int(network.input_shape[1])
        self._head = _find_head(layers)
        self._features = find_feature_layers(layers, self.side)
        self._network = network
        self._temperature = temperature
        self._traced: Any = None

    @property
    def layer_names(self) -> tuple[str, ...]:
        """Name the layers that are looked at, coarsest first."""
        return tuple(layer.name for layer in self._features)

    def look(self, pixels: ClassifierInput, label: Label | None) -> Look:
        """Run the network on faces, and back from the logit of a label to its layers.

        pixels: n at least 1; label: the one to explain, None is each face's likeliest.
        """
        import tensorflow as tf

        if self._traced is None:
            shape = (None, self.side, self.side, 3)
            taken = self._network.inputs[0].dtype
            signature = [tf.TensorSpec(shape, taken), tf.TensorSpec((), tf.int64)]
            self._traced = tf.function(self._run, signature, autograph=False)
        wanted = -1 if label is None else LABELS.index(label)
        found = self._traced(pixels.astype(self._network.inputs[0].dtype), wanted)
        probabilities, labels, activations, gradients = tf.nest.map_structure(np.asarray, found)
        return Look(probabilities, labels, tuple(activations), tuple(gradients))

    def _run(self, pixels: Any, wanted: Any) -> Any:
        import tensorflow as tf

        with tf.GradientTape(watch_accessed_variables=False) as tape:
            with _listen(self._features, self._head, tape) as heard:
                self._network(pixels, training=False)
            logits = to_three(heard.logits)
            probabilities = tf.nn.softmax(logits / self._temperature)
            likeliest = tf.argmax(probabilities, axis=1)
            labels = tf.where(wanted < 0, likeliest, tf.fill(tf.shape(likeliest), wanted))
            score = tf.reduce_sum(tf.gather(logits, labels, axis=1, batch_dims=1))
        activations = [heard.outputs[layer.name] for layer in self._features]
        return probabilities, labels, activations, tape.gradient(score, activations)


def open_network(folder: Path) -> OpenedNetwork:
    """Open the Keras classifier of a model folder, or the best one of a training run's folder.

    Raises WeightsMismatch if there is none or its checksum is another.
    """
    if not (folder / NAME).exists():
        if (folder / BEST_OF_RUN).exists():
            return OpenedNetwork(_load(folder / BEST_OF_RUN), folder.resolve().name)
        raise WeightsMismatch(
            f"{folder}: expected {NAME} or {BEST_OF_RUN}, found neither; give the folder of a "
            "model version, or of a training run"
        )
    manifest = read_manifest(folder)
    for file in manifest.files_for(FileKind.KERAS):
        return OpenedNetwork(
            _load(folder / file.name),
            manifest.model_version,
            manifest.temperature,
            manifest.context,
        )
    raise WeightsMismatch(
        f"{folder}: explanations need the version's Keras file, found "
        f"{', '.join(file.name for file in manifest.files)}; give a folder with classifier.keras "
        "by --weights"
    )


def to_three(logits: Any) -> Any:
    """Widen a head's logits to (n, 3) by LABELS.

    One unit is that of no_mask against mask, two are mask and no_mask, in the
    order of their names; incorrect_mask is then as good as impossible.
    """
    import tensorflow as tf

    if logits.shape[1] == len(LABELS):
        return logits
    of_mask = logits[:, 0] if logits.shape[1] == 2 else tf.zeros_like(logits[:, 0])
    return tf.stack([of_mask, tf.fill(tf.shape(of_mask), IMPOSSIBLE), logits[:, -1]], axis=1)


def find_feature_layers(layers: Sequence[Any], side: int) -> list[Any]:
    """Find the last layer of each resolution, coarsest first.

    It has seen the most at that resolution. Padding and its odd sizes are left out.
    """
    import keras

    last: dict[int, Any] = {}
    for layer in layers:
        if not isinstance(layer, (keras.layers.InputLayer, keras.layers.ZeroPadding2D)):
            sizes = layer.output.shape
            if len(sizes) == 4 and CELLS_MIN <= sizes[1] <= side // STRIDE_MIN:
                last[sizes[1]] = layer
    found = [last[cells] for cells in sorted(last)]
    if not found:
        raise WeightsMismatch(
            f"expected a layer of {CELLS_MIN} cells a side at least, found none; "
            "explanations need a convolutional network"
        )
    return found


@dataclass(slots=True)
class _Heard:
    outputs: dict[str, Any]
    logits: Any = None


@contextmanager
def _listen(features: Sequence[Any], head: Any, tape: Any) -> Iterator[_Heard]:
    """Keep what the layers give while the network is called, and have it differentiated.

    Keras has no hooks, and a network within a network hides its layers from
    its outer graph; so their `call` is wrapped, for this one tracing.
    """
    heard = _Heard({})

    def keep(layer: Any) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            output = type(layer).call(layer, *arguments, **options)
            tape.watch(output)
            heard.outputs[layer.name] = output
            return output

        return call

    def keep_logits(features_in: Any, *_: Any, **__: Any) -> Any:
        import keras

        # Before softmax or sigmoid: a sure face has no gradient behind those.
        heard.logits = keras.ops.matmul(features_in, head.kernel)
        if head.use_bias:
            heard.logits = heard.logits + head.bias
        return head.activation(heard.logits)

    with ExitStack() as undo:
        for layer in features:
            _wrap(layer, keep(layer), undo)
        _wrap(head, keep_logits, undo)
        yield heard


def _wrap(layer: Any, call: Any, undo: ExitStack) -> None:
    object.__setattr__(layer, "call", call)
    undo.callback(object.__delattr__, layer, "call")


def _find_head(layers: Sequence[Any]) -> Any:
    import keras

    # Networks of two labels are widened to three columns by a dense layer of that name.
    dense = [
        layer
        for layer in layers
        if isinstance(layer, keras.layers.Dense) and layer.name != WIDENING
    ]
    if not dense or dense[-1].units not in (1, 2, len(LABELS)):
        found = f"one of {dense[-1].units} units" if dense else "none"
        raise WeightsMismatch(
            f"expected a last dense layer of 1, 2 or {len(LABELS)} units, found {found}; "
            "give a classifier of masks"
        )
    return dense[-1]


def _flatten(network: Any) -> Iterator[Any]:
    """Go through all layers, also of networks within the network."""
    for layer in network.layers:
        if hasattr(layer, "layers"):
            yield from _flatten(layer)
        else:
            yield layer


def _load(path: Path) -> Any:
    import keras

    try:
        return keras.models.load_model(path, compile=False)
    except (OSError, ValueError, TypeError) as error:
        raise WeightsMismatch(
            f"{path}: not a Keras network that this version reads ({error}); export it again"
        ) from error
