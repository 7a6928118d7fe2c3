"""Which cells answer for which face, and what a wrong answer costs.

Assignment by dynamic top-k (simOTA: Ge et al., 2021) among cells near a face's
centre on grids that fit its size; score by quality focal loss (Li et al., 2020);
box by generalised overlap (Rezatofighi et al., 2019).
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import tensorflow as tf

from models.detectors.anchor_free import SIZE_LOG_MAX, SIZE_UNIT, STRIDES
from models.training.detector.pictures import Kind

Tensor: TypeAlias = Any
"""A tensor of TensorFlow, which ships no types."""

SIZES_PX = ((0.0, 56.0), (32.0, 160.0), (96.0, 1e6))
"""Longer sides of the faces that each grid may answer for; they overlap."""
REACH_CELLS = 1.5
"""How far from a face's centre, in cells along x and y, a cell may answer for it."""
MATCHES_MAX = 10
BOX_COST = 3.0
BOX_WEIGHT = 2.0
QUALITY_MIN = 0.5
"""The score that a cell learns for a face that its box barely touches; 1 for a perfect box.

With the overlap alone, faces of few pixels, whose overlap a pixel halves, score below
what looks like a large face.
"""
LABEL_WEIGHT = 0.3
LABEL_WEIGHTS = (1.0, 3.0, 1.5)
"""By LABELS: badly worn masks are rare, bare faces are rarer than masks."""
_FAR = 1e5
_TINY = 1e-7


@dataclass(frozen=True, slots=True)
class Cells:
    """Where the cells of an input's grids lie: centres (a, 2) xy pixels, strides (a,), ranges."""

    centres: Tensor
    strides: Tensor
    smallest: Tensor
    largest: Tensor


@dataclass(frozen=True, slots=True)
class Losses:
    """The three parts of the loss, weighed, and how many cells answer for a face."""

    score: Tensor
    box: Tensor
    label: Tensor
    matches: Tensor

    @property
    def total(self) -> Tensor:
        return self.score + self.box + self.label


def lay_cells(height: Tensor, width: Tensor) -> Cells:
    """Lay the grids of an input, in the order of the network's output."""
    centres, strides, ranges = [], [], []
    for stride, limits in zip(STRIDES, SIZES_PX, strict=True):
        xs = (tf.cast(tf.range(width // stride), tf.float32) + 0.5) * stride
        ys = (tf.cast(tf.range(height // stride), tf.float32) + 0.5) * stride
        grid = tf.reshape(tf.stack(tf.meshgrid(xs, ys), axis=-1), (-1, 2))
        centres.append(grid)
        strides.append(tf.fill(tf.shape(grid)[:1], float(stride)))
        ranges.append(tf.tile([limits], (tf.shape(grid)[0], 1)))
    sizes = tf.concat(ranges, 0)
    return Cells(tf.concat(centres, 0), tf.concat(strides, 0), sizes[:, 0], sizes[:, 1])


def to_boxes(offsets: Tensor, cells: Cells) -> Tensor:
    """Turn raw (b, a, 4) into xyxy pixels, as models/detectors/anchor_free.py does."""
    strides = cells.strides[:, None]
    centres = cells.centres + offsets[..., :2] * strides
    logarithms = tf.clip_by_value(offsets[..., 2:], -SIZE_LOG_MAX, SIZE_LOG_MAX)
    halves = tf.exp(logarithms) * strides * SIZE_UNIT / 2
    return tf.concat([centres - halves, centres + halves], -1)


def measure(raw: Tensor, faces: Tensor, kinds: Tensor, cells: Cells) -> Losses:
    """Measure a batch.

    raw: (b, a, 8) of the network; faces: (b, m, 4) xyxy pixels; kinds: (b, m) of
    Kind, -1 where there is no box.
    """
    boxes = to_boxes(raw[..., 1:5], cells)
    owner, overlap = assign(
        tf.stop_gradient(raw[..., 0]), tf.stop_gradient(boxes), faces, kinds, cells
    )
    is_match = owner >= 0
    safe = tf.maximum(owner, 0)
    quality = tf.where(is_match, QUALITY_MIN + (1 - QUALITY_MIN) * overlap, 0.0)
    share = tf.maximum(tf.reduce_sum(quality), 1.0)
    masked = _is_ignored(faces, kinds, cells) & ~is_match
    score = _quality_focal(raw[..., 0], quality) * tf.cast(~masked, tf.float32)
    wanted = tf.gather(faces, safe, batch_dims=1)
    box = quality * (1 - generalised_overlap(boxes, wanted))
    label = _label_loss(raw[..., 5:], tf.gather(kinds, safe, batch_dims=1), is_match)
    return Losses(
        tf.reduce_sum(score) / share,
        BOX_WEIGHT * tf.reduce_sum(tf.where(is_match, box, 0.0)) / share,
        LABEL_WEIGHT * label,
        tf.reduce_sum(tf.cast(is_match, tf.int32)),
    )


def assign(
    logits: Tensor, boxes: Tensor, faces: Tensor, kinds: Tensor, cells: Cells
) -> tuple[Tensor, Tensor]:
    """Choose the face that each cell answers for.

    logits: (b, a); boxes: (b, a, 4). Returns the face's index (b, a), -1 for
    none, and the overlap of the cell's box with it.
    """
    is_face = (kinds >= 0) & (kinds <= int(Kind.FACE))
    may = _may_answer(faces, cells) & is_face[:, :, None]  # (b, m, a)
    overlap = tf.where(may, _overlap(faces[:, :, None], boxes[:, None]), 0.0)
    cost = tf.nn.softplus(-logits)[:, None] - BOX_COST * tf.math.log(overlap + 1e-3)
    cost = tf.where(may, cost, _FAR)
    best, _ = tf.math.top_k(overlap, MATCHES_MAX)
    count = tf.clip_by_value(tf.cast(tf.reduce_sum(best, -1), tf.int32), 1, MATCHES_MAX)
    cheapest, _ = tf.math.top_k(-cost, MATCHES_MAX)
    limit = -tf.gather(cheapest, count[:, :, None] - 1, batch_dims=2)  # (b, m, 1)
    cost = tf.where((cost <= limit) & may, cost, _FAR)
    owner = tf.argmin(cost, axis=1, output_type=tf.int32)  # (b, a)
    is_owned = tf.reduce_min(cost, axis=1) < _FAR
    chosen = tf.gather(tf.transpose(overlap, (0, 2, 1)), owner, batch_dims=2)
    return tf.where(is_owned, owner, -1), tf.where(is_owned, chosen, 0.0)


def generalised_overlap(first: Tensor, second: Tensor) -> Tensor:
    """GIoU of boxes (..., 4) xyxy: overlap less the share of the hull that is in neither."""
    lower = tf.minimum(first[..., :2], second[..., :2])
    upper = tf.maximum(first[..., 2:], second[..., 2:])
    hull = tf.reduce_prod(upper - lower, -1)
    shared, union = _shared_and_union(first, second)
    return shared / (union + _TINY) - (hull - union) / (hull + _TINY)


def _overlap(first: Tensor, second: Tensor) -> Tensor:
    shared, union = _shared_and_union(first, second)
    return shared / (union + _TINY)


def _shared_and_union(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    lower = tf.maximum(first[..., :2], second[..., :2])
    upper = tf.minimum(first[..., 2:], second[..., 2:])
    shared = tf.reduce_prod(tf.maximum(upper - lower, 0.0), -1)
    areas = [tf.reduce_prod(box[..., 2:] - box[..., :2], -1) for box in (first, second)]
    return shared, areas[0] + areas[1] - shared


def _may_answer(faces: Tensor, cells: Cells) -> Tensor:
    """(b, m, a): the cell is near the face's centre, on a grid that fits its size."""
    centres = (faces[..., :2] + faces[..., 2:]) / 2
    side = tf.reduce_max(faces[..., 2:] - faces[..., :2], -1)[:, :, None]
    apart = tf.reduce_max(tf.abs(centres[:, :, None] - cells.centres), -1)
    fits = (side >= cells.smallest) & (side <= cells.largest)
    return fits & (apart <= REACH_CELLS * cells.strides)


def _is_ignored(faces: Tensor, kinds: Tensor, cells: Cells) -> Tensor:
    """(b, a): the cell lies in a box of kind IGNORE, or within a cell of its centre."""
    halves = (faces[..., 2:] - faces[..., :2])[:, :, None] / 2
    centres = (faces[..., :2] + faces[..., 2:])[:, :, None] / 2
    reach = tf.maximum(halves, cells.strides[:, None])
    inside = tf.reduce_all(tf.abs(cells.centres - centres) <= reach, -1)
    return tf.reduce_any(inside & (kinds == int(Kind.IGNORE))[:, :, None], axis=1)


def _quality_focal(logits: Tensor, quality: Tensor) -> Tensor:
    wrong = tf.abs(tf.sigmoid(logits) - quality)
    return tf.square(wrong) * tf.nn.sigmoid_cross_entropy_with_logits(quality, logits)


def _label_loss(logits: Tensor, kinds: Tensor, is_match: Tensor) -> Tensor:
    """Cross-entropy where the label is known, the mean by LABEL_WEIGHTS."""
    known = is_match & (kinds >= 0) & (kinds < int(Kind.FACE))
    labels = tf.where(known, kinds, 0)
    weights = tf.gather(tf.constant(LABEL_WEIGHTS), labels) * tf.cast(known, tf.float32)
    each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
    return tf.reduce_sum(each * weights) / tf.maximum(tf.reduce_sum(weights), 1.0)
