"""Say what a camera's first picture promises: can masks be judged here, and how far away?

Deciding is apart from measuring: `advise` takes numbers and gives sentences,
`measure_picture` takes the numbers from a picture and the faces found in it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from core.picture_quality import SHARPNESS_HALF, laplacian_variance
from core.types import Image

FACE_PX_LEAST = 24
"""Width at which crowds are counted right within 1 % (docs/verdicts.md); below, many are unsure."""
FACE_PX_GOOD = 40
"""Width from which a face has its full vote (docs/verdicts.md)."""
FACE_M = 0.15
"""Width of the detector's box about an adult's face; bizygomatic breadth is 0.13 to 0.15 m."""
VIEW_DEGREES = 90
"""Horizontal view of the common 2.8 mm lens before a 1/2.9" sensor."""
METRES_GOOD, METRES_LEAST = 3, 2
"""From a ceiling, 3 m reach across a doorway; nearer than 2 m, people are above or beside."""
RATE_GOOD, RATE_LEAST = 5.0, 2.5
"""Frames a second that follow walking people well; below the second, people are missed."""
BRIGHTNESS_LEAST, BRIGHTNESS_MOST = 50, 205
"""Mean grey value, of 0 to 255: darker, noise hides the mask; brighter, edges burn out."""
BACKLIGHT_RATIO = 0.55
"""A face this much darker than its picture stands before a bright window or door."""
SHARPNESS_LEAST = 12.0
"""Variance of the Laplacian of a face at 64 px: its vote is a quarter of a sharp one's."""
DETAIL_LEAST = 8.0
"""The same of a whole picture at 480 px; a lens out of focus or dirty gives less."""

_FACE_SIDE = 64
_PICTURE_SIDE = 480

_Grey = NDArray[np.uint8]


class AdviceTopic(StrEnum):
    """What an advice is about."""

    FACES = "faces"
    DISTANCE = "distance"
    SHARPNESS = "sharpness"
    LIGHT = "light"
    RATE = "rate"


class AdviceLevel(StrEnum):
    """How good it is: as it should be, usable, or to be changed first."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


@dataclass(frozen=True, slots=True)
class Advice:
    """One finding, as a sentence for the page, which says what to do where something is amiss."""

    topic: AdviceTopic
    level: AdviceLevel
    text: str


@dataclass(frozen=True, slots=True)
class Light:
    """Mean grey value and sharpness of a picture, or of a face in it."""

    brightness: float
    sharpness: float


@dataclass(frozen=True, slots=True)
class CameraLook:
    """What is known of a camera after a first look.

    size_wh: of the stream's pictures. long_side: of the pictures to be analysed.
    frames_per_second: None if it could not be measured. face_widths_px: in the
    analysed picture; None if nobody looked for faces. faces: how each is lit.
    """

    size_wh: tuple[int, int]
    long_side: int
    frames_per_second: float | None = None
    picture: Light | None = None
    face_widths_px: Sequence[float] | None = None
    faces: Sequence[Light] = ()


def advise(look: CameraLook) -> tuple[Advice, ...]:
    """Say what to expect of this camera, and what to change first. One advice a topic at most."""
    found = (
        _advise_on_faces(look),
        _advise_on_distance(look),
        _advise_on_light(look),
        _advise_on_sharpness(look),
        _advise_on_rate(look),
    )
    return tuple(one for one in found if one is not None)


def measure_picture(
    image: Image, boxes_xywh: Sequence[tuple[float, float, float, float]]
) -> tuple[Light, tuple[Light, ...]]:
    """Measure a picture and each face in it. image: (h, w, 3) BGR; boxes in its pixels."""
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    scale = _PICTURE_SIDE / max(grey.shape)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    picture = Light(float(grey.mean()), laplacian_variance(np.asarray(small, np.uint8)))
    crops = [_crop(grey, box) for box in boxes_xywh]
    return picture, tuple(_measure_face(crop) for crop in crops if crop.size)


def metres_to(face_px: float, width_px: int) -> int:
    """Tell how far away a face is that wide in a picture of that width, through a usual lens.

    A pinhole camera: its focal length in pixels is half the width over the tangent of
    half the view. Whole metres, at least 1.
    """
    focal_px = width_px / 2 / math.tan(math.radians(VIEW_DEGREES / 2))
    return max(1, round(focal_px * FACE_M / face_px))


def _advise_on_faces(look: CameraLook) -> Advice | None:
    topic = AdviceTopic.FACES
    if look.face_widths_px is None:
        return None
    if not look.face_widths_px:
        return Advice(
            topic,
            AdviceLevel.FAIR,
            "No face is in the picture. Let somebody stand where people will pass, then check "
            "again.",
        )
    width = round(float(np.median(look.face_widths_px)))
    if width >= FACE_PX_GOOD:
        return Advice(topic, AdviceLevel.GOOD, f"Faces here are {width} px wide: large enough.")
    if width >= FACE_PX_LEAST:
        return Advice(
            topic,
            AdviceLevel.FAIR,
            f"Faces here are {width} px wide: enough for most people. From {FACE_PX_GOOD} px on "
            "masks are judged best.",
        )
    return Advice(topic, AdviceLevel.POOR, _say_how_to_enlarge(width, look))


def _say_how_to_enlarge(width: int, look: CameraLook) -> str:
    long_side = max(look.size_wh)
    if look.long_side < long_side:
        return (
            f"Faces here are {width} px wide; {FACE_PX_LEAST} px are needed to judge a mask. "
            f"Analyse larger pictures (long side up to {long_side} px), or bring the camera closer."
        )
    return (
        f"Faces here are {width} px wide; {FACE_PX_LEAST} px are needed to judge a mask. "
        "Bring the camera closer, or choose a longer lens."
    )


def _advise_on_distance(look: CameraLook) -> Advice | None:
    if look.face_widths_px:
        return _advise_by_faces(float(np.median(look.face_widths_px)))
    width = _analysed_width(look)
    return _advise_by_lens(width) if width else None


def _advise_by_faces(face_px: float) -> Advice | None:
    """Say how far it reaches by faces that were seen: their widths shrink as distance grows."""
    times = int(face_px / FACE_PX_LEAST)
    if times == 0:
        return None  # the advice on faces says it
    if times == 1:
        return Advice(
            AdviceTopic.DISTANCE,
            AdviceLevel.GOOD if face_px >= FACE_PX_GOOD else AdviceLevel.FAIR,
            "Masks can be judged at less than twice the distance of the faces in this picture.",
        )
    return Advice(
        AdviceTopic.DISTANCE,
        AdviceLevel.GOOD,
        f"Masks can be judged up to {times} times as far away as the faces in this picture.",
    )


def _advise_by_lens(width: int) -> Advice:
    """Guess how far it reaches where nobody is seen, and say that it is a guess."""
    metres, best = metres_to(FACE_PX_LEAST, width), metres_to(FACE_PX_GOOD, width)
    if metres >= METRES_GOOD:
        return Advice(
            AdviceTopic.DISTANCE,
            AdviceLevel.GOOD,
            f"If its lens sees {VIEW_DEGREES}°, as most do, masks can be judged up to {metres} m "
            f"away, best within {best} m. Let somebody stand there to be sure.",
        )
    return Advice(
        AdviceTopic.DISTANCE,
        AdviceLevel.POOR if metres < METRES_LEAST else AdviceLevel.FAIR,
        f"If its lens sees {VIEW_DEGREES}°, as most do, masks cannot be judged beyond {metres} m. "
        "A longer lens reaches farther; let somebody stand there to be sure.",
    )


def _analysed_width(look: CameraLook) -> int:
    """Tell the width of the pictures that are analysed; they are never enlarged."""
    width, height = look.size_wh
    return round(width * min(1.0, look.long_side / max(width, height, 1)))


def _advise_on_light(look: CameraLook) -> Advice | None:
    if look.picture is None:
        return None
    topic, whole = AdviceTopic.LIGHT, look.picture.brightness
    face = float(np.median([one.brightness for one in look.faces])) if look.faces else whole
    if face < whole * BACKLIGHT_RATIO and face < 2 * BRIGHTNESS_LEAST:
        return Advice(
            topic,
            AdviceLevel.POOR,
            "Faces are dark before a bright background. Turn the camera away from windows, or "
            "switch its backlight compensation (WDR) on.",
        )
    if face < BRIGHTNESS_LEAST:
        return Advice(
            topic,
            AdviceLevel.POOR,
            "The picture is dark. Add light, or let the camera expose longer.",
        )
    if face > BRIGHTNESS_MOST:
        return Advice(
            topic,
            AdviceLevel.FAIR,
            "The picture is overexposed. Lower the camera's brightness or exposure.",
        )
    return Advice(topic, AdviceLevel.GOOD, "The light is right.")


def _advise_on_sharpness(look: CameraLook) -> Advice | None:
    if look.picture is None:
        return None
    topic = AdviceTopic.SHARPNESS
    if not look.faces:
        if look.picture.sharpness >= DETAIL_LEAST:
            return None  # sharp walls say little about faces
        return Advice(
            topic,
            AdviceLevel.POOR,
            "The picture is blurred. Clean the lens and set its focus.",
        )
    sharpness = float(np.median([one.sharpness for one in look.faces]))
    if sharpness >= SHARPNESS_HALF:
        return Advice(topic, AdviceLevel.GOOD, "Faces are sharp.")
    if sharpness >= SHARPNESS_LEAST:
        return Advice(
            topic,
            AdviceLevel.FAIR,
            "Faces are a little soft. A cleaner lens, a better focus or a higher bit rate helps.",
        )
    return Advice(
        topic,
        AdviceLevel.POOR,
        "Faces are blurred. Set the focus, shorten the exposure, or raise the camera's bit rate.",
    )


def _advise_on_rate(look: CameraLook) -> Advice | None:
    topic, rate = AdviceTopic.RATE, look.frames_per_second
    if rate is None:
        return None
    # A rate measured for a second is off by a frame.
    if rate >= RATE_GOOD * 0.9:
        return Advice(topic, AdviceLevel.GOOD, "It sends enough pictures to follow people.")
    if rate >= RATE_LEAST * 0.9:
        return Advice(
            topic,
            AdviceLevel.FAIR,
            "It sends few pictures: who walks fast may be counted twice. Set the camera to "
            f"{RATE_GOOD:.0f} a second or more.",
        )
    return Advice(
        topic,
        AdviceLevel.POOR,
        "It sends too few pictures: people pass between two of them. Set the camera to "
        f"{RATE_GOOD:.0f} a second or more.",
    )


def _crop(grey: _Grey, box: tuple[float, float, float, float]) -> _Grey:
    """Cut a box out; empty where it lies outside."""
    left, top, width, height = (round(value) for value in box)
    return grey[max(0, top) : max(0, top + height), max(0, left) : max(0, left + width)]


def _measure_face(crop: _Grey) -> Light:
    shrinks = min(crop.shape) > _FACE_SIDE
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    square = np.asarray(cv2.resize(crop, (_FACE_SIDE, _FACE_SIDE), interpolation=method), np.uint8)
    return Light(float(crop.mean()), laplacian_variance(square))
