"""How a camera's frames of a crowd become faces: by the real networks, or by lot.

What is drawn by lot follows what the networks did on rendered crowds; see MEASURED.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from benchmarks.crowds import CrowdScene
from core.types import LABELS, Boxes, Faces, Label
from ingest.demo.lens import SIZE_WH
from ingest.demo.scene import TruthFace
from ingest.motion import GREY_LONG_SIDE, STILL_S, MotionGate
from models.analysis import Analyser

MIN_SCORE = 0.5
MATCH_WIDTHS = 0.6
"""A found face is the true one whose centre is so near, in face widths; the nearest first."""
STILL_PX = 3.0
"""The motion gate sees half a pixel of its small grey picture."""


@dataclass(frozen=True, slots=True)
class FoundFaces:
    """Faces of a frame, and whose they are; None for what is no face that is there."""

    faces: Faces
    owners: tuple[int | None, ...]


class FaceFinder(Protocol):
    """Looks at one scene, at times that only rise."""

    def find(self, scene: CrowdScene, t: float) -> FoundFaces | None:
        """Give the faces of a moment; None where the motion gate holds the frame back."""


class RenderedFaces:
    """Renders the frame, and lets the motion gate and the networks look at it."""

    def __init__(self, analyser: Analyser) -> None:
        self._analyser = analyser
        self._gate = MotionGate()

    def find(self, scene: CrowdScene, t: float) -> FoundFaces | None:
        image = scene.render(t)
        grey_wh = (GREY_LONG_SIDE, GREY_LONG_SIDE * SIZE_WH[1] // SIZE_WH[0])
        small = cv2.resize(image, grey_wh, interpolation=cv2.INTER_AREA)
        if not self._gate.passes(np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8), t):
            return None
        (faces,) = self._analyser.analyse([image], MIN_SCORE)
        return FoundFaces(faces, _find_owners(faces.boxes, scene.truth_at(t)))


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the networks make of faces of one width.

    found: share of the whole faces that are found; score: mean and deviation;
    sharpness: median; mistaken: share of people with an incorrect mask that are taken
    for bare all along; slips: share of their other faces that are. Masks that are worn,
    and bare faces, were not mistaken once.
    """

    face_px: int
    found: float
    score: tuple[float, float]
    sharpness: float
    mistaken: float
    slips: float


MEASURED: tuple[Behaviour, ...] = (
    Behaviour(16, 0.28, (0.55, 0.04), 225, 0.33, 0.02),
    Behaviour(24, 0.85, (0.65, 0.08), 385, 0.21, 0.01),
    Behaviour(32, 0.99, (0.75, 0.07), 602, 0.19, 0.01),
    Behaviour(48, 0.998, (0.79, 0.06), 781, 0.21, 0.02),
    Behaviour(64, 0.998, (0.84, 0.05), 937, 0.23, 0.01),
    Behaviour(96, 0.998, (0.86, 0.05), 1373, 0.22, 0.02),
)
"""CenterFace and the shipped classifier on 946 rendered frames of crowds of 4 and 8."""
HIDDEN_FOUND = ((0.2, 0.05), (0.4, 0.4), (0.6, 0.85), (0.8, 0.95), (0.95, 1.0))
"""Share of the box that shows, and how much of `found` is left: straight between."""
CENTRE_NOISE = 0.05
WIDTH_NOISE = 0.06
"""Deviations of a found box, in widths of the true one; half as much at 96 px."""
GHOSTS = 0.001
"""Faces found in a frame where none is; none was, in those 946."""


class SimulatedFaces:
    """Draws by lot what the networks would find, as MEASURED."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._rng = np.random.default_rng([seed, 2])
        self._passed: Boxes | None = None
        self._passed_at = 0.0

    def find(self, scene: CrowdScene, t: float) -> FoundFaces | None:
        truths = scene.truth_at(t)
        if not self._passes(truths, t):
            return None
        found = [truth for truth in truths if self._rng.random() < _share_found(truth)]
        owners: list[int | None] = [truth.person for truth in found]
        boxes = [self._jitter(truth) for truth in found]
        if self._rng.random() < GHOSTS:
            boxes.append(self._ghost(scene))
            owners.append(None)
        labels = [self._take_for(truth) for truth in found] + [Label.NO_MASK] * len(boxes)
        return FoundFaces(self._as_faces(boxes, labels[: len(boxes)]), tuple(owners))

    def _passes(self, truths: Sequence[TruthFace], t: float) -> bool:
        """Hold back what a motion gate would: nobody has moved since the last that passed."""
        boxes = np.array([truth.box_xyxy for truth in truths], np.float32).reshape(-1, 4)
        before = self._passed
        is_due = before is None or t - self._passed_at >= STILL_S
        if (
            not is_due
            and before is not None
            and before.shape == boxes.shape
            and not (np.abs(before - boxes) > STILL_PX).any()
            and not any(truth.is_changing for truth in truths)
        ):
            return False
        self._passed, self._passed_at = boxes, t
        return True

    def _jitter(self, truth: TruthFace) -> list[float]:
        x1, y1, x2, y2 = truth.box_xyxy
        width = x2 - x1
        x = (x1 + x2) / 2 + self._rng.normal(0, CENTRE_NOISE * width)
        y = (y1 + y2) / 2 + self._rng.normal(0, CENTRE_NOISE * width)
        half_wh = np.array([width, y2 - y1]) / 2 * np.exp(self._rng.normal(0, WIDTH_NOISE))
        return [x - half_wh[0], y - half_wh[1], x + half_wh[0], y + half_wh[1]]

    def _ghost(self, scene: CrowdScene) -> list[float]:
        width = float(scene.conditions.face_px)
        x, y = self._rng.uniform((0, 0), SIZE_WH)
        return [x, y, x + width, y + width]

    def _take_for(self, truth: TruthFace) -> Label:
        """Mistake some people all along, and others now and then."""
        if truth.label is not Label.INCORRECT_MASK:
            return truth.label
        known = _behaviour(truth.box_xyxy[2] - truth.box_xyxy[0])
        lot = np.random.default_rng([self._seed, truth.person, 3])
        is_mistaken = lot.random() < known.mistaken or self._rng.random() < known.slips
        return Label.NO_MASK if is_mistaken else truth.label

    def _as_faces(self, boxes: Sequence[Sequence[float]], labels: Sequence[Label]) -> Faces:
        n = len(boxes)
        xyxy = np.array(boxes, np.float32).reshape(n, 4)
        known = [_behaviour(float(width)) for width in xyxy[:, 2] - xyxy[:, 0]]
        scores = [float(self._rng.normal(*one.score)) for one in known]
        sure = self._rng.beta(8, 1, n) * 0.6 + 0.4
        probabilities = np.repeat(((1 - sure) / 2)[:, None], 3, axis=1)
        probabilities[np.arange(n), [LABELS.index(label) for label in labels]] = sure
        return Faces(
            xyxy,
            np.clip(np.array(scores, np.float32), MIN_SCORE, 1),
            probabilities.astype(np.float32),
            np.array([one.sharpness for one in known], np.float32),
        )


def _share_found(truth: TruthFace) -> float:
    shares, left = zip(*HIDDEN_FOUND, strict=True)
    width = truth.box_xyxy[2] - truth.box_xyxy[0]
    return _behaviour(width).found * float(np.interp(truth.visible, shares, left))


def _behaviour(width: float) -> Behaviour:
    return min(MEASURED, key=lambda one: abs(np.log(one.face_px / max(width, 1.0))))


def _find_owners(boxes: Boxes, truths: Sequence[TruthFace]) -> tuple[int | None, ...]:
    """Match found boxes with true faces by their centres, the nearest first."""
    pairs = sorted(
        (_apart(box, truth), index, truth.person)
        for index, box in enumerate(boxes.tolist())
        for truth in truths
    )
    owners: dict[int, int] = {}
    for apart, index, person in pairs:
        if apart < MATCH_WIDTHS and index not in owners and person not in owners.values():
            owners[index] = person
    return tuple(owners.get(index) for index in range(len(boxes)))


def _apart(box: Sequence[float], truth: TruthFace) -> float:
    x1, y1, x2, y2 = truth.box_xyxy
    across = (box[0] + box[2] - x1 - x2) / 2
    down = (box[1] + box[3] - y1 - y2) / 2
    return float(np.hypot(across, down)) / max(1.0, x2 - x1)
