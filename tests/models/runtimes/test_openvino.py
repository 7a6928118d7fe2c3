"""Asynchronous runs answer every input, in order."""

import weakref

import numpy as np
import openvino as ov
import openvino.opset13 as ops
import pytest

from models.runtimes.cores import count_cores
from models.runtimes.openvino import CompiledNetwork, cpu_settings


def summing_network() -> ov.Model:
    """Gives the sum of four bytes, and that plus one."""
    numbers = ops.parameter([1, 4], ov.Type.u8)
    total = ops.reduce_sum(ops.convert(numbers, ov.Type.f32), np.array([1]), keep_dims=False)
    return ov.Model([total, ops.add(total, np.float32(1))], [numbers])


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("count", [0, 1, 50])
def test_every_input_is_answered_in_order(threads: int, count: int) -> None:
    network = CompiledNetwork(summing_network(), threads)
    inputs = [np.full((1, 4), index, np.uint8) for index in range(count)]

    answers = network.run(inputs)

    assert [[float(each[0]) for each in pair] for pair in answers] == [
        [4 * index, 4 * index + 1] for index in range(count)
    ]


def test_a_network_that_is_let_go_leaves_memory_at_once() -> None:
    network = CompiledNetwork(summing_network(), threads=1)
    network.run([np.full((1, 4), 1, np.uint8)])
    queue = weakref.ref(network._queue)

    del network

    assert queue() is None


def test_answers_of_an_earlier_run_stay_as_they_were() -> None:
    network = CompiledNetwork(summing_network(), threads=1)

    [(first, _)] = network.run([np.full((1, 4), 1, np.uint8)])
    network.run([np.full((1, 4), 9, np.uint8)])

    assert first.tolist() == [4]


def test_streams_are_not_pinned_to_cores() -> None:
    assert cpu_settings(3) == {
        "NUM_STREAMS": "3",
        "INFERENCE_NUM_THREADS": "3",
        "ENABLE_CPU_PINNING": "NO",
    }


def test_at_least_one_core_is_counted() -> None:
    assert count_cores() >= 1
