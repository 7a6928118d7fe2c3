"""Paint a box-shaped room as a lens sees it: find the wall behind each pixel, colour it.

Everything is painted at twice the picture's size and shrunk at the end, which
smooths the edges.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PilImage
from PIL import ImageDraw, ImageFont

from core.types import Image
from ingest.demo.lens import SIZE_WH, Lens
from ingest.demo.shapes import Colour, Paint, Plane, soft_noise

Spot: TypeAlias = NDArray[np.bool_]
"""(2h, 2w) bool; the pixels of the picture at its double size that are meant."""
OVERSAMPLING = 2


class Side(IntEnum):
    FLOOR = 0
    CEILING = 1
    LEFT = 2
    RIGHT = 3
    BACK = 4


@dataclass(frozen=True, slots=True)
class Box:
    """A room's inner measures in metres; the camera stands at x = 0, z = 0."""

    left: float
    right: float
    height: float
    depth: float


class Canvas:
    """A room being painted.

    paint: (2h, 2w, 3) float32 BGR; side: (2h, 2w) of Side; x, y, z: (2h, 2w)
    metres, the point of the room that each pixel shows.
    """

    def __init__(self, lens: Lens, box: Box) -> None:
        self.lens = lens
        self.box = box
        self.side, self.x, self.y, self.z = _cast(lens, box)
        self.paint: Paint = np.zeros((*self.side.shape, 3), np.float32)

    def on(self, side: Side) -> Spot:
        return np.asarray(self.side == side)

    def colour(self, where: Spot | Plane, colour: Colour | Paint) -> None:
        """Put a colour where the cover says; a cover may be soft."""
        rows = np.flatnonzero(where.any(axis=1))
        if not len(rows):
            return
        band = slice(rows[0], rows[-1] + 1)
        paint = np.broadcast_to(np.asarray(colour, np.float32), self.paint.shape)[band]
        if where.dtype == np.bool_:
            self.paint[band][where[band]] = paint[where[band]]
        else:
            cover = np.asarray(where[band], np.float32)[..., None]
            self.paint[band] += (paint - self.paint[band]) * cover

    def light(self, where: Spot | Plane, factor: Plane | float) -> None:
        """Multiply by a factor where the cover says."""
        cover = np.asarray(where, np.float32)
        self.paint *= (1 + (np.asarray(factor, np.float32) - 1) * cover)[..., None]

    def panel(self, corners: Sequence[tuple[float, float, float]], colour: Colour) -> None:
        """Paint a flat polygon, its corners in metres, over what is there."""
        points = [self.pixel(*corner) for corner in corners]
        fixed = np.round(np.array(points) * 16).astype(np.int32)[:, None]
        cv2.fillPoly(self.paint, [fixed], colour, cv2.LINE_AA, shift=4)

    def upright(self, x: tuple[float, float], y: tuple[float, float], z: float, c: Colour) -> None:
        """Paint a rectangle that faces the camera."""
        self.panel([(x[0], y[0], z), (x[1], y[0], z), (x[1], y[1], z), (x[0], y[1], z)], c)

    def block(
        self, x: tuple[float, float], y: tuple[float, float], z: tuple[float, float], c: Colour
    ) -> None:
        """Paint a box: its top light, its visible side dark, its front plain."""
        near, far = z
        inner = x[1] if x[1] < 0 else x[0]
        if x[0] > 0 or x[1] < 0:
            side = [
                (inner, y[0], near),
                (inner, y[0], far),
                (inner, y[1], far),
                (inner, y[1], near),
            ]
            self.panel(side, _times(c, 0.72))
        if y[1] < self.lens.height_m:
            top = [(x[0], y[1], near), (x[1], y[1], near), (x[1], y[1], far), (x[0], y[1], far)]
            self.panel(top, _times(c, 1.18))
        self.upright(x, y, near, c)

    def write(self, text: str, x: float, y: float, z: float, height_m: float, c: Colour) -> None:
        """Write text, centred on a point, facing the camera."""
        px, py = self.pixel(x, y, z)
        size = max(8, round(height_m * self.lens.scale_at(z) * OVERSAMPLING))
        self.paint[:] = _written(self.paint, text, (px, py), size, c)

    def pixel(self, x: float, y: float, z: float) -> tuple[float, float]:
        px, py = self.lens.project(x, y, z)
        return px * OVERSAMPLING, py * OVERSAMPLING

    def corner_shadow(self, reach_m: float, strength: float) -> None:
        """Darken towards the edges where walls, floor and ceiling meet."""
        box = self.box
        gaps = [
            np.where(self.on(Side.FLOOR), 9, self.y),
            np.where(self.on(Side.CEILING), 9, box.height - self.y),
            np.where(self.on(Side.LEFT), 9, self.x - box.left),
            np.where(self.on(Side.RIGHT), 9, box.right - self.x),
            np.where(self.on(Side.BACK), 9, box.depth - self.z),
        ]
        shade = np.ones_like(self.x)
        for gap in gaps:
            shade *= 1 - strength * np.exp(-np.maximum(gap, 0) / reach_m)
        self.paint *= shade[..., None]

    def finish(self, seed: int, blur: float = 0.0) -> Image:
        """Shrink, add a slight vignette and unevenness: (540, 960, 3) uint8."""
        small = cv2.resize(self.paint, SIZE_WH, interpolation=cv2.INTER_AREA)
        if blur > 0:
            small = cv2.GaussianBlur(small, (0, 0), blur)
        uneven = 1 + 0.012 * soft_noise(np.random.default_rng(seed), SIZE_WH, (40, 40))
        small *= (_vignette() * uneven)[..., None]
        return np.asarray(np.clip(small + 0.5, 0, 255), np.uint8)


def tiles(u: Plane, v: Plane, size: tuple[float, float], joint: Plane | float) -> Plane:
    """Cover the joints of a tiled surface; u, v, size and the joint's width in metres."""
    lines = np.zeros_like(u)
    for values, period in ((u, size[0]), (v, size[1])):
        away = np.abs(np.mod(values + period / 2, period) - period / 2)
        lines = np.maximum(lines, np.clip(1.5 - away / joint, 0, 1))
    return lines


def tile_shades(u: Plane, v: Plane, size: tuple[float, float], seed: int) -> Plane:
    """Give each tile a value in [-1, 1] of its own."""
    column = np.floor(u / size[0]).astype(np.int64)
    row = np.floor(v / size[1]).astype(np.int64)
    mixed = (column * 73_856_093 ^ row * 19_349_663 ^ seed * 83_492_791) % 1009
    return np.asarray(mixed / 504.5 - 1, np.float32)


def between(values: Plane, low: float, high: float) -> Spot:
    return np.asarray((values >= low) & (values < high))


def _cast(lens: Lens, box: Box) -> tuple[NDArray[np.int8], Plane, Plane, Plane]:
    """Follow each pixel's ray to the first side of the box."""
    width, height = SIZE_WH[0] * OVERSAMPLING, SIZE_WH[1] * OVERSAMPLING
    px = np.asarray((np.arange(width) + 0.5) / OVERSAMPLING, np.float32)
    py = np.asarray((np.arange(height) + 0.5) / OVERSAMPLING, np.float32)
    right: Plane = np.broadcast_to((px - SIZE_WH[0] / 2)[None] / lens.focal_px, (height, width))
    up = np.broadcast_to((lens.horizon_y - py)[:, None] / lens.focal_px, (height, width))
    reaches = np.stack(
        [
            _reach(-lens.height_m, up, up < 0),
            _reach(box.height - lens.height_m, up, up > 0),
            _reach(box.left, right, right < 0),
            _reach(box.right, right, right > 0),
            np.full((height, width), box.depth, np.float32),
        ]
    )
    side = reaches.argmin(axis=0).astype(np.int8)
    z = reaches.min(axis=0)
    return side, right * z, lens.height_m + up * z, z


def _reach(distance: float, slope: Plane, is_ahead: Spot) -> Plane:
    safe = np.where(is_ahead, slope, 1)
    return np.asarray(np.where(is_ahead, distance / safe, np.inf), np.float32)


def _written(paint: Paint, text: str, at: tuple[float, float], size: int, colour: Colour) -> Paint:
    picture = PilImage.fromarray(np.clip(paint[..., ::-1], 0, 255).astype(np.uint8))
    ink = (round(colour[2]), round(colour[1]), round(colour[0]))
    font = ImageFont.load_default(size)
    ImageDraw.Draw(picture).text(at, text, fill=ink, font=font, anchor="mm")
    return np.asarray(picture, np.float32)[..., ::-1]


def _vignette() -> Plane:
    x = np.linspace(-1, 1, SIZE_WH[0], dtype=np.float32)[None]
    y = np.linspace(-1, 1, SIZE_WH[1], dtype=np.float32)[:, None]
    return np.asarray(1.03 - 0.13 * (x * x + y * y), np.float32)


def _times(colour: Colour, factor: float) -> Colour:
    blue, green, red = (min(255.0, channel * factor) for channel in colour)
    return blue, green, red
