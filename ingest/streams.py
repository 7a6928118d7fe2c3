"""What every camera source offers, whatever it reads from."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.types import Image

READ_TIMEOUT_S = 5.0
"""A camera that sends nothing for this long is lost."""


class SourceFrame(Protocol):
    """One frame of a source; what it costs to convert is paid when asked for."""

    @property
    def captured_at(self) -> datetime: ...

    @property
    def size_wh(self) -> tuple[int, int]: ...

    def to_image(self, size_wh: tuple[int, int] | None = None) -> Image:
        """Convert to (h, w, 3) BGR, scaled to size_wh. Raises BadPicture if it is broken."""

    def to_grey(self, size_wh: tuple[int, int]) -> NDArray[np.uint8]:
        """Convert to (h, w) grey, scaled. Raises BadPicture if it is broken."""


class Source(Protocol):
    """An open stream."""

    @property
    def size_wh(self) -> tuple[int, int]:
        """The size of the stored pictures; a frame's own size counts its rotation."""

    @property
    def frames_per_second(self) -> float | None:
        """What the stream says of itself; None if it says nothing credible."""

    @property
    def codec(self) -> str: ...

    def frames(self) -> Iterator[SourceFrame]:
        """Wait for each frame and yield it. Raises SourceLost at the end, NotVideo."""

    def close(self) -> None: ...
