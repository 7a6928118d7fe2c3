"""Which faces of a camera count, and when masks have to be worn there."""

import logging
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from core.errors import BadEntry, BadRequest
from core.types import Boxes, Faces

logger = logging.getLogger(__name__)

POLYGONS_MAX = 16
POINTS_MIN, POINTS_MAX = 3, 32
SPANS_MAX = 32
FACE_PX_MAX = 1_000
AREA_MIN = 1e-6
"""Share of the frame; a polygon that encloses less is a line, and no face lies in a line."""

_Mask: TypeAlias = NDArray[np.bool_]


class Weekday(StrEnum):
    """Days in the order of `datetime.weekday`."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


WEEK = tuple(Weekday)


def _check_area(polygon: tuple[tuple[float, ...], ...]) -> tuple[tuple[float, ...], ...]:
    """Refuse points that enclose nothing: all of them on one line."""
    x, y = np.asarray(polygon, np.float64).T  # (points,) each
    away_x, away_y = x - x[0], y - y[0]
    if np.abs(np.outer(away_x, away_y) - np.outer(away_y, away_x)).max() < AREA_MIN:
        raise ValueError("points that enclose an area, not points on one line")
    return polygon


def _in_order(days: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
    return tuple(day for day in WEEK if day in days)


Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Point: TypeAlias = Annotated[
    tuple[Share, ...],
    Field(
        min_length=2, max_length=2, description="x and y as shares of the frame; 0, 0 is top left."
    ),
]
Polygon: TypeAlias = Annotated[
    tuple[Point, ...],
    Field(min_length=POINTS_MIN, max_length=POINTS_MAX),
    AfterValidator(_check_area),
]
Polygons: TypeAlias = Annotated[tuple[Polygon, ...], Field(max_length=POLYGONS_MAX)]
ClockTime: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$"),
    Field(description="Hour and minute as the clock on the wall shows them, such as 08:00."),
]


class _Rule(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        serialize_by_alias=True,
    )


class Span(_Rule):
    """Times of day in which masks are required, on days of the week.

    It holds while the clock on the wall shows `from` or later, but not yet `to`. With a
    `to` that is not later than `from` it ends on the day after; equal times make 24 hours.
    """

    days: Annotated[
        tuple[Weekday, ...], Field(min_length=1, max_length=len(WEEK)), AfterValidator(_in_order)
    ] = Field(description="Days on which it begins.")
    start: ClockTime = Field(alias="from")
    end: ClockTime = Field(alias="to")


Schedule: TypeAlias = Annotated[tuple[Span, ...], Field(min_length=1, max_length=SPANS_MAX)]


class CameraRules(_Rule):
    """What counts at one camera. Without any rule every face counts, at any time."""

    include: Polygons = Field(
        default=(), description="Only faces whose centre lies in one of these count; none: all."
    )
    exclude: Polygons = Field(
        default=(), description="Faces whose centre lies in one of these do not count."
    )
    face_px_min: int = Field(
        default=0, ge=0, le=FACE_PX_MAX, description="Least width of a face in the analysed frame."
    )
    score_min: Share | None = Field(
        default=None, description="Least score of a face, above that of the whole installation."
    )
    schedule: Schedule | None = Field(
        default=None, description="When masks are required; null: always."
    )


NO_RULES = CameraRules()


def parse_rules(text: str) -> CameraRules:
    """Read rules that a person wrote, as JSON. Raises BadRequest for the field rules."""
    try:
        return CameraRules.model_validate_json(text)
    except ValidationError as error:
        raise BadRequest("rules", f"rules: {_explain(error)}") from error


def change_rules(rules: CameraRules, **changes: object) -> CameraRules:
    """Change some of the rules. Raises BadRequest for the field rules."""
    try:
        return CameraRules.model_validate({**dict(rules), **changes})
    except ValidationError as error:
        raise BadRequest("rules", f"rules: {_explain(error)}") from error


def decode_rules(text: str) -> CameraRules:
    """Read rules as SQL keeps them. Raises BadEntry."""
    try:
        return CameraRules.model_validate_json(text)
    except ValidationError as error:
        raise BadEntry(f"rules of a camera that cannot be read: {_explain(error)}") from error


@lru_cache(maxsize=1024)
def read_rules(text: str) -> CameraRules:
    """Read rules as SQL keeps them; broken ones rule nothing, rather than stop everything.

    Remembers what it read: the recorder asks once a second.
    """
    try:
        rules = decode_rules(text)
    except BadEntry as error:
        logger.error("%s; every face counts there until they are set anew", error)
        return NO_RULES
    return NO_RULES if rules == NO_RULES else rules


def encode_rules(rules: CameraRules) -> str:
    """Write rules for SQL; what is as by default is left out."""
    return rules.model_dump_json(exclude_defaults=True)


def select_faces(faces: Faces, size_wh: tuple[int, int], rules: CameraRules) -> _Mask:
    """Say which faces count. size_wh: of the analysed frame. Returns (n,) bool."""
    kept = np.ones(len(faces), np.bool_)
    if rules is NO_RULES or not len(faces):
        return kept
    if rules.face_px_min:
        kept &= faces.boxes[:, 2] - faces.boxes[:, 0] >= rules.face_px_min
    if rules.score_min is not None:
        kept &= faces.scores >= rules.score_min
    if rules.include or rules.exclude:
        centres = _centres(faces.boxes, size_wh)
        if rules.include:
            kept &= _lie_in_any(centres, rules.include)
        if rules.exclude:
            kept &= ~_lie_in_any(centres, rules.exclude)
    return kept


def is_required(rules: CameraRules, moment: datetime, zone: ZoneInfo) -> bool:
    """Say whether masks are required at a moment.

    Clocks decide, not hours passed: of a span in the hour that spring leaves out
    nothing happens, and one in the hour that autumn repeats holds both times.
    """
    if rules.schedule is None:
        return True
    local = moment.astimezone(zone)
    clock = f"{local:%H:%M}"
    today, yesterday = WEEK[local.weekday()], WEEK[local.weekday() - 1]
    return any(_holds(span, today, yesterday, clock) for span in rules.schedule)


def _holds(span: Span, today: Weekday, yesterday: Weekday, clock: str) -> bool:
    """Compare times as text: HH:MM sorts as the clock goes."""
    if span.start < span.end:
        return today in span.days and span.start <= clock < span.end
    return (today in span.days and clock >= span.start) or (
        yesterday in span.days and clock < span.end
    )


def _centres(boxes: Boxes, size_wh: tuple[int, int]) -> NDArray[np.float64]:
    """Find the centres of boxes as shares of the frame. Returns (n, 2) xy."""
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    return centres / np.asarray(size_wh, np.float64)


def _lie_in_any(points: NDArray[np.float64], polygons: tuple[Polygon, ...]) -> _Mask:
    """Say which points lie within at least one polygon. points: (n, 2). Returns (n,).

    A ray to the right that crosses a polygon's border an odd number of times begins
    inside. Where a polygon crosses itself, what it encloses twice is outside.
    """
    edges = _edges(polygons)
    x, y = points[:, :1], points[:, 1:]  # (n, 1)
    passes_height = (edges.y1 > y) != (edges.y2 > y)  # (n, edges)
    crossed = passes_height & (x < edges.x1 + edges.slope * (y - edges.y1))
    inside = np.logical_xor.reduceat(crossed, edges.firsts, axis=1)  # (n, polygons)
    return np.asarray(inside.any(axis=1))


@dataclass(frozen=True, slots=True)
class _Edges:
    """The edges of several polygons, one after the other; each array is (edges,).

    slope: how far x goes with y; 0 for level edges, which no ray crosses. firsts:
    (polygons,), where each polygon's edges begin.
    """

    x1: NDArray[np.float64]
    y1: NDArray[np.float64]
    y2: NDArray[np.float64]
    slope: NDArray[np.float64]
    firsts: NDArray[np.intp]


@lru_cache(maxsize=1024)
def _edges(polygons: tuple[Polygon, ...]) -> _Edges:
    """Prepare polygons, once for all the frames that they are asked about."""
    corners = [np.asarray(polygon, np.float64) for polygon in polygons]  # (points, 2) each
    x1, y1 = np.concatenate(corners).T
    x2, y2 = np.concatenate([np.roll(points, -1, axis=0) for points in corners]).T
    slope = np.divide(x2 - x1, y2 - y1, out=np.zeros_like(x1), where=y1 != y2)
    sizes = [len(points) for points in corners]
    return _Edges(x1, y1, y2, slope, np.cumsum([0, *sizes[:-1]]))


def _explain(error: ValidationError) -> str:
    """Name the first fault and its place."""
    fault = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in fault["loc"]) or "the whole"
    expected = fault["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    return f"{place}: expected {expected}, found {repr(fault['input'])[:80]}"
