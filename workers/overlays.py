"""Make of a frame's faces and tracks what the browser draws."""

from collections.abc import Sequence

from core.live import Overlay, OverlayFace
from core.preferences import VerdictRule
from core.types import LABELS, Result, Verdict
from workers.tracking import Track
from workers.verdicts import judge_lately


def make_overlay(
    result: Result, tracks: Sequence[Track], people_now: int, rule: VerdictRule
) -> Overlay:
    """Pair faces with their tracks (one each, in order; none for a stale result)."""
    faces = tuple(_make_face(result, index, track, rule) for index, track in enumerate(tracks))
    return Overlay(result.camera_id, result.captured_at, result.size_wh, faces, people_now)


def _make_face(result: Result, index: int, track: Track, rule: VerdictRule) -> OverlayFace:
    x1, y1, x2, y2 = (round(value, 1) for value in result.faces.boxes[index].tolist())
    probabilities = result.faces.probabilities[index]
    best = int(probabilities.argmax())
    verdict = judge_lately(track.timeline, track.votes, rule)
    return OverlayFace(
        (x1, y1, x2 - x1, y2 - y1),
        track.id,
        LABELS[best],
        round(float(probabilities[best]), 4),
        round(float(result.faces.scores[index]), 4),
        None if verdict is Verdict.UNSURE else verdict,
    )
