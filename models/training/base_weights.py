"""Find what a training starts from, without ever asking the network for it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras

from core.errors import BadSettings
from core.manifests import NAME, FileKind
from models.manifest import SHIPPED_CLASSIFIER, SHIPPED_EDGE_CLASSIFIER, read_manifest
from models.training.network import base_of
from models.training.progress import Progress

OURS, IMAGENET, NONE = "ours", "imagenet", "none"
SHIPPED = (SHIPPED_CLASSIFIER, SHIPPED_EDGE_CLASSIFIER)


def find_base_weights(name: str, side: int, alpha: float) -> Path | None:
    """Turn what the user named into a file to start from; None means random weights.

    name: ours, imagenet, none, or a path: Keras weights of MobileNetV2, a
    whole network of ours (.keras), or a model folder. Raises BadSettings.
    """
    if name == NONE:
        return None
    if name == OURS:
        return _ours(alpha) or _imagenet(side, alpha)
    if name == IMAGENET:
        return _imagenet(side, alpha) or _no_imagenet(side, alpha)
    path = Path(name)
    if path.is_dir():
        return _of_folder(path)
    if not path.is_file():
        raise BadSettings(
            f"--base-weights {name}: no such file; give a file of Keras weights, a model folder, "
            "or one of ours, imagenet, none"
        )
    return path


def say_base(name: str, path: Path | None, progress: Progress) -> None:
    """Tell what the training starts from, and what it means where it is not what was asked."""
    if path is None and name == OURS:
        progress.say(
            "base weights: random, for there is neither a shipped classifier.keras of this width "
            "nor ImageNet's weights in Keras's cache; expect far worse results on few pictures"
        )
    elif name == OURS and not is_network(path):
        progress.say(f"base weights: ImageNet's, {path}; no shipped classifier.keras of this width")
    else:
        progress.say(f"base weights: {path or 'random'}")


def is_network(path: Path | None) -> bool:
    """Say whether the file is a whole network of ours, not MobileNetV2's weights alone."""
    return path is not None and path.suffix == ".keras"


def copy_weights(network: Any, path: Path) -> bool:
    """Take MobileNetV2's weights of a saved network of ours, and its last layer if it fits.

    Returns whether the last layer was taken too. The sides may differ, the
    widths may not. Raises BadSettings.
    """
    try:
        source = keras.models.load_model(path, compile=False)
        base_of(network).set_weights(base_of(source).get_weights())
    except (ValueError, OSError, StopIteration, TypeError) as error:
        raise BadSettings(
            f"{path}: expected a network trained by us, of the same width, found something else "
            f"({str(error).splitlines()[0] if str(error) else 'no MobileNetV2 in it'}); "
            "give another file, or another --width"
        ) from error
    return _copy_head(network, source)


def _copy_head(network: Any, source: Any) -> bool:
    name = network.layers[-1].name
    theirs = next((layer for layer in source.layers if layer.name == name), None)
    if theirs is None:
        return False
    shapes = [weights.shape for weights in network.layers[-1].get_weights()]
    if [weights.shape for weights in theirs.get_weights()] != shapes:
        return False
    network.layers[-1].set_weights(theirs.get_weights())
    return True


def _ours(alpha: float) -> Path | None:
    """The shipped Keras network of that width, if this release has one."""
    for folder in SHIPPED:
        if not (folder / NAME).exists():
            continue
        manifest = read_manifest(folder)
        files = manifest.files_for(FileKind.KERAS)
        if files and manifest.architecture.split()[:2] == ["MobileNetV2", str(alpha)]:
            return folder / files[0].name
    return None


def _of_folder(folder: Path) -> Path:
    files = read_manifest(folder).files_for(FileKind.KERAS)
    if not files:
        raise BadSettings(
            f"--base-weights {folder}: the model folder holds no .keras file to start from"
        )
    return folder / files[0].name


def _imagenet(side: int, alpha: float) -> Path | None:
    """ImageNet's weights in the cache of Keras, by the side they were trained at, or at 224."""
    return next((path for path in _imagenet_files(side, alpha) if path.is_file()), None)


def _no_imagenet(side: int, alpha: float) -> Path:
    expected = " or ".join(dict.fromkeys(map(str, _imagenet_files(side, alpha))))
    raise BadSettings(
        f"--base-weights imagenet: expected {expected}, found neither, and nothing is downloaded; "
        "put the file there, or give --base-weights FILE, ours or none"
    )


def _imagenet_files(side: int, alpha: float) -> Iterator[Path]:
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "models"
    for size in (side, 224):
        yield home / f"mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{alpha}_{size}_no_top.h5"
