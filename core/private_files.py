"""Files that only their owner may read, from their first byte on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def create_private(file: Path) -> Iterator[IO[bytes]]:
    """Make a file that is not there yet, of mode 0600. Raises FileExistsError."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        yield opened


def replace_private(file: Path, content: bytes) -> None:
    """Put a file of mode 0600 in the place of the one that may be there, whole or not at all."""
    unfinished = file.with_name(file.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    with create_private(unfinished) as opened:
        opened.write(content)
    unfinished.replace(file)
