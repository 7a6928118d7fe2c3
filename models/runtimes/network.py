"""What every runtime offers: a network that answers a batch of inputs."""

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Tensor: TypeAlias = NDArray[np.float32]
Pixels: TypeAlias = NDArray[np.uint8]

BATCHES = (1, 2, 4, 8, 16, 32)
"""Sizes of the tensors that a GPU is given: each is compiled once, at the start."""


class Network(Protocol):
    """A network with one uint8 input; not for several threads at once."""

    def run(self, inputs: Sequence[Pixels]) -> list[tuple[Tensor, ...]]:
        """Run each input; all outputs of each, in order.

        inputs: uint8 arrays (1, height, width, 3), all of one shape. Outputs
        are float32 and have a batch dimension of 1 too.
        """


def split_into_batches(count: int) -> list[tuple[int, int]]:
    """Cut count inputs into batches: how many inputs each takes, and its padded size.

    11 gives (11, 16); 70 gives (32, 32), (32, 32), (6, 8).
    """
    most = BATCHES[-1]
    taken = [min(most, count - start) for start in range(0, count, most)]
    return [(size, next(batch for batch in BATCHES if batch >= size)) for size in taken]
