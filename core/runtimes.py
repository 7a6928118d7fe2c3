"""What an installation runs its networks with."""

from dataclasses import dataclass
from enum import StrEnum


class RuntimeName(StrEnum):
    """The runtimes that can be chosen.

    auto: TensorFlow where it sees an NVIDIA GPU, otherwise OpenVINO.
    """

    AUTO = "auto"
    OPENVINO = "openvino"
    TENSORFLOW = "tensorflow"
    LITERT = "litert"


class OpenVinoDevice(StrEnum):
    """Where OpenVINO runs; GPU is Intel's, AUTO leaves the choice to OpenVINO."""

    CPU = "CPU"
    GPU = "GPU"
    AUTO = "AUTO"


@dataclass(frozen=True, slots=True)
class RuntimeChoice:
    """What the settings say of the runtime."""

    name: RuntimeName = RuntimeName.AUTO
    device: OpenVinoDevice = OpenVinoDevice.CPU
