"""Draw analysed faces, rates and counts onto a picture."""

from collections import Counter
from collections.abc import Sequence

import cv2

from core.types import Faces, Image, Label

COLOURS: dict[Label, tuple[int, int, int]] = {
    Label.MASK: (80, 175, 60),
    Label.INCORRECT_MASK: (0, 140, 255),
    Label.NO_MASK: (60, 60, 225),
}
"""BGR: green, orange, red, as the classic script has them."""
WORDS: dict[Label, str] = {
    Label.MASK: "mask",
    Label.INCORRECT_MASK: "incorrect mask",
    Label.NO_MASK: "no mask",
}
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_WHITE = (255, 255, 255)


def draw_faces(image: Image, faces: Faces) -> None:
    """Draw each face's box with its label and percentage on a filled tag, in place."""
    for box, label, row in zip(faces.boxes, faces.labels(), faces.probabilities, strict=True):
        x1, y1, x2, y2 = (round(float(side)) for side in box)
        cv2.rectangle(image, (x1, y1), (x2, y2), COLOURS[label], _line(image) * 2, cv2.LINE_AA)
        _draw_tag(image, (x1, y1), f"{WORDS[label]} {row.max():.0%}", COLOURS[label])


def draw_status(image: Image, frames_per_second: float, labels: Sequence[Label]) -> None:
    """Write the frame rate and the faces now in view by label on a dark strip, in place."""
    counts = Counter(labels)
    parts = [f"{frames_per_second:.1f} frames/s"]
    parts += [f"{WORDS[label]} {counts[label]}" for label in COLOURS]
    text, line = "   ".join(parts), _line(image)
    (width, height), descent = cv2.getTextSize(text, _FONT, 0.5 * line, line)
    pad = 6 * line
    bottom = min(image.shape[0], height + descent + 2 * pad)
    strip = image[:bottom, : width + 2 * pad]
    strip[:] = strip // 3
    cv2.putText(image, text, (pad, pad + height), _FONT, 0.5 * line, _WHITE, line, cv2.LINE_AA)


def _draw_tag(
    image: Image, corner: tuple[int, int], text: str, colour: tuple[int, int, int]
) -> None:
    """Fill a tag above a box's upper left corner, or inside the picture if there is no room."""
    line = _line(image)
    (width, height), descent = cv2.getTextSize(text, _FONT, 0.5 * line, line)
    pad = 3 * line
    tall, wide = height + descent + 2 * pad, width + 2 * pad
    left = max(0, min(corner[0] - line, image.shape[1] - wide))
    top = max(0, corner[1] - tall)
    cv2.rectangle(image, (left, top), (left + wide, top + tall), colour, cv2.FILLED)
    at = (left + pad, top + pad + height)
    cv2.putText(image, text, at, _FONT, 0.5 * line, _WHITE, line, cv2.LINE_AA)


def _line(image: Image) -> int:
    """Choose a line's width that stays readable on large pictures."""
    long_side: int = max(image.shape[:2])
    return max(1, round(long_side / 1000))
