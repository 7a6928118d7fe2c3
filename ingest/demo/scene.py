"""A demo camera's scene: its truth and its picture at any moment, and nothing kept between."""

from dataclasses import dataclass
from functools import lru_cache
from math import pi, sin, tanh

import cv2
import numpy as np
from numpy.typing import NDArray

from core.types import Image, Label
from ingest.demo.bodies import HIP_HALF, HIP_Y, NECK
from ingest.demo.cameras import DemoCamera, find_camera
from ingest.demo.cast import body_levels, head_levels
from ingest.demo.heads import CHIN_Y, MIDDLE_X, UNITS_PER_METRE, face_box_on_canvas
from ingest.demo.lens import SIZE_WH
from ingest.demo.masks import label_of
from ingest.demo.passages import Passage, passages_between
from ingest.demo.shapes import Plane
from ingest.demo.sprites import Placement, put_flat, put_turned, turn

NECK_UNDER_CHIN = (MIDDLE_X, CHIN_Y - 13)
"""The point of the head's canvas that meets the body's NECK."""
BODY_SCALE = 0.93
FACE_HEIGHT_M = 0.225
"""From the chin to the top of the head."""
_GRAIN_PICTURES = 8
_SHOES = (34, 32, 32)


@dataclass(frozen=True, slots=True)
class TruthFace:
    """One face that is really there.

    person: number of its passage; box_xyxy: in pixels, as a detector boxes it,
    and may reach over the edge; visible: share of the box that is in the picture
    and not covered; is_changing: its mask is just being moved.
    """

    person: int
    box_xyxy: tuple[float, float, float, float]
    label: Label
    visible: float
    is_changing: bool

    @property
    def height(self) -> float:
        return self.box_xyxy[3] - self.box_xyxy[1]


@dataclass(frozen=True, slots=True)
class _Figure:
    """A person at one moment, in pixels."""

    passage: Passage
    chin: tuple[float, float]
    scale: float
    z_m: float
    yaw: float
    gait: float
    pull: float
    is_changing: bool
    is_behind_screen: bool


class DemoScene:
    """An endless scene, a pure function of its camera, its seed and the time in seconds."""

    def __init__(self, name: str, seed: int = 0) -> None:
        """name: the slug of a demo camera. Raises SourceRefused if there is none."""
        self.camera: DemoCamera = find_camera(name)
        self.seed = seed

    def people_between(self, start: float, end: float) -> tuple[Passage, ...]:
        """Give everybody who passes between two times, with what they wear and when."""
        camera = self.camera
        return passages_between(camera.traffic, camera.lens, camera.slug, self.seed, start, end)

    def truth_at(self, t: float) -> tuple[TruthFace, ...]:
        """List the faces that can be seen at a time, at least a tenth of each, far to near."""
        figures = self._figures_at(t)
        screen = _screen_cover(self.camera) if figures else None
        truths = [
            _truth(figure, figures[index + 1 :], screen) for index, figure in enumerate(figures)
        ]
        return tuple(truth for truth in truths if truth.visible >= 0.1)

    def render(self, t: float) -> Image:
        """Draw the picture at a time: background, people from far to near, sensor noise."""
        image = _background(self.camera).copy()
        figures = self._figures_at(t)
        behind = [figure for figure in figures if figure.is_behind_screen]
        for figure in behind:
            _draw(image, figure)
        self._put_screen_back(image, behind)
        for figure in figures:
            if not figure.is_behind_screen:
                _draw(image, figure)
        return _add_grain(image, t)

    def _put_screen_back(self, image: Image, behind: list[_Figure]) -> None:
        """Lay the background's screen over those who pass behind it, where they are."""
        cover = _screen_cover(self.camera)
        if cover is None or not behind:
            return
        rows = slice(*_rows_of(self.camera))
        reach = [(figure.chin[0], 260 * figure.scale) for figure in behind]
        left = max(0, int(min(x - wide for x, wide in reach)))
        right = max(left, int(max(x + wide for x, wide in reach)))
        part = (rows, slice(left, right))
        hidden = cover[part]
        if hidden.size:
            image[part] = cv2.blendLinear(
                image[part], _background(self.camera)[part], 1 - hidden, hidden
            )

    def _figures_at(self, t: float) -> list[_Figure]:
        """Pose everybody who is on their way, far to near."""
        figures = [self._figure(passage, t) for passage in self.people_between(t, t)]
        return sorted(figures, key=lambda figure: -figure.z_m)

    def _figure(self, passage: Passage, t: float) -> _Figure:
        pose, lens, screen = passage.pose_at(t), self.camera.lens, self.camera.screen
        bob = 0.018 * abs(sin(pose.gait)) if pose.is_walking else 0.0
        sway = 0.014 * sin(pose.gait) if pose.is_walking else 0.006 * sin(t * 0.9)
        chin_m = passage.person.stature_m - FACE_HEIGHT_M + bob
        glance = 0.12 * sin(t * 0.8 + passage.number)
        return _Figure(
            passage=passage,
            chin=lens.project(pose.x_m + sway, chin_m, pose.z_m),
            scale=lens.scale_at(pose.z_m) / UNITS_PER_METRE,
            z_m=pose.z_m,
            yaw=0.26 * tanh(pose.facing / 0.5) + glance,
            gait=pose.gait if pose.is_walking else 0.0,
            pull=passage.pull_at(t),
            is_changing=passage.is_changing(t),
            is_behind_screen=screen is not None
            and (pose.z_m > screen.beyond_z or abs(pose.x_m) > screen.beyond_x),
        )


@lru_cache(maxsize=8)
def _background(camera: DemoCamera) -> Image:
    return camera.paint_background()


@lru_cache(maxsize=8)
def _screen_cover(camera: DemoCamera) -> Plane | None:
    return camera.screen.paint_cover() if camera.screen else None


@lru_cache(maxsize=8)
def _rows_of(camera: DemoCamera) -> tuple[int, int]:
    """Give the first and the last row, exclusive, that the camera's screen covers."""
    cover = _screen_cover(camera)
    rows = np.flatnonzero(cover.any(axis=1)) if cover is not None else np.zeros(0, int)
    return (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, 0)


@lru_cache(maxsize=1)
def _grain() -> list[tuple[Image, Image]]:
    """Make sensor noise once: what is added and what is taken away, for each of a few pictures."""
    rng = np.random.default_rng(1)
    pictures = []
    for _ in range(_GRAIN_PICTURES):
        noise = rng.normal(0, 2.2, (SIZE_WH[1], SIZE_WH[0], 3)).round()
        pictures.append((np.maximum(noise, 0).astype(np.uint8), (-noise).clip(0).astype(np.uint8)))
    return pictures


def _add_grain(image: Image, t: float) -> Image:
    """Add the noise of this moment; at 25 frames a second each has another."""
    added, taken = _grain()[int(t * 25) % _GRAIN_PICTURES]
    return np.asarray(cv2.subtract(cv2.add(image, added), taken), np.uint8)


def _draw(image: Image, figure: _Figure) -> None:
    """Draw the legs, then the head with its neck, then the clothes that close round it."""
    person, scale = figure.passage.person, figure.scale
    _draw_legs(image, figure)
    head = Placement((MIDDLE_X, CHIN_Y), figure.chin, scale)
    put_turned(image, head_levels(person, figure.pull), head, figure.yaw)
    body = Placement(NECK, _neck(figure), scale * BODY_SCALE)
    put_flat(image, body_levels(person.body), body)


def _neck(figure: _Figure) -> tuple[float, float]:
    """Give the picture's point where the clothes begin."""
    return figure.chin[0], figure.chin[1] + (NECK_UNDER_CHIN[1] - CHIN_Y) * figure.scale


def _draw_legs(image: Image, figure: _Figure) -> None:
    """Draw both legs down to the floor, the one that steps forward a little longer."""
    unit = figure.scale * BODY_SCALE
    x, y = _neck(figure)
    hip_y = y + HIP_Y * unit
    if hip_y > SIZE_WH[1]:
        return
    trousers = figure.passage.person.body.trousers
    for side in (-1, 1):
        lift = 14 * unit * sin(figure.gait + side * pi / 2) * side
        outer, inner = x + side * HIP_HALF * unit, x + side * 4 * unit
        foot_y = y + 1390 * unit + lift
        points = [
            (inner, hip_y),
            (outer, hip_y),
            (x + side * 104 * unit, foot_y),
            (x + side * 26 * unit, foot_y),
        ]
        toe = (round(x + side * 70 * unit), round(foot_y + 4 * unit))
        size = (max(1, round(46 * unit)), max(1, round(26 * unit)))
        cv2.ellipse(image, toe, size, 0, 0, 360, _SHOES, -1, cv2.LINE_AA)
        shade = 0.86 if (side == 1) == (sin(figure.gait) > 0) else 1.0
        _fill(image, points, [channel * shade for channel in trousers])
        crease = [
            (x + side * 60 * unit, hip_y),
            (x + side * 72 * unit, hip_y),
            (x + side * 62 * unit, foot_y),
        ]
        _fill(image, crease, [channel * shade * 1.2 for channel in trousers])


def _fill(image: Image, points: list[tuple[float, float]], colour: list[float]) -> None:
    fixed = np.round(np.array(points) * 16).astype(np.int32)[:, None]
    cv2.fillPoly(image, [fixed], colour, cv2.LINE_AA, shift=4)


def _truth(figure: _Figure, nearer: list[_Figure], screen: Plane | None) -> TruthFace:
    box = _face_box(figure)
    hidden = screen if figure.is_behind_screen else None
    return TruthFace(
        person=figure.passage.number,
        box_xyxy=box,
        label=label_of(figure.pull),
        visible=_visible_share(box, nearer, hidden),
        is_changing=figure.is_changing,
    )


def _face_box(figure: _Figure) -> tuple[float, float, float, float]:
    """Turn the portrait's face box with the head and bring it into the picture."""
    head = figure.passage.person.head
    x1, y1, x2, y2 = face_box_on_canvas(head.portrait)
    if head.is_mirrored:
        x1, x2 = 2 * MIDDLE_X - x2, 2 * MIDDLE_X - x1
    x1, x2 = turn(x1, MIDDLE_X, figure.yaw), turn(x2, MIDDLE_X, figure.yaw)
    chin_x, chin_y = figure.chin
    return (
        chin_x + (x1 - MIDDLE_X) * figure.scale,
        chin_y + (y1 - CHIN_Y) * figure.scale,
        chin_x + (x2 - MIDDLE_X) * figure.scale,
        chin_y + (y2 - CHIN_Y) * figure.scale,
    )


def _visible_share(
    box: tuple[float, float, float, float], nearer: list[_Figure], hidden: Plane | None
) -> float:
    """Sample 12 x 12 points of the box: in the picture, not behind anybody or anything."""
    steps = (np.arange(12) + 0.5) / 12
    x = (box[0] + (box[2] - box[0]) * steps)[None].repeat(12, axis=0)
    y = (box[1] + (box[3] - box[1]) * steps)[:, None].repeat(12, axis=1)
    width, height = SIZE_WH
    shown = ((x >= 0) & (x < width) & (y >= 0) & (y < height)).astype(np.float64)
    for figure in nearer:
        shown[_is_behind(figure, x, y)] = 0
    if hidden is not None:
        columns = x.astype(int).clip(0, width - 1)
        shown *= 1 - hidden[y.astype(int).clip(0, height - 1), columns]
    return float(shown.mean())


def _is_behind(
    figure: _Figure, x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Say which points a person covers: an ellipse for the head, a slope for the shoulders."""
    across = np.abs(x - figure.chin[0]) / figure.scale
    down = (y - figure.chin[1]) / figure.scale
    head = (across / 100) ** 2 + ((down + 100) / 118) ** 2 < 1
    torso = (down > 30) & (across < np.clip(40 + (down - 20) * 2.1, 0, 222))
    return np.asarray(head | torso | ((down > -20) & (across < 50)))
