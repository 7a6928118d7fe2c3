"""Fixtures of training: tiny networks on schematic faces, without TensorFlow's tracing."""

from collections.abc import Iterator
from importlib.util import find_spec

import pytest

collect_ignore = [] if find_spec("tensorflow") else ["test_train.py", "test_network.py"]
"""TensorFlow is not there on Python 3.14 yet."""


@pytest.fixture(scope="module")
def eager() -> Iterator[None]:
    """Run TensorFlow step by step: a few steps do not repay the tracing of MobileNetV2."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)
