"""Judge a face detector by annotated boxes: average precision, recall by face size.

One way of counting for every detector that is compared. A detection is a hit if
it overlaps a face that no better one took, neither hit nor miss if it overlaps
an ignored box, and false otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.types import Boxes, Detections, Scores
from models.detectors.boxes import overlaps

SIZE_EDGES = (0, 20, 40, 80)
"""Pixels of the stored picture at which the classes of face size begin."""
CONFIRMED_OVERLAP = 0.3
"""Overlap above which two teachers mean one face, and above which a face has a box already."""
COVERED_SHARE = 0.5
"""Of a detection's area: with more of it inside an ignored box, nothing can be said of it."""


@dataclass(frozen=True, slots=True)
class SceneTruth:
    """What one picture shows: its faces, and boxes of which nothing is known.

    boxes: (n, 4) xyxy; ignored: (m, 4) xyxy; pixels of the stored picture.
    """

    boxes: Boxes
    ignored: Boxes


@dataclass(frozen=True, slots=True)
class Judged:
    """Detections and faces of all pictures, matched.

    scores and is_hit: (k,), of the detections that count, best first; sizes:
    (n,), of the faces, the geometric mean of width and height; found_at: (n,),
    the score of the detection that found each face, 0 where none did.
    """

    scores: Scores
    is_hit: NDArray[np.bool_]
    sizes: Scores
    found_at: Scores


@dataclass(frozen=True, slots=True)
class SizeRecall:
    """Recall of the faces from this size up to the next class's."""

    from_px: int
    faces: int
    recall: float | None


def judge(truths: Sequence[SceneTruth], found: Sequence[Detections], overlap_min: float) -> Judged:
    """Match the detections of each picture to its faces, best score first.

    overlap_min: intersection over union from which a detection is a hit. Box
    habits differ between sources: compare detectors at 0.3 as well as at 0.5.
    """
    matched = [_match(*pair, overlap_min) for pair in zip(truths, found, strict=True)]
    none = np.zeros(0, np.float32)
    scores = np.concatenate([none, *(each.scores for each in matched)])
    is_hit = np.concatenate([none.astype(bool), *(each.is_hit for each in matched)])
    best_first = np.argsort(-scores, kind="stable")
    return Judged(
        scores[best_first],
        is_hit[best_first],
        np.concatenate([none, *(each.sizes for each in matched)]),
        np.concatenate([none, *(each.found_at for each in matched)]),
    )


def average_precision(judged: Judged) -> float:
    """Measure the area under the precision-recall curve; nan without faces.

    As PASCAL VOC since 2010: at each recall the best precision at that recall
    or any higher one; no sampling at fixed points.
    """
    if not len(judged.sizes):
        return float("nan")
    precisions, recalls = _curve(judged)
    envelope = np.maximum.accumulate(precisions[::-1])[::-1]
    return float(np.sum(envelope * np.diff(recalls, prepend=0)))


def score_at_precision(judged: Judged, precision_min: float) -> float:
    """Find the lowest score at which at least this share of the detections are hits.

    Above 1 where no score does.
    """
    precisions, _ = _curve(judged)
    enough = np.flatnonzero(precisions >= precision_min)
    return float(judged.scores[enough[-1]]) if len(enough) else 2.0


def recall_at_precision(judged: Judged, precision_min: float) -> float:
    """Measure the share of all faces found at that precision; nan without faces."""
    if not len(judged.sizes):
        return float("nan")
    precisions, recalls = _curve(judged)
    return float(recalls[precisions >= precision_min].max(initial=0))


def recall_by_size(
    judged: Judged, score_min: float, edges: Sequence[int] = SIZE_EDGES
) -> list[SizeRecall]:
    """Measure the recall of each class of face size at one score; None for an empty class."""
    classes = np.digitize(judged.sizes, edges) - 1
    is_found = judged.found_at >= max(score_min, 1e-9)
    answers = []
    for index, edge in enumerate(edges):
        of_class = is_found[classes == index]
        recall = float(of_class.mean()) if len(of_class) else None
        answers.append(SizeRecall(edge, len(of_class), recall))
    return answers


def ignore_confirmed(truth: SceneTruth, first: Detections, second: Detections) -> SceneTruth:
    """Ignore the faces without a box that two teachers both see.

    Many faces of the public sources have no box: counted as false, they would
    punish the detector that finds more. Give only what the teachers are sure of.
    """
    known = np.concatenate([truth.boxes, truth.ignored])
    is_new = [
        _best_overlap(box, second.boxes) >= CONFIRMED_OVERLAP
        and _best_overlap(box, known) < CONFIRMED_OVERLAP
        for box in first.boxes
    ]
    confirmed = first.boxes[np.asarray(is_new, bool)]
    return SceneTruth(truth.boxes, np.concatenate([truth.ignored, confirmed]))


def _match(truth: SceneTruth, found: Detections, overlap_min: float) -> Judged:
    """Match one picture; detections over ignored boxes are left out."""
    found_at = np.zeros(len(truth.boxes), np.float32)
    is_hit, counts = np.zeros(len(found), bool), np.ones(len(found), bool)
    for index in np.argsort(-found.scores, kind="stable"):
        box = found.boxes[index]
        shared = np.where(found_at == 0, overlaps(box, truth.boxes), 0)
        if len(shared) and shared.max() >= overlap_min:
            is_hit[index] = True
            found_at[shared.argmax()] = found.scores[index]
        else:
            counts[index] = not _is_ignored(box, truth.ignored, overlap_min)
    spans = truth.boxes[:, 2:] - truth.boxes[:, :2]
    sizes = np.sqrt(spans.prod(axis=1)).astype(np.float32)
    return Judged(found.scores[counts], is_hit[counts], sizes, found_at)


def _is_ignored(box: Boxes, ignored: Boxes, overlap_min: float) -> bool:
    """Say whether a box (4,) overlaps an ignored one, or lies mostly inside it."""
    sides = np.minimum(box[2:], ignored[:, 2:]) - np.maximum(box[:2], ignored[:, :2])
    shared = np.clip(sides, 0, None).prod(axis=1)
    is_covered = bool((shared > COVERED_SHARE * (box[2:] - box[:2]).prod()).any())
    return is_covered or _best_overlap(box, ignored) >= overlap_min


def _best_overlap(box: Boxes, boxes: Boxes) -> float:
    return float(overlaps(box, boxes).max(initial=0))


def _curve(judged: Judged) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Precision and recall when all detections down to each score are taken.

    Detections of one score stand or fall together: each has the values of the last of them.
    """
    hits = np.cumsum(judged.is_hit)
    lasts = np.searchsorted(-judged.scores, -judged.scores, side="right") - 1
    return hits[lasts] / (lasts + 1), hits[lasts] / max(1, len(judged.sizes))
