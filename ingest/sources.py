"""Open a camera's stream, whatever it is, and read frames from it."""

from collections.abc import Iterator
from datetime import datetime

from core.sources import SourceAddress, SourceKind
from core.types import Image
from ingest.streams import Source

OPEN_TIMEOUT_S = 10.0


def open_source(
    address: SourceAddress,
    transport: str = "tcp",
    timeout_s: float = OPEN_TIMEOUT_S,
    *,
    plays_once: bool = False,
) -> Source:
    """Open a stream; plays_once has a file end at its end, otherwise it begins again.

    Raises SourceRefused, SourceLost or NotVideo, at latest after timeout_s.
    """
    # Loaded by the first stream of their kind alone, so that commands start quickly.
    if address.kind is SourceKind.DEMO:
        from ingest.demo import DemoSource

        return DemoSource(address.location)
    from ingest.libav import LibavSource

    return LibavSource(address, transport, timeout_s, plays_once=plays_once)


def read_images(source: Source) -> Iterator[tuple[datetime, Image]]:
    """Convert each frame of a source at its full size."""
    for frame in source.frames():
        yield frame.captured_at, frame.to_image()
