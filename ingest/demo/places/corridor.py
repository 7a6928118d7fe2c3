"""An office corridor: doors on both sides, a window at its end, a turning on the left."""

import cv2
import numpy as np

from core.types import Image
from ingest.demo.lens import SIZE_WH, Lens
from ingest.demo.places.room import Box, Canvas, Side, Spot, between, tile_shades, tiles
from ingest.demo.shapes import Colour, Plane, smoothstep, soft_noise

LENS = Lens(focal_px=1000, height_m=1.98, horizon_y=84)
BOX = Box(left=-1.55, right=1.55, height=2.75, depth=15.0)
TURNING_Z = (3.45, 4.9)
"""The wall on the left is open over this distance, in metres."""

_WALL: Colour = (206, 212, 214)
_DADO: Colour = (168, 150, 124)
_DOOR: Colour = (112, 146, 178)


def paint_corridor() -> Image:
    canvas = Canvas(LENS, BOX)
    _paint_walls(canvas)
    _paint_ceiling(canvas)
    _paint_end(canvas)
    _paint_floor(canvas)
    canvas.corner_shadow(0.28, 0.26)
    _paint_turning(canvas)
    _light(canvas)
    _paint_sign(canvas)
    return canvas.finish(seed=21)


def near_wall_cover() -> Plane:
    """Cover the left wall on this side of the turning; it hides who waits round the corner."""
    canvas = Canvas(LENS, BOX)
    cover = (canvas.on(Side.LEFT) & (canvas.z < TURNING_Z[0])).astype(np.float32)
    cover = np.maximum(cover, (canvas.on(Side.LEFT) & (canvas.z > TURNING_Z[1])))
    cover = np.maximum(cover, canvas.on(Side.BACK))
    return np.asarray(cv2.resize(cover, SIZE_WH, interpolation=cv2.INTER_AREA), np.float32)


def _paint_walls(canvas: Canvas) -> None:
    walls = canvas.on(Side.LEFT) | canvas.on(Side.RIGHT)
    canvas.colour(walls, _WALL)
    canvas.colour(walls & (canvas.y < 0.95), _DADO)
    canvas.colour(walls & between(canvas.y, 0.95, 1.0), (222, 224, 222))
    grain = soft_noise(np.random.default_rng(6), canvas.x.shape[::-1], (5, 5))
    canvas.light(walls, 1 + 0.008 * grain)
    canvas.colour(walls & (canvas.y < 0.1), (92, 88, 84))
    for wall, starts in ((Side.RIGHT, (3.0, 5.4, 8.4, 11.4)), (Side.LEFT, (6.2, 9.4, 12.4))):
        for z in starts:
            _paint_door(canvas, canvas.on(wall), z)
    board = canvas.on(Side.RIGHT) & between(canvas.z, 4.25, 5.1) & between(canvas.y, 1.2, 1.85)
    canvas.colour(board, (110, 150, 178))
    for z, y, colour in ((4.35, 1.5, (240, 240, 236)), (4.6, 1.45, (150, 214, 238)),
                         (4.82, 1.55, (226, 206, 170)), (4.6, 1.25, (238, 238, 234))):  # fmt: skip
        canvas.colour(
            board & between(canvas.z, z, z + 0.17) & between(canvas.y, y, y + 0.22), colour
        )


def _paint_door(canvas: Canvas, wall: Spot, z: float) -> None:
    """Set a wooden door with its frame, a glass strip, a handle and a plate."""
    canvas.colour(wall & between(canvas.z, z - 0.09, z + 1.04) & (canvas.y < 2.14), (214, 216, 214))
    leaf = wall & between(canvas.z, z, z + 0.95) & (canvas.y < 2.05)
    canvas.colour(leaf, _DOOR)
    canvas.light(leaf, 1 + 0.05 * np.sin(canvas.z * 60 + 2 * np.sin(canvas.y * 4)))
    glass = leaf & between(canvas.z, z + 0.66, z + 0.82) & between(canvas.y, 0.9, 1.85)
    canvas.colour(glass, (214, 210, 196))
    handle = leaf & between(canvas.z, z + 0.04, z + 0.2) & between(canvas.y, 1.0, 1.035)
    canvas.colour(handle, (226, 226, 226))
    plate = wall & between(canvas.z, z + 1.1, z + 1.35) & between(canvas.y, 1.5, 1.64)
    canvas.colour(plate, (150, 110, 60))


def _paint_ceiling(canvas: Canvas) -> None:
    ceiling = canvas.on(Side.CEILING)
    canvas.colour(ceiling, (206, 210, 210))
    canvas.light(ceiling * tiles(canvas.x, canvas.z, (0.62, 0.62), 0.012), 0.86)
    lamp = ceiling & (np.abs(canvas.x) < 0.31) & (np.mod(canvas.z, 2.48) < 1.24)
    canvas.colour(lamp, (252, 254, 254))


def _paint_end(canvas: Canvas) -> None:
    """Close the corridor with a glazed double door before a bright window."""
    back = canvas.on(Side.BACK)
    canvas.colour(back, (198, 204, 206))
    pane = back & (np.abs(canvas.x) < 1.1) & between(canvas.y, 0.1, 2.3)
    canvas.colour(pane, (250, 246, 238))
    green = smoothstep(1.5, 0.6, canvas.y)
    canvas.colour(pane * green * 0.5, (150, 190, 164))
    for x in (-1.1, -0.04, 0.04, 1.1):
        canvas.colour(back & (np.abs(canvas.x - x) < 0.035) & (canvas.y < 2.34), (84, 76, 70))
    canvas.colour(back & (np.abs(canvas.x) < 1.13) & between(canvas.y, 2.28, 2.36), (84, 76, 70))
    canvas.colour(back & (np.abs(canvas.x) < 1.13) & between(canvas.y, 0.98, 1.04), (84, 76, 70))


def _paint_floor(canvas: Canvas) -> None:
    """Lay linoleum with a border; it mirrors lamps and window as long soft streaks."""
    floor = canvas.on(Side.FLOOR)
    canvas.colour(floor, (148, 156, 158))
    speckle = soft_noise(np.random.default_rng(3), canvas.x.shape[::-1], (1.2, 0.7))
    shades = tile_shades(canvas.x + 9, canvas.z, (0.62, 0.62), 4)
    canvas.light(floor, 1 + 0.025 * speckle + 0.02 * shades)
    canvas.colour(floor & (np.abs(canvas.x) > 1.25), (116, 122, 126))
    canvas.light(floor * tiles(canvas.x, canvas.z, (0.62, 0.62), 0.006), 0.9)
    lamp = np.exp(-((canvas.x / 0.4) ** 2)) * (0.62 + 0.38 * np.sin(canvas.z * 2 * np.pi / 2.48))
    window = np.exp(-((canvas.x / 0.9) ** 2)) * smoothstep(3, 15, canvas.z)
    canvas.colour(floor * np.clip(0.2 * lamp + 0.5 * window, 0, 0.75), (238, 238, 234))


def _paint_turning(canvas: Canvas) -> None:
    """Open the left wall: the far side of the turning, its floor and a picture on it."""
    left = canvas.on(Side.LEFT)
    opening = left & between(canvas.z, *TURNING_Z)
    share = (canvas.z - TURNING_Z[0]) / (TURNING_Z[1] - TURNING_Z[0])
    shade = 0.8 + 0.14 * share
    canvas.colour(opening, np.asarray(shade[..., None] * np.asarray(_WALL), np.float32))
    far = TURNING_Z[1]
    inside = [
        (BOX.left, 0.0, far),
        (BOX.left - 0.42, 0.0, far),
        (BOX.left - 0.02, 0.0, TURNING_Z[0]),
    ]
    canvas.panel(inside, (128, 134, 136))
    for z in TURNING_Z:
        canvas.colour(left & (np.abs(canvas.z - z) < 0.035), (224, 226, 224))


def _light(canvas: Canvas) -> None:
    """Let light fall off from the lamps and from the window at the end."""
    waves = 0.97 + 0.035 * np.cos((canvas.z - 0.62) * 2 * np.pi / 2.48)
    canvas.light(~canvas.on(Side.CEILING), np.asarray(waves, np.float32))
    is_right = canvas.on(Side.RIGHT)
    canvas.light(is_right, 0.95)
    glow = 0.18 * smoothstep(7, 15, canvas.z)
    canvas.colour(glow, (246, 244, 238))


def _paint_sign(canvas: Canvas) -> None:
    """Hang an exit sign from the ceiling."""
    canvas.upright((-0.34, 0.34), (2.4, 2.6), 9.0, (84, 142, 30))
    canvas.write("EXIT", 0, 2.5, 9.0, 0.17, (246, 250, 246))
