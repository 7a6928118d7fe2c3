"""Say which face of a frame is whose: the likeliest assignment of all faces at once.

norfair keeps the people who are followed. Its own assignment takes the nearest pair
first, which gives one of two who cross the other's place; so all pairs are chosen
together, by scipy. A pair's distance is minus twice the logarithm of how likely that
person, as foreseen, is that face: by place, by size, and by what is worn. A pair less
likely than a stranger is not made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from norfair import Detection, Tracker
from norfair.distances import Distance
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from core.types import Faces
from workers.motion import EDGE_WIDTHS, SIGHT_NOISE, Motion, MotionFilterFactory

STRANGER = 13.0
"""The distance from which a face is rather a stranger's."""
EDGE_STRANGER = 8.0
"""The same at the picture's edge, where strangers come in and others go out."""
WIDTH_SPREAD = 0.15
"""Deviation of the logarithm of a found width from the width held."""
LABEL_FLOOR = 0.1
"""Likeness of two faces that wear different things: masks are put on, and mistaken."""

Floats = NDArray[np.float64]
Probabilities = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Followed:
    """A face that is followed. worn: what it wore when it was seen last, by LABELS."""

    id: int
    motion: Motion
    worn: Probabilities


class Associator(Tracker):
    """norfair's tracker with an assignment and a clock of ours."""

    def __init__(self) -> None:
        super().__init__(
            distance_function="euclidean",
            distance_threshold=0.0,
            hit_counter_max=2,
            initialization_delay=0,
            filter_factory=MotionFilterFactory(),
            past_detections_length=0,
        )
        # The constructor takes names of distances, and functions of a single pair.
        self.distance_function = self._faces = FaceDistance()

    @property
    def followed(self) -> list[Followed]:
        return [
            Followed(known.id, known.filter.motion, known.last_detection.data)
            for known in self._known
        ]

    def associate(self, faces: Faces, size_wh: tuple[int, int], step_s: float) -> list[int]:
        """Let time pass and hand the faces over; gives the id of each, in order."""
        self._faces.size_wh = size_wh
        for known in self._known:
            known.filter.step_s = step_s
            known.hit_counter = 1  # who is forgotten, and when, is not norfair's business
        detections = _detections(faces)
        for known in self._begin(detections):
            known.filter.motion.enter(size_wh)
        ids = {id(known.last_detection.data): int(known.id) for known in self._known}
        return [ids[id(detection.data)] for detection in detections]

    def forget(self, ids: set[int]) -> None:
        self.tracked_objects = [known for known in self._known if known.id not in ids]

    def go_on(self, motions: Sequence[Motion], worn: Sequence[Probabilities]) -> list[int]:
        """Begin with faces that were followed before; gives their new ids."""
        begun = self._begin([Detection(np.zeros((2, 2)), data=one) for one in worn])
        for known, motion in zip(begun, motions, strict=True):
            known.filter.motion = motion
        return [known.id for known in begun]

    @property
    def _known(self) -> list[Any]:
        return self.tracked_objects

    def _begin(self, detections: list[Detection]) -> list[Any]:
        """Hand detections to norfair; gives its new objects, in their order."""
        before = self.total_object_count
        self.update(detections)
        begun = [known for known in self._known if known.id > before]
        for known in begun:
            known.hit = partial(_hit, known)
        return begun

    def match_dets_and_objs(
        self, distance_matrix: Floats, distance_threshold: float
    ) -> tuple[list[int], list[int]]:
        """Choose the pairs whose distances have the smallest sum, where strangers cost nothing."""
        if not distance_matrix.size:
            return [], []
        rows, columns = linear_sum_assignment(np.minimum(distance_matrix, distance_threshold))
        is_made = distance_matrix[rows, columns] < distance_threshold
        return rows[is_made].tolist(), columns[is_made].tolist()


class FaceDistance(Distance):
    """Distances as norfair asks for them; those of strangers are above zero."""

    size_wh = (0, 0)
    """The picture's; set before it measures."""

    def get_distances(self, objects: Sequence[Any], candidates: Sequence[Any] | None) -> Floats:
        """Give (candidates, objects)."""
        if not objects or not candidates:
            return np.full((len(candidates or ()), len(objects)), np.inf)
        seen = np.array([_seen(one) for one in candidates])[:, None]
        foreseen = np.array([_foreseen(one) for one in objects])[None]
        return measure(seen, foreseen) - strangeness(seen, self.size_wh)


def measure(seen: Floats, foreseen: Floats) -> Floats:
    """Give minus twice the logarithm of the likelihood, but for a constant.

    seen: (..., 6), x, y and width in pixels, probabilities by LABELS; foreseen: the
    same and the variances of x and y, in widths.
    """
    width, variances = foreseen[..., 2], foreseen[..., 6:8]
    away = (seen[..., :2] - foreseen[..., :2]) / width[..., None]
    place = (away**2 / variances + np.log(variances)).sum(axis=-1)
    size = (np.log(seen[..., 2] / width) / WIDTH_SPREAD) ** 2
    likeness = (seen[..., 3:6] * foreseen[..., 3:6]).sum(axis=-1)
    return np.asarray(place + size - 2 * np.log(likeness + LABEL_FLOOR))


def strangeness(seen: Floats, size_wh: tuple[int, int]) -> Floats:
    """Give the distance from which each face, see measure, is rather a stranger's."""
    places = seen[..., :2]
    to_edges = np.minimum(places, np.array(size_wh) - places).min(axis=-1)
    is_at_edge = to_edges < EDGE_WIDTHS * seen[..., 2]
    return np.where(is_at_edge, EDGE_STRANGER, STRANGER)


def _hit(known: Any, detection: Detection, period: int = 1) -> None:
    """Take in a sight, in place of norfair's own `hit`.

    That one also minds points that were not seen, and filters of other kinds: it took
    a quarter of the recorder's time.
    """
    known.last_detection = detection
    known.filter.update(detection.points.reshape(-1, 1))


def _detections(faces: Faces) -> list[Detection]:
    return [
        Detection(_as_points(box), data=tuple(probabilities))
        for box, probabilities in zip(
            faces.boxes.tolist(), faces.probabilities.tolist(), strict=True
        )
    ]


def _as_points(box: Sequence[float]) -> Floats:
    """Turn xyxy into two points: centre, and size."""
    x1, y1, x2, y2 = box
    return np.array([[(x1 + x2) / 2, (y1 + y2) / 2], [max(1.0, x2 - x1), max(1.0, y2 - y1)]])


def _seen(detection: Any) -> tuple[float, ...]:
    (x, y), (width, _) = detection.points.tolist()
    return (x, y, width, *detection.data)


def _foreseen(known: Any) -> tuple[float, ...]:
    motion: Motion = known.filter.motion
    noise = SIGHT_NOISE**2
    variances = (motion.across.variance + noise, motion.down.variance + noise)
    place = (motion.across.place, motion.down.place, motion.width)
    return (*place, *known.last_detection.data, *variances)
