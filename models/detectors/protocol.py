"""What every face detector does."""

from collections.abc import Sequence
from typing import Protocol

from core.types import Detections, Image


class FaceDetector(Protocol):
    """Finds faces; scores below its own floor are not reported."""

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        """Find the faces of each image, best first; boxes clipped to that image."""
