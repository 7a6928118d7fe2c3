"""Paint face masks onto a head, worn, pulled below the nose, or on the chin.

A mask is the cloth between two curves, its upper and its lower edge, both given
by the height over each x. Pulling it moves both curves down.
"""

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from core.types import Label
from ingest.demo.portraits import Landmarks, Point
from ingest.demo.shapes import Colour, Layer, Paint, Plane, grid, smoothstep, stroke

WORN, BELOW_NOSE, ON_CHIN, OFF = 0.0, 1.0, 2.0, 3.0
"""How far a mask is pulled; anything between is a mask on its way."""


class MaskKind(StrEnum):
    SURGICAL = "surgical"
    RESPIRATOR = "respirator"
    CLOTH = "cloth"
    DOTTED = "dotted"
    CHECKED = "checked"


@dataclass(frozen=True, slots=True)
class MaskLook:
    """One person's mask. colour, second_colour: BGR; the second is the pattern's."""

    kind: MaskKind
    colour: Colour
    second_colour: Colour = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The cloth on the canvas.

    cover: (h, w); across: -1 at the left edge to 1 at the right, (1, w); down: 0
    at the upper edge to 1 at the lower, (h, w); corners: upper left, lower left,
    upper right, lower right.
    """

    cover: Plane
    across: Plane
    down: Plane
    corners: tuple[Point, Point, Point, Point]


def label_of(pull: float) -> Label:
    """Name what a person with a mask pulled this far wears."""
    if pull < (WORN + BELOW_NOSE) / 2:
        return Label.MASK
    return Label.INCORRECT_MASK if pull < (ON_CHIN + OFF) / 2 else Label.NO_MASK


def paint_mask(layer: Layer, landmarks: Landmarks, look: MaskLook, pull: float) -> None:
    """Lay ear loops, the shadow on the skin and the cloth onto a head; none at OFF."""
    fade = np.float32(np.clip(OFF - pull, 0, 1))
    if fade == 0:
        return
    sheet = _lay_out(layer, landmarks, look, pull)
    _lay_loops(layer, landmarks, look, sheet, fade)
    layer.shade(1 - fade * _shadow(sheet.cover))
    layer.lay(sheet.cover * fade, _cloth(layer, landmarks, look, sheet, pull))


def _lay_out(layer: Layer, landmarks: Landmarks, look: MaskLook, pull: float) -> _Sheet:
    height, width = layer.cover.shape
    x, y = grid((width, height))
    upper_points, lower_points = _edges(landmarks, look, pull)
    upper, lower = _curve(upper_points, x), _curve(lower_points, x)
    left, right = upper_points[0][0], upper_points[-1][0]
    inside = smoothstep(left - 1, left + 2, x) * (1 - smoothstep(right - 2, right + 1, x))
    cover = inside * smoothstep(-1.0, 1.0, y - upper) * (1 - smoothstep(-1.0, 1.0, y - lower))
    return _Sheet(
        cover=np.asarray(cover, np.float32),
        across=np.asarray((x - (left + right) / 2) / ((right - left) / 2), np.float32),
        down=np.asarray((y - upper) / np.maximum(lower - upper, 1), np.float32),
        corners=(upper_points[0], lower_points[0], upper_points[-1], lower_points[-1]),
    )


def _edges(landmarks: Landmarks, look: MaskLook, pull: float) -> tuple[list[Point], list[Point]]:
    """Give the upper and the lower edge, mixed between the two nearest positions."""
    positions = [_worn(landmarks, look), _below_nose(landmarks), _on_chin(landmarks)]
    positions.append(_dropped(positions[-1]))
    first = min(int(pull), 2)
    share = pull - first
    before, after = positions[first], positions[first + 1]
    return _mixed(before[0], after[0], share), _mixed(before[1], after[1], share)


def _worn(at: Landmarks, look: MaskLook) -> tuple[list[Point], list[Point]]:
    half = (at.cheek_right[0] - at.cheek_left[0]) / 2
    peak = at.bridge[1] + (8 if look.kind == MaskKind.RESPIRATOR else 2)
    side = at.cheek_left[1] - 2, at.cheek_right[1] - 2
    upper = [
        (at.cheek_left[0] - 2, side[0]),
        (at.nose_tip[0] - half * 0.62, (side[0] + peak) / 2 + 7),
        (at.nose_tip[0] - half * 0.22, peak + 4),
        (at.nose_tip[0], peak),
        (at.nose_tip[0] + half * 0.22, peak + 4),
        (at.nose_tip[0] + half * 0.62, (side[1] + peak) / 2 + 7),
        (at.cheek_right[0] + 2, side[1]),
    ]
    return upper, _lower_edge(at, at.chin[1] + 5, half, 0)


def _below_nose(at: Landmarks) -> tuple[list[Point], list[Point]]:
    half = (at.cheek_right[0] - at.cheek_left[0]) / 2
    lip = at.nose_tip[1] + (at.mouth[1] - at.nose_tip[1]) * 0.64
    side = at.cheek_left[1] + 12, at.cheek_right[1] + 12
    upper = [
        (at.cheek_left[0] - 1, side[0]),
        (at.nose_tip[0] - half * 0.62, (side[0] + lip) / 2 + 1),
        (at.nose_tip[0] - half * 0.22, lip),
        (at.nose_tip[0], lip + 1),
        (at.nose_tip[0] + half * 0.22, lip),
        (at.nose_tip[0] + half * 0.62, (side[1] + lip) / 2 + 1),
        (at.cheek_right[0] + 1, side[1]),
    ]
    return upper, _lower_edge(at, at.chin[1] + 12, half, 8)


def _on_chin(at: Landmarks) -> tuple[list[Point], list[Point]]:
    half = (at.jaw_right[0] - at.jaw_left[0]) / 2
    top = at.mouth[1] + (at.chin[1] - at.mouth[1]) * 0.5
    side = at.jaw_left[1] + 2, at.jaw_right[1] + 2
    upper = [
        (at.jaw_left[0] - 2, side[0]),
        (at.chin[0] - half * 0.62, (side[0] + top) / 2 + 8),
        (at.chin[0] - half * 0.22, top + 1),
        (at.chin[0], top),
        (at.chin[0] + half * 0.22, top + 1),
        (at.chin[0] + half * 0.62, (side[1] + top) / 2 + 8),
        (at.jaw_right[0] + 2, side[1]),
    ]
    return upper, _lower_edge(at, at.chin[1] + 19, half, 16)


def _dropped(
    edges: tuple[list[Point], list[Point]],
) -> tuple[list[Point], list[Point]]:
    upper, lower = edges
    return [(x, y + 60) for x, y in upper], [(x, y + 50) for x, y in lower]


def _lower_edge(at: Landmarks, bottom: float, half: float, slack: float) -> list[Point]:
    """Follow the jaw round below the chin; slack: how far the corners hang lower."""
    middle = at.chin[0]
    left, right = at.jaw_left[1] + slack, at.jaw_right[1] + slack
    return [
        (at.jaw_left[0] - 3, left),
        (middle - half * 0.72, left + (bottom - left) * 0.56),
        (middle - half * 0.36, bottom - 3),
        (middle, bottom),
        (middle + half * 0.36, bottom - 3),
        (middle + half * 0.72, right + (bottom - right) * 0.56),
        (at.jaw_right[0] + 3, right),
    ]


def _mixed(before: list[Point], after: list[Point], share: float) -> list[Point]:
    return [
        (x1 + (x2 - x1) * share, y1 + (y2 - y1) * share)
        for (x1, y1), (x2, y2) in zip(before, after, strict=True)
    ]


def _curve(points: list[Point], x: Plane) -> Plane:
    """Lay a smooth curve through the points: straight pieces, then a narrow blur."""
    xs, ys = zip(*points, strict=True)
    heights = np.interp(x[0], xs, ys).astype(np.float32)[None]
    return np.asarray(cv2.GaussianBlur(heights, (0, 0), 5, borderType=cv2.BORDER_REPLICATE))


def _lay_loops(
    layer: Layer, at: Landmarks, look: MaskLook, sheet: _Sheet, fade: np.float32
) -> None:
    """Draw both loops: from the upper corner round the ear to the lower corner."""
    height, width = layer.cover.shape
    upper_left, lower_left, upper_right, lower_right = sheet.corners
    for upper, lower, ear in (
        (upper_left, lower_left, at.loop_left),
        (upper_right, lower_right, at.loop_right),
    ):
        loop = stroke([(upper[0], upper[1] + 4), ear, ear, lower], (width, height), 2)
        layer.shade(1 - np.float32(0.3) * fade * np.roll(loop, 3, axis=0))
        layer.lay(loop * layer.cover * fade, _loop_colour(look))


def _loop_colour(look: MaskLook) -> Colour:
    if look.kind in (MaskKind.SURGICAL, MaskKind.RESPIRATOR):
        return 222, 224, 224
    blue, green, red = look.colour
    return blue * 0.8, green * 0.8, red * 0.8


def _shadow(cover: Plane) -> Plane:
    """Darken the skin around the cloth, most of all below it."""
    lowered = cv2.GaussianBlur(np.roll(cover, 6, axis=0), (0, 0), 5)
    around = cv2.GaussianBlur(cover, (0, 0), 3)
    return np.asarray(np.maximum(0.42 * lowered, 0.3 * around), np.float32)


def _cloth(layer: Layer, at: Landmarks, look: MaskLook, sheet: _Sheet, pull: float) -> Paint:
    """Colour the cloth, then let it bend round the face and over the nose."""
    shade = _bend(at, sheet, layer.cover.shape, pull) * _FOLDS[look.kind](sheet)
    shade = shade * _face_light(layer)
    colours = _pattern(look, sheet)
    return np.asarray(np.clip(colours * shade[..., None], 0, 255), np.float32)


def _bend(at: Landmarks, sheet: _Sheet, shape: tuple[int, ...], pull: float) -> Plane:
    """Shade the cloth as a half cylinder with a nose below and an underside."""
    x, y = grid((shape[1], shape[0]))
    sides = np.sqrt(np.clip(1 - (np.abs(sheet.across) * 0.86) ** 2.6, 0.05, 1))
    nose_x, nose_y = at.nose_tip
    along = np.exp(-(((y - nose_y) / 26) ** 2)) * max(0.0, 1 - pull)
    ridge = 0.12 * np.exp(-(((x - nose_x) / 10) ** 2)) * along
    flanks = 0.13 * np.exp(-(((np.abs(x - nose_x) - 22) / 10) ** 2)) * along
    underside = 0.3 * smoothstep(0.55, 1.05, sheet.down)
    rim = 0.14 * (np.exp(-((sheet.down / 0.03) ** 2)) + np.exp(-(((1 - sheet.down) / 0.03) ** 2)))
    return np.asarray((0.5 + 0.52 * sides) * (1.02 + ridge - flanks - underside - rim), np.float32)


def _face_light(layer: Layer) -> Plane:
    """Take over the light that falls on the face below, smoothed, at half strength."""
    grey = layer.colour @ np.array([0.114, 0.587, 0.299], np.float32)
    weight = cv2.GaussianBlur(layer.cover, (0, 0), 24) + 1e-3
    light = cv2.GaussianBlur(grey, (0, 0), 24) / weight
    middle = float(np.median(light[220:290, 130:190]))
    return np.asarray(np.clip(light / max(middle, 1), 0.6, 1.25) ** 0.5, np.float32)


def _pleats(sheet: _Sheet) -> Plane:
    """Fold a surgical mask three times across; each fold is lit above and dark below."""
    shade = np.ones_like(sheet.down)
    flat = 1 - 0.75 * np.abs(sheet.across) ** 3  # they run out towards the loops
    for at in (0.3, 0.5, 0.7):
        below = sheet.down - at - 0.03 * (1 - sheet.across**2)
        shade -= 0.24 * np.exp(-((below / 0.016) ** 2)) * flat
        shade -= 0.13 * np.exp(-np.maximum(below, 0) / 0.06) * (below > 0) * flat
        shade += 0.07 * np.exp(-(((below + 0.05) / 0.03) ** 2)) * flat
    wire = 0.1 * np.exp(-(((sheet.down - 0.05) / 0.018) ** 2))
    return np.asarray(shade - wire, np.float32)


def _cup(sheet: _Sheet) -> Plane:
    """Fold a respirator down its middle, with welded seams along its edges."""
    fold = 0.15 * np.exp(-((sheet.across / 0.018) ** 2)) - 0.05 * np.exp(
        -(((sheet.across - 0.05) / 0.04) ** 2)
    )
    seams = sum(0.13 * np.exp(-(((sheet.down - at) / 0.014) ** 2)) for at in (0.09, 0.9))
    dome = 0.1 * (np.abs(sheet.across) * 1.3 - 0.4)
    return np.asarray(1.02 - fold - seams - dome, np.float32)


def _stitched(sheet: _Sheet) -> Plane:
    """Sew a cloth mask from two halves, with soft creases towards the ears."""
    seam = 0.16 * np.exp(-((sheet.across / 0.014) ** 2))
    rays = np.sin((sheet.down - 0.5) * 14 + 2 * sheet.across) * np.abs(sheet.across) ** 2
    hem = sum(0.12 * np.exp(-(((sheet.down - at) / 0.012) ** 2)) for at in (0.08, 0.92))
    return np.asarray(1 - seam + 0.09 * rays - hem, np.float32)


def _pattern(look: MaskLook, sheet: _Sheet) -> Paint:
    colour = np.asarray(look.colour, np.float32)
    second = np.asarray(look.second_colour, np.float32)
    share = _PRINTS[look.kind](sheet)[..., None] if look.kind in _PRINTS else np.float32(0)
    return np.asarray(colour * (1 - share) + second * share, np.float32)


def _dots(sheet: _Sheet) -> Plane:
    rows = sheet.down * 5
    columns = sheet.across * 5 + 0.5 * (np.floor(rows) % 2)
    distance = np.hypot(columns % 1 - 0.5, rows % 1 - 0.5)
    return 1 - smoothstep(0.2, 0.3, np.asarray(distance, np.float32))


def _checks(sheet: _Sheet) -> Plane:
    across = 0.5 + 0.5 * np.sign(np.sin(sheet.across * 20))
    down = 0.5 + 0.5 * np.sign(np.sin(sheet.down * 20))
    return np.asarray(cv2.GaussianBlur(0.5 * (across + down), (0, 0), 0.8), np.float32)


_FOLDS = {
    MaskKind.SURGICAL: _pleats,
    MaskKind.RESPIRATOR: _cup,
    MaskKind.CLOTH: _stitched,
    MaskKind.DOTTED: _stitched,
    MaskKind.CHECKED: _stitched,
}
_PRINTS = {MaskKind.DOTTED: _dots, MaskKind.CHECKED: _checks}
