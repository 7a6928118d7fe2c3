"""Run a network with OpenVINO, on a CPU with one asynchronous stream per core.

A batch is spread over the streams as single images: on a CPU that is faster than
one large tensor.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import openvino as ov

from core.errors import BadSettings
from core.runtimes import OpenVinoDevice
from models.runtimes.network import Pixels, Tensor

__all__ = ["CompiledNetwork", "Pixels", "Tensor", "read_network"]


class CompiledNetwork:
    """A Network with an input of batch 1, compiled for this machine.

    Not for several threads at once: each thread that analyses makes its own.
    """

    def __init__(
        self,
        model: ov.Model,
        threads: int,
        device: OpenVinoDevice = OpenVinoDevice.CPU,
        precision: str | None = None,
    ) -> None:
        """Compile. Raises BadSettings if there is no such device.

        threads: counts only on a CPU. precision: f32 or bf16 to compare them;
        by itself OpenVINO takes bfloat16 where the processor has it.
        """
        core = ov.Core()
        _check_device(core, device)
        on_cpu = device is OpenVinoDevice.CPU
        settings = cpu_settings(threads) if on_cpu else {"PERFORMANCE_HINT": "THROUGHPUT"}
        if precision is not None:
            settings["INFERENCE_PRECISION_HINT"] = precision
        network = core.compile_model(model, device, settings)
        # 0 requests: as many as OpenVINO finds best for the device.
        self._queue = ov.AsyncInferQueue(network, threads if on_cpu else 0)
        # The callback must not know the queue, not even through self: Python's collector does
        # not see such a circle through C++, and the network would stay in memory for ever.
        self._outputs: dict[int, tuple[Tensor, ...]] = {}
        self._queue.set_callback(partial(_keep, self._outputs))

    def run(self, inputs: Sequence[Pixels]) -> list[tuple[Tensor, ...]]:
        """Run each input, spread over the streams; all outputs of each, in order.

        inputs: uint8 arrays of the network's input shape, batch dimension included.
        """
        for index, pixels in enumerate(inputs):
            self._queue.start_async({0: pixels}, index)
        self._queue.wait_all()
        return [self._outputs.pop(index) for index in range(len(inputs))]


def _keep(outputs: dict[int, tuple[Tensor, ...]], request: ov.InferRequest, index: int) -> None:
    # The tensors belong to the request, which is used again: copy them.
    outputs[index] = tuple(np.array(tensor.data, np.float32) for tensor in request.output_tensors)


def cpu_settings(threads: int) -> dict[str, str]:
    """Ask for one stream per thread, and no pinning.

    With pinning, several worker processes on one host pin their streams to the
    same core and double each other's time.
    """
    return {
        "NUM_STREAMS": str(threads),
        "INFERENCE_NUM_THREADS": str(threads),
        "ENABLE_CPU_PINNING": "NO",
    }


def read_network(path: Path) -> ov.Model:
    """Read an ONNX file, or the .xml of an OpenVINO IR with its .bin beside it."""
    return ov.Core().read_model(path)


def _check_device(core: ov.Core, device: OpenVinoDevice) -> None:
    found = core.available_devices
    if device is OpenVinoDevice.GPU and not any(name.startswith("GPU") for name in found):
        raise BadSettings(
            f"MASKWATCH_OPENVINO_DEVICE is GPU, but OpenVINO finds only {', '.join(found)} here; "
            "install the driver of an Intel GPU, or choose CPU"
        )
