"""A station platform: a waiting train on the right, tiled wall on the left."""

import numpy as np

from core.types import Image
from ingest.demo.lens import Lens
from ingest.demo.places.room import Box, Canvas, Side, Spot, between, tile_shades, tiles
from ingest.demo.shapes import Colour, smoothstep, soft_noise

LENS = Lens(focal_px=1000, height_m=2.02, horizon_y=62)
BOX = Box(left=-2.5, right=2.55, height=3.3, depth=34.0)

_TILE: Colour = (206, 208, 200)
_TRAIN: Colour = (206, 208, 208)
_STRIPE: Colour = (138, 86, 30)


def paint_platform() -> Image:
    canvas = Canvas(LENS, BOX)
    _paint_wall(canvas)
    _paint_train(canvas)
    _paint_ceiling(canvas)
    _paint_floor(canvas)
    _paint_end(canvas)
    canvas.corner_shadow(0.4, 0.3)
    _add_haze(canvas)
    _paint_bench(canvas)
    _paint_sign(canvas)
    return canvas.finish(seed=41)


def _paint_wall(canvas: Canvas) -> None:
    """Tile the wall, with a coloured band and framed posters."""
    wall = canvas.on(Side.LEFT)
    canvas.colour(wall, _TILE)
    shades = tile_shades(canvas.z, canvas.y, (0.3, 0.15), 7)
    canvas.light(wall, 1 + 0.03 * shades)
    canvas.light(wall * tiles(canvas.z, canvas.y, (0.3, 0.15), 0.008), 0.88)
    canvas.colour(wall & between(canvas.y, 2.25, 2.55), _STRIPE)
    canvas.colour(wall & (canvas.y < 0.2), (108, 104, 100))
    posters: tuple[tuple[float, Colour, Colour], ...] = (
        (5.6, (70, 150, 226), (236, 240, 244)), (8.2, (150, 160, 74), (60, 70, 190)),
        (12.0, (190, 120, 110), (240, 236, 230)), (17.0, (90, 170, 210), (80, 60, 60)),
    )  # fmt: skip
    for z, colour, second in posters:
        _paint_poster(canvas, wall, z, colour, second)


def _paint_poster(canvas: Canvas, wall: Spot, z: float, colour: Colour, second: Colour) -> None:
    frame = wall & between(canvas.z, z, z + 1.3) & between(canvas.y, 0.75, 2.1)
    canvas.colour(frame, (70, 66, 62))
    sheet = wall & between(canvas.z, z + 0.06, z + 1.24) & between(canvas.y, 0.8, 2.05)
    canvas.colour(sheet, colour)
    sun = np.hypot(canvas.z - z - 0.65, canvas.y - 1.55) < 0.28
    canvas.colour(sheet & sun, second)
    hills = canvas.y < 1.05 + 0.12 * np.sin((canvas.z - z) * 5)
    canvas.colour(sheet & hills, (colour[0] * 0.6, colour[1] * 0.6, colour[2] * 0.6))


def _paint_train(canvas: Canvas) -> None:
    """Stand a train along the right: stripe, windows, doors, lit from inside."""
    side = canvas.on(Side.RIGHT)
    canvas.colour(side, _TRAIN)
    canvas.light(side, 0.9 + 0.14 * np.sin(np.clip(canvas.y, 0, 3) * 1.1))
    canvas.colour(side & (canvas.y > 2.85), (120, 118, 116))
    canvas.colour(side & between(canvas.y, 0.55, 0.8), _STRIPE)
    canvas.colour(side & (canvas.y < 0.12), (46, 44, 44))
    along = np.mod(canvas.z - 0.4, 4.6)
    window = side & between(canvas.y, 1.05, 2.0) & (
        between(along, 1.75, 2.95) | between(along, 3.1, 4.4)
    )  # fmt: skip
    _glaze(canvas, window)
    door = side & between(along, 0.1, 1.45) & between(canvas.y, 0.1, 2.35)
    canvas.colour(door, (74, 164, 214))
    canvas.colour(door & (np.abs(along - 0.78) < 0.02), (50, 48, 48))
    _glaze(canvas, door & between(canvas.y, 1.0, 2.1) & (
        between(along, 0.24, 0.66) | between(along, 0.9, 1.32)
    ))  # fmt: skip


def _glaze(canvas: Canvas, pane: Spot) -> None:
    """Fill a pane with a warm inside and a sloping reflection."""
    glow = 0.6 + 0.4 * smoothstep(1.0, 2.0, canvas.y)
    inside = glow[..., None] * np.asarray((150, 172, 182), np.float32)
    canvas.colour(pane, np.asarray(inside, np.float32))
    streak = smoothstep(0.2, 0.9, np.sin((canvas.z * 0.9 + canvas.y) * 3))
    canvas.colour(np.asarray(pane, np.float32) * 0.28 * streak, (236, 232, 224))


def _paint_ceiling(canvas: Canvas) -> None:
    ceiling = canvas.on(Side.CEILING)
    canvas.colour(ceiling, (130, 132, 134))
    canvas.light(ceiling & (np.mod(canvas.z, 2.5) < 0.25), 0.75)
    for x in (-1.1, 1.0):
        canvas.colour(ceiling & (np.abs(canvas.x - x) < 0.09), (252, 252, 248))


def _paint_floor(canvas: Canvas) -> None:
    """Pave the platform; a knobbled yellow strip and a white line keep people back."""
    floor = canvas.on(Side.FLOOR)
    canvas.colour(floor, (142, 148, 152))
    shades = tile_shades(canvas.x + 7, canvas.z, (0.6, 0.6), 3)
    speckle = soft_noise(np.random.default_rng(2), canvas.x.shape[::-1], (1.3, 0.8))
    canvas.light(floor, 1 + 0.035 * shades + 0.028 * speckle)
    canvas.light(floor * tiles(canvas.x, canvas.z, (0.6, 0.6), 0.008), 0.84)
    for x in (-1.1, 1.0):
        gleam = np.exp(-(((canvas.x - x * 0.9) / 0.35) ** 2)) * 0.2
        canvas.colour(floor * gleam, (236, 238, 236))
    strip = floor & between(canvas.x, 1.45, 1.85)
    canvas.colour(strip, (66, 176, 214))
    knobs = np.hypot(np.mod(canvas.x, 0.067) - 0.033, np.mod(canvas.z, 0.067) - 0.033) < 0.02
    canvas.light(strip & knobs, 1.12)
    canvas.colour(floor & between(canvas.x, 1.95, 2.03), (232, 234, 234))
    canvas.colour(floor & (canvas.x > 2.38), (48, 46, 46))


def _paint_end(canvas: Canvas) -> None:
    back = canvas.on(Side.BACK)
    canvas.colour(back, (226, 222, 214))


def _add_haze(canvas: Canvas) -> None:
    """Let daylight from the open end wash over what is far away."""
    canvas.colour(0.55 * smoothstep(6, 34, canvas.z), (232, 228, 220))


def _paint_bench(canvas: Canvas) -> None:
    for z in (6.6, 10.4):
        canvas.block((-2.4, -1.9), (0.40, 0.46), (z, z + 1.5), (88, 118, 148))
        canvas.upright((-2.34, -2.3), (0, 0.4), z, (84, 82, 80))
        canvas.upright((-2.0, -1.96), (0, 0.4), z, (84, 82, 80))


def _paint_sign(canvas: Canvas) -> None:
    """Hang the platform's number and a departure board under the ceiling."""
    z = 9.0
    canvas.upright((-1.62, -0.98), (2.06, 2.52), z, _STRIPE)
    canvas.write("2", -1.3, 2.29, z, 0.42, (246, 246, 244))
    canvas.upright((-0.5, 1.0), (2.12, 2.53), z, (38, 34, 32))
    canvas.write("10:42  Harbour", 0.25, 2.42, z, 0.14, (110, 214, 250))
    canvas.write("10:49  City", 0.16, 2.23, z, 0.14, (110, 214, 250))
    for x in (-1.55, -1.05, -0.4, 0.9):
        canvas.upright((x - 0.012, x + 0.012), (2.52, 3.3), z, (70, 68, 66))
