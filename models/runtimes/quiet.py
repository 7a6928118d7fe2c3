"""Import TensorFlow without its greetings."""

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from core.errors import BadSettings


def need_tensorflow(what: str) -> None:
    """Import TensorFlow; raises BadSettings that says `what` needs it where there is none.

    Its import tells standard error a dozen lines about processors and GPUs, which no
    level of logging hides and which look like faults to who reads them.
    """
    if find_spec("tensorflow") is None:
        raise BadSettings(f"{what} needs TensorFlow, which Python 3.14 has none of; use 3.13")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.getLogger("absl").setLevel(logging.ERROR)
    with _standard_error_held_back():
        import tensorflow  # noqa: F401 - later imports find it


@contextmanager
def _standard_error_held_back() -> Iterator[None]:
    """Hold back what is written to standard error, by C++ too; show it if all fails."""
    sys.stderr.flush()
    shown = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            held.seek(0)
            os.write(shown, held.read())
            raise
        finally:
            os.dup2(shown, 2)
            os.close(shown)
