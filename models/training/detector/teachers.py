"""Let two other detectors find the faces that the annotations miss.

What both find is a face; what one finds alone is to be ignored. Where they
find an annotated face, theirs is the box: annotators differ in where a face ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.types import Boxes, Detections, Image, Scores
from models.detectors.boxes import overlaps, suppress
from models.detectors.protocol import FaceDetector
from models.training.detector.pictures import Kind, Kinds, LabelledPicture

SCORE_MIN = 0.3
"""Below this a teacher's find counts for nothing."""
AGREE_MIN = 0.4
"""Intersection over union from which two teachers mean one face."""
SAME_MIN = 0.3
"""Intersection over union from which a teacher means an annotated face."""
INSIDE_MIN = 0.85
"""Share of a find that lies in an annotated box, from which that box is taken for its head."""
HEAD_MIN = 0.15
"""The smallest share of a head's box that its face covers."""
LIFT = {"andrewmvd": 0.12}
"""Share of its height by which a source's boxes lie lower than the detectors'."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What two teachers found in one picture: together, and one of them alone."""

    agreed: Boxes
    lone: Boxes


def consult(
    teachers: tuple[Sequence[FaceDetector], Sequence[FaceDetector]], image: Image
) -> Findings:
    """Ask both teachers; each may be several detectors, of several input sizes."""
    first, second = (_pool([each.detect([image])[0] for each in of_one]) for of_one in teachers)
    return compare(first, second)


def compare(first: Detections, second: Detections) -> Findings:
    """Pair what both found, best first; a pair's box is the mean of both."""
    agreed: list[Boxes] = []
    free = np.ones(len(second), np.bool_)
    lone: list[Boxes] = []
    for box in first.boxes:
        shared = np.where(free, overlaps(box, second.boxes), 0)
        best = int(shared.argmax()) if len(shared) else -1
        if best >= 0 and shared[best] >= AGREE_MIN:
            free[best] = False
            agreed.append((box + second.boxes[best]) / 2)
        else:
            lone.append(box)
    return Findings(_stack(agreed), _stack([*lone, *second.boxes[free]]))


def fill_in(picture: LabelledPicture, findings: Findings) -> LabelledPicture:
    """Move annotated boxes to where the teachers see the face, and add the missing ones."""
    found = np.concatenate([findings.agreed, findings.lone])
    sure = np.arange(len(found)) < len(findings.agreed)
    free = np.ones(len(found), np.bool_)
    boxes, kinds = _lift(picture), picture.kinds.copy()
    for i, box in enumerate(boxes):
        shared = np.where(free, _likeness(box, found), 0)
        best = int(shared.argmax()) if len(shared) else -1
        if best < 0 or shared[best] < SAME_MIN:
            continue
        free[best] = False
        boxes[i] = found[best] if sure[best] else (box + found[best]) / 2
        if kinds[i] == Kind.IGNORE and sure[best]:
            kinds[i] = Kind.FACE
    added = np.where(sure[free], Kind.FACE, Kind.IGNORE).astype(np.int8)
    return LabelledPicture(
        picture.pixels,
        np.concatenate([boxes, found[free]]),
        _joined(kinds, added),
        picture.source,
        picture.group,
    )


def _likeness(box: Boxes, found: Boxes) -> Scores:
    """Overlap of an annotated box with each found; a find inside a box of the whole head counts."""
    sides = np.minimum(box[2:], found[:, 2:]) - np.maximum(box[:2], found[:, :2])
    areas = (found[:, 2:] - found[:, :2]).prod(axis=1)
    inside = np.clip(sides, 0, None).prod(axis=1) >= INSIDE_MIN * areas
    is_large = areas >= HEAD_MIN * (box[2:] - box[:2]).prod()
    shared = overlaps(box, found)
    return np.asarray(np.where(inside & is_large, np.maximum(shared, SAME_MIN), shared), np.float32)


def _lift(picture: LabelledPicture) -> Boxes:
    height = picture.boxes[:, 3] - picture.boxes[:, 1]
    boxes = picture.boxes.copy()
    boxes[:, 1::2] -= (LIFT.get(picture.source, 0.0) * height)[:, None]
    return boxes


def _pool(parts: Sequence[Detections]) -> Detections:
    """Put together what one teacher finds at several sizes."""
    boxes = np.concatenate([part.boxes for part in parts])
    scores = np.concatenate([part.scores for part in parts])
    boxes, scores = boxes[scores >= SCORE_MIN], scores[scores >= SCORE_MIN]
    kept = suppress(boxes, scores)
    return Detections(boxes[kept], scores[kept])


def _stack(boxes: Sequence[NDArray[np.float32]]) -> Boxes:
    return np.asarray(boxes, np.float32).reshape(-1, 4)


def _joined(first: Kinds, second: Kinds) -> Kinds:
    return np.concatenate([first, second])
