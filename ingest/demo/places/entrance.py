"""An entrance hall: glass doors to a bright forecourt, stone floor, a plant."""

import cv2
import numpy as np

from core.types import Image
from ingest.demo.lens import SIZE_WH, Lens
from ingest.demo.places.room import OVERSAMPLING, Box, Canvas, Side, between, tile_shades, tiles
from ingest.demo.shapes import Colour, Paint, Plane, smoothstep, soft_noise

LENS = Lens(focal_px=1000, height_m=2.06, horizon_y=42)
BOX = Box(left=-3.4, right=3.4, height=3.2, depth=5.0)
DOOR_HALF = 0.78
"""The sliding doors stand open this far to each side of the middle, in metres."""
GLASS_HALF = 1.62

_FRAME: Colour = (58, 52, 48)
_WALL: Colour = (196, 204, 210)


def paint_entrance() -> Image:
    canvas = Canvas(LENS, BOX)
    _paint_walls(canvas)
    _paint_outside(canvas)
    _paint_frames(canvas)
    _paint_floor(canvas)
    canvas.corner_shadow(0.35, 0.22)
    _paint_furniture(canvas)
    return canvas.finish(seed=11)


def glass_cover() -> Plane:
    """Cover what stands between the hall and people outside: walls fully, glass a little."""
    canvas = Canvas(LENS, BOX)
    back = canvas.on(Side.BACK).astype(np.float32)
    is_glass = between(np.abs(canvas.x), DOOR_HALF, GLASS_HALF) & between(canvas.y, 0.1, 2.12)
    cover = np.where(is_glass, 0.42, 1.0) * back
    cover[between(np.abs(canvas.x), -1, DOOR_HALF) & (canvas.y < 2.12)] = 0
    for frame_x in (DOOR_HALF, GLASS_HALF):
        cover[(np.abs(np.abs(canvas.x) - frame_x) < 0.035) & canvas.on(Side.BACK)] = 1
    return np.asarray(cv2.resize(cover, SIZE_WH, interpolation=cv2.INTER_AREA), np.float32)


def _paint_walls(canvas: Canvas) -> None:
    for side in (Side.BACK, Side.LEFT, Side.RIGHT, Side.CEILING):
        canvas.colour(canvas.on(side), _WALL)
    back = canvas.on(Side.BACK)
    canvas.colour(back & (np.abs(canvas.x) > GLASS_HALF), (168, 186, 200))
    joints = tiles(canvas.x, canvas.y, (0.6, 1.05), 0.008)
    canvas.light(back * joints, 0.82)
    wood = tile_shades(canvas.x, canvas.y, (0.6, 1.05), 5)
    canvas.light(back & (np.abs(canvas.x) > GLASS_HALF), 1 + 0.035 * wood)
    canvas.light(back & (canvas.y < 0.12), 0.45)


def _paint_outside(canvas: Canvas) -> None:
    """Show a bright, blurred forecourt behind the glass: sky, a building, trees, paving."""
    is_open = canvas.on(Side.BACK) & (np.abs(canvas.x) < GLASS_HALF) & (canvas.y < 2.12)
    outside = np.zeros_like(canvas.paint)
    high = canvas.y[..., None]
    sky = np.array((246, 240, 232), np.float32)
    paving = np.array((196, 204, 208), np.float32)
    outside[:] = np.where(high > 0.52, sky, paving)
    _add_building(canvas, outside)
    _add_trees(canvas, outside)
    soft = cv2.GaussianBlur(outside, (0, 0), 7 * OVERSAMPLING)
    canvas.colour(is_open, np.asarray(np.minimum(soft * 1.04, 250), np.float32))
    is_glass = is_open & (np.abs(canvas.x) > DOOR_HALF)
    streak = smoothstep(-0.2, 0.3, np.sin((canvas.x + 0.55 * canvas.y) * 3.2))
    canvas.colour(is_glass * (0.1 + 0.1 * streak), (238, 236, 226))
    canvas.light(is_glass, 0.93)


def _add_building(canvas: Canvas, outside: Paint) -> None:
    is_building = between(canvas.x, -1.7, 0.35) & between(canvas.y, 0.55, 1.95)
    outside[is_building] = (182, 190, 202)
    window = between(np.mod(canvas.x, 0.34), 0.07, 0.25) & between(np.mod(canvas.y, 0.4), 0.1, 0.3)
    outside[is_building & window] = (150, 146, 138)


def _add_trees(canvas: Canvas, outside: Paint) -> None:
    leaves = soft_noise(np.random.default_rng(4), canvas.x.shape[::-1], (9, 9))
    for x, y, radius in ((0.95, 1.45, 0.52), (1.5, 1.3, 0.5), (-1.35, 1.0, 0.36), (0.5, 1.05, 0.3)):
        far = np.hypot(canvas.x - x, canvas.y - y) + 0.05 * leaves
        outside[far < radius] = (118, 168, 138)
        outside[far < radius * 0.62] = (96, 148, 116)
        trunk = (np.abs(canvas.x - x) < 0.035) & between(canvas.y, 0.5, y)
        outside[trunk] = (96, 108, 120)


def _paint_frames(canvas: Canvas) -> None:
    z = BOX.depth - 0.01
    for x in (-GLASS_HALF, -DOOR_HALF, DOOR_HALF, GLASS_HALF):
        canvas.upright((x - 0.035, x + 0.035), (0, 2.12), z, _FRAME)
    canvas.upright((-GLASS_HALF, GLASS_HALF), (2.1, 2.25), z, _FRAME)
    for side in (-1, 1):
        inner, outer = sorted((side * DOOR_HALF, side * GLASS_HALF))
        canvas.upright((inner, outer), (0.0, 0.1), z, _FRAME)
        canvas.upright((inner, outer), (1.02, 1.05), z, (205, 205, 200))
        handle = side * (DOOR_HALF + 0.1)
        canvas.upright((handle - 0.014, handle + 0.014), (0.85, 1.35), z, (205, 208, 210))


def _paint_floor(canvas: Canvas) -> None:
    """Lay polished stone that mirrors the doors, with a mat before them."""
    floor = canvas.on(Side.FLOOR)
    canvas.colour(floor, (150, 156, 162))
    shades = tile_shades(canvas.x, canvas.z, (0.8, 0.8), 2)
    speckle = soft_noise(np.random.default_rng(3), canvas.x.shape[::-1], (1.4, 0.8))
    canvas.light(floor, 1 + 0.03 * shades + 0.022 * speckle)
    _mirror_doors(canvas)
    canvas.light(floor * tiles(canvas.x, canvas.z, (0.8, 0.8), 0.007), 0.8)
    mat = floor & (np.abs(canvas.x) < 1.15) & between(canvas.z, 4.35, 4.95)
    canvas.colour(mat, (74, 70, 66))
    ribs = 0.5 + 0.5 * np.sin(canvas.x * 150)
    canvas.light(mat, np.asarray(0.9 + 0.2 * ribs, np.float32))


def _mirror_doors(canvas: Canvas) -> None:
    _, base = canvas.pixel(0, 0, BOX.depth)
    row = round(base)
    depth = canvas.paint.shape[0] - row
    mirrored = canvas.paint[row - depth : row][::-1]
    soft = cv2.GaussianBlur(mirrored, (0, 0), 7, sigmaY=26)
    fade = np.linspace(0.42, 0.14, depth, dtype=np.float32)[:, None, None]
    canvas.paint[row:] = canvas.paint[row:] * (1 - fade) + soft * fade


def _paint_furniture(canvas: Canvas) -> None:
    canvas.write("NORTH ENTRANCE", 0, 2.175, BOX.depth - 0.02, 0.085, (225, 228, 230))
    _paint_plant(canvas, 2.06, 4.6)
    _paint_stand(canvas, -1.95, 4.6)


def _paint_plant(canvas: Canvas, x: float, z: float) -> None:
    rng = np.random.default_rng(8)
    for _ in range(70):
        angle, reach = rng.uniform(-1.25, 1.25), rng.uniform(0.25, 0.72)
        tip = (x + reach * float(np.sin(angle)) * 0.75, 0.5 + reach * float(np.cos(angle)) + 0.25)
        bend = ((x + tip[0]) / 2 + 0.03, (0.5 + tip[1]) / 2 + 0.06)
        green = float(rng.uniform(0.6, 1.15))
        corners = [
            (x, 0.5, z),
            (bend[0] - 0.03, bend[1], z),
            (*tip, z),
            (bend[0] + 0.03, bend[1], z),
        ]
        canvas.panel(corners, (62 * green, 122 * green, 78 * green))
    canvas.panel(
        [(x - 0.2, 0.55, z), (x + 0.2, 0.55, z), (x + 0.15, 0, z), (x - 0.15, 0, z)],
        (214, 216, 216),
    )
    canvas.panel(
        [(x + 0.07, 0.55, z), (x + 0.2, 0.55, z), (x + 0.15, 0, z), (x + 0.05, 0, z)],
        (184, 186, 188),
    )


def _paint_stand(canvas: Canvas, x: float, z: float) -> None:
    """Put up a hand sanitiser: foot, pole, dispenser, a sign."""
    canvas.upright((x - 0.16, x + 0.16), (0.0, 0.03), z, (120, 118, 116))
    canvas.upright((x - 0.02, x + 0.02), (0.03, 1.2), z, (176, 176, 174))
    canvas.upright((x - 0.07, x + 0.07), (0.88, 1.12), z, (232, 232, 230))
    canvas.upright((x - 0.05, x + 0.05), (0.92, 1.02), z, (196, 168, 120))
    canvas.upright((x - 0.15, x + 0.15), (1.2, 1.6), z, (172, 122, 40))
    canvas.upright((x - 0.1, x + 0.1), (1.44, 1.46), z, (240, 240, 240))
    canvas.upright((x - 0.1, x + 0.05), (1.37, 1.39), z, (240, 240, 240))
