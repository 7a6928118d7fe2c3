"""Open a model folder with the runtime that an installation chose."""

import logging
from importlib.util import find_spec
from pathlib import Path

from core.errors import BadSettings, WeightsMismatch
from core.manifests import FileKind, ModelManifest, Task
from core.runtimes import OpenVinoDevice, RuntimeChoice, RuntimeName
from models.runtimes.network import Network

logger = logging.getLogger(__name__)

_NVIDIA_DEVICES = (Path("/dev/nvidia0"), Path("/dev/dxg"))
"""The first GPU on Linux, and any GPU on Windows' Linux."""
_KINDS = {
    RuntimeName.OPENVINO: (FileKind.OPENVINO, FileKind.ONNX),
    RuntimeName.TENSORFLOW: (FileKind.KERAS,),
    RuntimeName.LITERT: (FileKind.LITERT,),
}
"""What each runtime opens, the best first."""
_PRECISIONS = {Task.CLASSIFIER: "f32", Task.DETECTOR: None}
"""What OpenVINO reckons in on a CPU; None is bfloat16 where the processor has it.

In bfloat16 the classifier takes 1.6 ms a face instead of 3.3, but its probabilities are off by
up to 0.2, and of 100 labels one changes; int8 is as quick and loses no more (docs/models.md).
"""


def open_network(
    folder: Path, manifest: ModelManifest, threads: int, choice: RuntimeChoice
) -> Network:
    """Open the folder's network with the chosen runtime.

    threads: cores to use. Raises WeightsMismatch if the folder has no file for
    it, BadSettings if it or its device is not on this machine.
    """
    name = resolve(choice.name, manifest)
    path = find_file(folder, manifest, name)
    # Each is imported only where it is used: TensorFlow alone takes seconds.
    if name is RuntimeName.TENSORFLOW:
        if find_spec("tensorflow") is None:
            raise BadSettings("MASKWATCH_RUNTIME is tensorflow, which Python 3.14 has none of yet")
        from models.runtimes.tensorflow import TensorFlowNetwork

        return TensorFlowNetwork(path, threads)
    if name is RuntimeName.LITERT:
        from models.runtimes.litert import LiteRtNetwork

        return LiteRtNetwork(path, threads)
    from models.runtimes.openvino import CompiledNetwork, read_network

    precision = _PRECISIONS[manifest.task] if choice.device is OpenVinoDevice.CPU else None
    return CompiledNetwork(read_network(path), threads, choice.device, precision)


def resolve(name: RuntimeName, manifest: ModelManifest) -> RuntimeName:
    """Decide what auto means: TensorFlow on an NVIDIA GPU, else OpenVINO."""
    if name is not RuntimeName.AUTO:
        return name
    can_use_gpu = manifest.files_for(*_KINDS[RuntimeName.TENSORFLOW]) and tensorflow_sees_a_gpu()
    wanted = RuntimeName.TENSORFLOW if can_use_gpu else RuntimeName.OPENVINO
    # A folder for the edge may hold nothing else.
    has_files = [each for each in _KINDS if manifest.files_for(*_KINDS[each])]
    return has_files[0] if has_files and wanted not in has_files else wanted


def find_file(folder: Path, manifest: ModelManifest, name: RuntimeName) -> Path:
    """Find the file that a runtime opens; raises WeightsMismatch if there is none."""
    for kind in _KINDS[name]:
        for file in manifest.files_for(kind):
            return folder / file.name
    kinds = sorted({str(file.runtime) for file in manifest.files})
    raise WeightsMismatch(
        f"{folder}: {name} needs a file for {' or '.join(_KINDS[name])}, and model "
        f"{manifest.model_version} has {', '.join(kinds) or 'none'}; export it "
        "(./maskwatch export --help) or choose another MASKWATCH_RUNTIME"
    )


def tensorflow_sees_a_gpu() -> bool:
    """Say whether an NVIDIA GPU can be used; TensorFlow is asked only if there is a device."""
    if not any(device.exists() for device in _NVIDIA_DEVICES):
        return False
    try:
        import tensorflow as tf
    except ImportError:
        return False
    if tf.config.list_physical_devices("GPU"):
        return True
    logger.warning(
        "there is an NVIDIA GPU, but TensorFlow does not see it; install tensorflow[and-cuda] "
        "of the same version to use it"
    )
    return False
