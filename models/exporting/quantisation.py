"""Turn a network of OpenVINO into one that reckons in int8, by NNCF."""

import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path

import openvino as ov

from models.runtimes.openvino import Pixels

PICTURES = 300
"""As many as NNCF takes by default; more did not change the result."""


def quantise(
    source: Path, pictures: Sequence[Pixels], target: Path, kept_float: Sequence[str] = ()
) -> None:
    """Quantise an .xml after training, weights and activations; write an .xml and its .bin.

    pictures: what the ranges are measured on, as the network is fed in service:
    uint8 arrays of the input's shape, batch dimension included; a few hundred.
    kept_float: names of operations that stay in floating point.
    """
    # NNCF reports its use over the network unless it thinks that it is being tested.
    os.environ["NNCF_CI"] = "1"
    import nncf

    with redirect_stdout(sys.stderr):  # its progress bars must not mix with answers
        quantised = nncf.quantize(
            ov.Core().read_model(source),
            nncf.Dataset(list(pictures)),
            subset_size=len(pictures),
            # Activations may be asymmetric: those after ReLU6 use all 256 values.
            preset=nncf.QuantizationPreset.MIXED,
            ignored_scope=nncf.IgnoredScope(names=list(kept_float), validate=False),
        )
    ov.save_model(quantised, target, compress_to_fp16=True)
