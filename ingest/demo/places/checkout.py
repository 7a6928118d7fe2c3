"""A shop seen from behind its checkout: shelves of goods, a counter in front."""

import cv2
import numpy as np

from core.types import Image
from ingest.demo.lens import SIZE_WH, Lens
from ingest.demo.places.room import Box, Canvas, Side
from ingest.demo.shapes import Colour, Plane, smoothstep, soft_noise

LENS = Lens(focal_px=1500, height_m=1.85, horizon_y=42)
BOX = Box(left=-3.2, right=3.2, height=2.9, depth=5.1)
COUNTER_Z = 1.75
COUNTER_TOP_M = 1.235
COUNTER_DEEP_M = 0.28

_GOODS: tuple[Colour, ...] = (
    (62, 74, 186), (54, 132, 214), (70, 178, 226), (92, 156, 84), (176, 140, 64), (150, 92, 58),
    (226, 226, 222), (132, 84, 140), (92, 178, 190), (60, 60, 130), (196, 196, 120),
)  # fmt: skip


def paint_checkout() -> Image:
    canvas = Canvas(LENS, BOX)
    for side in (Side.BACK, Side.LEFT, Side.RIGHT, Side.CEILING):
        canvas.colour(canvas.on(side), (196, 206, 212))
    canvas.colour(canvas.on(Side.FLOOR), (150, 160, 168))
    _paint_shelves(canvas)
    _paint_header(canvas)
    canvas.paint = np.asarray(cv2.GaussianBlur(canvas.paint, (0, 0), 2.6), np.float32)
    _paint_counter(canvas)
    return canvas.finish(seed=31)


def counter_cover() -> Plane:
    """Cover the counter with what stands on it; it hides everybody's lower half."""
    empty = Canvas(LENS, BOX)
    _paint_counter(empty)
    cover = (empty.paint.sum(axis=2) > 0).astype(np.float32)
    return np.asarray(cv2.resize(cover, SIZE_WH, interpolation=cv2.INTER_AREA), np.float32)


def _paint_shelves(canvas: Canvas) -> None:
    """Stand five bays of shelves against the back wall, full of boxes, tins and bottles."""
    z = BOX.depth - 0.02
    rng = np.random.default_rng(5)
    for bay in range(-3, 3):
        left = bay * 0.92 + 0.04
        canvas.upright((left, left + 0.88), (0, 1.85), z, (150, 158, 162))
        for shelf in range(5):
            _fill_shelf(canvas, rng, left + 0.02, 0.28 + shelf * 0.31, z)
        canvas.upright((left - 0.03, left + 0.01), (0, 1.85), z, (118, 122, 126))
    back = canvas.on(Side.BACK)
    canvas.light(back, 0.8 + 0.26 * smoothstep(0.2, 2.0, canvas.y))


def _fill_shelf(
    canvas: Canvas, rng: np.random.Generator, left: float, base: float, z: float
) -> None:
    """Put rows of the same article side by side, the board's price strip below."""
    canvas.upright((left - 0.02, left + 0.86), (base - 0.02, base + 0.29), z, (112, 118, 122))
    x, end = left, left + 0.83
    while x < end - 0.05:
        wide = float(rng.uniform(0.055, 0.12))
        high = float(rng.uniform(0.14, 0.25))
        colour = _GOODS[int(rng.integers(len(_GOODS)))]
        for _ in range(int(rng.integers(2, 5))):
            if x + wide > end:
                break
            _paint_article(canvas, x, base, (wide, high), z, colour)
            x += wide + 0.006
        x += 0.012
    canvas.upright((left - 0.02, left + 0.86), (base - 0.045, base), z, (226, 228, 230))
    for tag in np.arange(left + 0.06, end, 0.19):
        canvas.upright((tag, tag + 0.07), (base - 0.038, base - 0.006), z, (120, 216, 246))


def _paint_article(
    canvas: Canvas, x: float, y: float, size: tuple[float, float], z: float, colour: Colour
) -> None:
    wide, high = size
    blue, green, red = colour
    dark = (blue * 0.62, green * 0.62, red * 0.62)
    canvas.upright((x, x + wide), (y, y + high), z, colour)
    canvas.upright((x + wide * 0.82, x + wide), (y, y + high), z, dark)
    canvas.upright((x + wide * 0.12, x + wide * 0.7), (y + high * 0.35, y + high * 0.68), z,
                   (232, 234, 234))  # fmt: skip


def _paint_header(canvas: Canvas) -> None:
    z = BOX.depth - 0.03
    canvas.upright((-3.2, 3.2), (1.86, 2.2), z, (98, 124, 58))
    canvas.write("FRESH  ·  DAILY  ·  LOCAL", 0, 1.925, z, 0.075, (236, 244, 240))
    canvas.upright((-3.2, 3.2), (1.85, 1.862), z, (190, 236, 246))


def _paint_counter(canvas: Canvas) -> None:
    """Build the counter across the foreground, with a card reader and a screen."""
    z = COUNTER_Z
    far = z + COUNTER_DEEP_M
    top = [(-2.0, COUNTER_TOP_M, z), (2.0, COUNTER_TOP_M, z),
           (2.0, COUNTER_TOP_M, far), (-2.0, COUNTER_TOP_M, far)]  # fmt: skip
    canvas.panel(top, (150, 178, 200))
    grain = soft_noise(np.random.default_rng(9), canvas.x.shape[::-1], (60, 1.6))
    _, row = canvas.pixel(0, COUNTER_TOP_M, far)
    wood = np.arange(canvas.paint.shape[0])[:, None] >= row
    canvas.light(wood & (canvas.paint.sum(axis=2) > 0), 1 + 0.022 * grain)
    edge = [(-2.0, COUNTER_TOP_M, far), (2.0, COUNTER_TOP_M, far),
            (2.0, COUNTER_TOP_M, far - 0.012), (-2.0, COUNTER_TOP_M, far - 0.012)]  # fmt: skip
    canvas.panel(edge, (196, 216, 230))
    _paint_card_reader(canvas, 0.27, far - 0.08)
    _paint_till(canvas, -0.44, far - 0.06)


def _paint_card_reader(canvas: Canvas, x: float, z: float) -> None:
    base = COUNTER_TOP_M
    canvas.panel([(x - 0.05, base, z), (x + 0.05, base, z), (x + 0.045, base + 0.1, z + 0.03),
                  (x - 0.045, base + 0.1, z + 0.03)], (46, 42, 40))  # fmt: skip
    canvas.upright((x - 0.035, x + 0.035), (base + 0.055, base + 0.09), z, (206, 190, 150))
    for column in (-0.026, -0.006, 0.014):
        for row in (0.01, 0.024, 0.038):
            canvas.upright((x + column, x + column + 0.013), (base + row, base + row + 0.009), z,
                           (150, 150, 150))  # fmt: skip


def _paint_till(canvas: Canvas, x: float, z: float) -> None:
    """Stand a till's screen with its back to the customers."""
    base = COUNTER_TOP_M
    canvas.upright((x - 0.03, x + 0.03), (base, base + 0.07), z, (70, 66, 62))
    canvas.upright((x - 0.15, x + 0.15), (base + 0.05, base + 0.25), z, (52, 48, 46))
    canvas.upright((x - 0.138, x + 0.138), (base + 0.062, base + 0.238), z, (222, 204, 176))
    for line, wide in ((0.2, 0.2), (0.17, 0.14), (0.14, 0.17)):
        canvas.upright((x - 0.12, x - 0.12 + wide), (base + line, base + line + 0.012), z,
                       (150, 120, 90))  # fmt: skip
    canvas.upright((x - 0.12, x + 0.12), (base + 0.08, base + 0.11), z, (112, 170, 84))
