"""Draw masks, hands and other things onto faces by their landmarks.

Real pictures of badly worn masks are few and show few people; drawn ones teach
where a mask ends. Positions are in face lengths: u across in eye distances
from the middle, v down from the eye line (0) to the mouth (1); the chin is
near 1.8.
"""

from dataclasses import dataclass
from enum import Enum

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.types import Image


class Worn(Enum):
    """Where a drawn mask sits: upper edge at the middle and at the sides, lower edge (v)."""

    PROPERLY = ((0.12, 0.36), (0.30, 0.55), (1.75, 2.05))
    BELOW_THE_NOSE = ((0.72, 0.88), (0.72, 0.95), (1.75, 2.10))
    ON_THE_CHIN = ((1.20, 1.45), (1.10, 1.45), (1.90, 2.30))


@dataclass(frozen=True, slots=True)
class FaceFrame:
    """Turns (u, v) of a face into pixels."""

    origin: NDArray[np.float32]
    across: NDArray[np.float32]
    down: NDArray[np.float32]

    @classmethod
    def of(cls, landmarks: NDArray[np.float32]) -> "FaceFrame":
        """landmarks: (5, 2) eyes, nose, mouth corners; a turned head shifts the middle."""
        eyes, mouth = landmarks[:2].mean(axis=0), landmarks[3:].mean(axis=0)
        across, down = landmarks[1] - landmarks[0], mouth - eyes
        # In profile the eyes nearly meet: keep the breadth of a head of that length.
        breadth = max(1.0, 0.75 * _length(down) / max(_length(across), 1e-3))
        middle = eyes + 0.5 * (landmarks[2] - (eyes + 0.55 * down))
        return cls(middle, across * breadth, down)

    def place(self, points_uv: NDArray[np.float32]) -> NDArray[np.float32]:
        """points_uv: (n, 2); returns (n, 2) xy pixels."""
        return np.asarray(
            self.origin + points_uv[:, :1] * self.across + points_uv[:, 1:] * self.down, np.float32
        )


def draw_mask(
    image: Image, landmarks: NDArray[np.float32], worn: Worn, rng: np.random.Generator
) -> Image:
    """Draw a mask of random cut, colour and pattern; returns a new picture."""
    frame = FaceFrame.of(landmarks)
    outline = frame.place(_outline(worn, rng))
    cover = fill_outline(image.shape[:2], outline)
    cloth = _shade(_cloth(image.shape[:2], frame, rng), image, rng)
    cloth *= _form(image.shape[:2], frame, outline, rng)
    drawn = image * (1 - cover) + cloth * cover
    result = np.clip(drawn, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        draw_ear_loops(result, frame, cover, rng)
    return result


def draw_hand(image: Image, landmarks: NDArray[np.float32], rng: np.random.Generator) -> Image:
    """Draw fingers in the face's own colour before the mouth; returns a new picture."""
    frame = FaceFrame.of(landmarks)
    skin = _skin(image, frame) * rng.uniform(0.8, 1.1)
    fingers = np.zeros(image.shape[:2], np.uint8)
    thickness = max(1, round(0.32 * _length(frame.across)))
    tilt, start = rng.uniform(-0.5, 0.5), rng.uniform(0.5, 0.8)
    for v in start + 0.3 * np.arange(4):
        ends = frame.place(_array([[-0.9, v + tilt], [rng.uniform(0.3, 0.9), v - tilt]]))
        a, b = ends.round().astype(int)
        cv2.line(fingers, a.tolist(), b.tolist(), 255, thickness, cv2.LINE_AA)
    cover = cv2.GaussianBlur(fingers, (3, 3), 0)[:, :, None] / 255.0
    ripple = 1 + 0.08 * np.sin(np.arange(image.shape[0]) / max(thickness, 2) * np.pi)[:, None, None]
    return np.clip(image * (1 - cover) + skin * ripple * cover, 0, 255).astype(np.uint8)


def draw_thing(image: Image, landmarks: NDArray[np.float32], rng: np.random.Generator) -> Image:
    """Draw a cup, phone, paper or microphone before or beside a bare face, or a scarf below it.

    None of them is worn over nose and mouth, so the label stays.
    """
    frame = FaceFrame.of(landmarks)
    outline = frame.place(_thing_outline(rng))
    cover = fill_outline(image.shape[:2], outline)
    cloth = _shade(_cloth(image.shape[:2], frame, rng), image, rng)
    return np.clip(image * (1 - cover) + cloth * cover, 0, 255).astype(np.uint8)


def draw_clutter(image: Image, landmarks: NDArray[np.float32], rng: np.random.Generator) -> Image:
    """Draw a patch of cloth where it means nothing: beside or above the face, or on the neck."""
    frame = FaceFrame.of(landmarks)
    side, size = rng.choice([-1, 1]), rng.uniform(0.3, 0.9)
    places = [(side * (1.3 + size), rng.uniform(-0.5, 2)), (rng.uniform(-1, 1), -1.2 - size / 2)]
    middle = np.asarray([*places, (rng.uniform(-0.7, 0.7), 2.3 + size)][rng.integers(3)])
    corners = np.asarray([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * rng.uniform(0.6, 1, 2) * size
    outline = frame.place(_array(middle + corners))
    cover = fill_outline(image.shape[:2], outline)
    cloth = _shade(_cloth(image.shape[:2], frame, rng), image, rng)
    return np.clip(image * (1 - cover) + cloth * cover, 0, 255).astype(np.uint8)


def draw_ear_loops(
    image: Image, frame: FaceFrame, cover: NDArray[np.float32], rng: np.random.Generator
) -> None:
    """Draw loops from a mask's sides to the ears, into the picture itself.

    cover: (h, w, 1) in [0, 1], the mask.
    """
    rows, columns = np.nonzero(cover[:, :, 0] > 0.5)
    if not len(rows):
        return
    points = np.stack([columns, rows], axis=1).astype(np.float32) - frame.origin
    tone = [int(value) for value in rng.uniform(40, 250) + rng.normal(0, 6, 3)]
    thickness = max(1, round(_length(frame.down) * rng.uniform(0.02, 0.06)))
    for side in (-1, 1):
        reach = points @ frame.across * side
        edge = points[reach >= np.quantile(reach, 0.97)]
        heights = edge @ frame.down
        ear = frame.place(_array([[side * rng.uniform(1.15, 1.4), rng.uniform(0.0, 0.45)]]))[0]
        for start in (edge[heights.argmin()], edge[heights.argmax()])[: rng.integers(1, 3)]:
            ends = [end.round().astype(int).tolist() for end in (start + frame.origin, ear)]
            cv2.line(image, ends[0], ends[1], tone, thickness, cv2.LINE_AA)


def fill_outline(shape: tuple[int, ...], outline: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cover of an outline (n, 2), (h, w, 1) in [0, 1], with soft edges; shape: (h, w)."""
    cover = np.zeros(shape, np.uint8)
    # 4 fractional bits place the edge between pixels: faces are small.
    cv2.fillPoly(cover, [(outline * 16).round().astype(np.int32)], 255, cv2.LINE_AA, shift=4)
    return np.asarray(cv2.GaussianBlur(cover, (3, 3), 0)[:, :, None] / 255.0, np.float32)


def _thing_outline(rng: np.random.Generator) -> NDArray[np.float32]:
    """A box before the mouth or the cheek, a stick from below, or a scarf, in (u, v)."""
    kind = rng.random()
    if kind < 0.3:
        # A scarf or a high collar: under the chin.
        top = rng.uniform(1.8, 2.1)
        return _array([(-1.6, top - 0.2), (0, top), (1.6, top - 0.2), (1.6, 3.2), (-1.6, 3.2)])
    middle = np.asarray([rng.uniform(-0.9, 0.9), rng.uniform(1.0, 1.6)])
    half = np.asarray([rng.uniform(0.12, 0.4), rng.uniform(0.2, 0.5)])
    if kind < 0.5:
        middle[0] = rng.choice([-1, 1]) * rng.uniform(0.8, 1.2)
        half = np.asarray([rng.uniform(0.2, 0.35), rng.uniform(0.5, 0.9)])
    if kind > 0.8:
        half = np.asarray([rng.uniform(0.08, 0.2), 0.8])
        middle[1] += 0.5
    tilt = rng.normal(0, 0.3)
    turn = np.asarray([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    corners = np.asarray([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    return _array(corners @ turn.T + middle)


def _outline(worn: Worn, rng: np.random.Generator) -> NDArray[np.float32]:
    """A closed, rounded outline in (u, v)."""
    (middle, sides, lower) = (rng.uniform(*span) for span in worn.value)
    width, jaw = rng.uniform(0.85, 1.12), rng.uniform(0.45, 0.7)
    upper = [
        (-width, sides),
        (-0.45, (middle + sides) / 2),
        (0, middle),
        (0.45, (middle + sides) / 2),
    ]
    right = [(width, sides), (width * 0.95, (sides + lower) / 2), (jaw, lower - 0.12)]
    left = [(0, lower), (-jaw, lower - 0.12), (-width * 0.95, (sides + lower) / 2)]
    points = _array(upper + right + left)
    for _ in range(2):
        # Chaikin's corner cutting.
        following = np.roll(points, -1, axis=0)
        pairs = np.stack([0.75 * points + 0.25 * following, 0.25 * points + 0.75 * following], 1)
        points = _array(pairs.reshape(-1, 2))
    return points


COLOURS_BGR = (
    (215, 190, 150), (225, 215, 205), (245, 245, 245), (40, 38, 36), (120, 118, 115),
    (170, 140, 80), (150, 120, 200), (60, 60, 160), (90, 60, 40), (130, 160, 120),
)  # fmt: skip
"""Surgical blue, pale, white, black, grey, and cloth."""


def _cloth(
    shape: tuple[int, int], frame: FaceFrame, rng: np.random.Generator
) -> NDArray[np.float32]:
    """A cloth of one colour with folds, stripes, checks or print, (h, w, 3)."""
    base = np.asarray(COLOURS_BGR[rng.integers(len(COLOURS_BGR))]) + rng.normal(0, 12, 3)
    if rng.random() < 0.4:
        base = rng.uniform(10, 250, 3)
    relief = _relief(shape, max(2.0, _length(frame.down)), rng)
    return _array(base * (1 + relief[:, :, None]))


def _relief(shape: tuple[int, int], unit: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Lightness of folds, checks, a print or nothing, (h, w) about 0; unit: face length, pixels."""
    rows, columns = np.indices(shape, np.float32) / unit
    pattern = rng.random()
    if pattern < 0.45:
        return _array(0.07 * np.sin(rows * rng.uniform(9, 20)))
    if pattern < 0.55:
        return _array(0.3 * np.sign(np.sin(columns * 12) * np.sin(rows * 12)))
    if pattern < 0.75:
        coarse = _array(rng.normal(0, 0.3, (6, 6)))
        return _array(cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC))
    return np.zeros(shape, np.float32)


def coarse_light(image: Image) -> NDArray[np.float32]:
    """Lightness of a picture without its details, (h, w) from 0 to 255."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    # A blur over a twentieth of the picture costs 10 ms; these eight cells, 0.1.
    cells = cv2.resize(grey, (8, 8), interpolation=cv2.INTER_AREA)
    size_wh = (image.shape[1], image.shape[0])
    return np.asarray(cv2.resize(cells, size_wh, interpolation=cv2.INTER_LINEAR), np.float32)


def _shade(
    cloth: NDArray[np.float32], image: Image, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Let the light of the face fall on the cloth."""
    light = coarse_light(image)
    strength = rng.uniform(0.3, 0.9)
    relative = (light / max(float(light.mean()), 1.0)) ** strength
    brightness = (float(light.mean()) / 128) ** rng.uniform(0.2, 0.9)
    return np.asarray(cloth * np.clip(relative * brightness, 0.2, 1.8)[:, :, None], np.float32)


def _form(
    shape: tuple[int, int],
    frame: FaceFrame,
    outline: NDArray[np.float32],
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """Lightness of a body that curves away at the sides, with a wire and pleats, (h, w, 1)."""
    axes = np.stack([frame.across, frame.down], axis=1).astype(np.float64)
    inverse = np.linalg.inv(axes)
    y, x = np.indices(shape, np.float32)
    u = inverse[0, 0] * (x - frame.origin[0]) + inverse[0, 1] * (y - frame.origin[1])
    v = inverse[1, 0] * (x - frame.origin[0]) + inverse[1, 1] * (y - frame.origin[1])
    top = float(((outline - frame.origin) @ inverse.T)[:, 1].min())
    curve = 1 - rng.uniform(0.05, 0.4) * np.minimum((u - rng.normal(0, 0.3)) ** 2, 1.5)
    below = np.maximum(v - 1.3, 0)
    light = curve * (1 - rng.uniform(0, 0.4) * below)
    if rng.random() < 0.5:
        # Pleats open towards the middle: dark lines with a light lip.
        phase = (v - top) / rng.uniform(0.22, 0.4) + rng.normal(0, 0.05) * u
        light = light * (1 - rng.uniform(0.05, 0.3) * np.exp(-(((phase % 1) / 0.15) ** 2)))
    if rng.random() < 0.5:
        edge = np.exp(-(((v - top - 0.12 - 0.15 * u * u) / 0.05) ** 2))
        light = light * (1 + rng.uniform(-0.2, 0.25) * edge)
    return _array(np.clip(light, 0.3, 1.5))[:, :, None]


def _skin(image: Image, frame: FaceFrame) -> NDArray[np.float32]:
    """The middle colour of the cheeks, (3,)."""
    cheeks = frame.place(_array([[-0.5, 0.6], [0.5, 0.6], [0, 0.3]])).round().astype(int)
    limits = [image.shape[1] - 1, image.shape[0] - 1]
    columns, rows = np.clip(cheeks, 0, limits).T
    return np.asarray(np.median(image[rows, columns].astype(np.float32), axis=0))


def _length(vector: NDArray[np.float32]) -> float:
    return float(np.linalg.norm(vector))


def _array(rows: ArrayLike) -> NDArray[np.float32]:
    return np.asarray(rows, np.float32)
