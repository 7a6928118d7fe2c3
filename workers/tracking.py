"""Follow faces through the frames of one camera; one track is one person passing.

Association is norfair's, with a distance of ours: at 5 frames a second a walking
face has no overlap with itself, so centres are compared, in face widths. Time runs
in ticks, so that uneven frames move the motion filter by what really passed. While
the scene is unchanged no tick passes: who stands still is not forgotten.
"""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import numpy as np
from norfair import Detection, Tracker

from core.errors import BadEntry
from core.preferences import VerdictRule
from core.timelines import VOTE, Timeline
from core.types import Faces, Result
from workers.motion import MotionFilterFactory
from workers.verdicts import NO_VOTES, Votes, vote_weights

# It warns of every tracker with a distance of its own; a camera has a few faces.
logging.getLogger("norfair.tracker").setLevel(logging.ERROR)

TICK_S = 0.1
FORGET_TICKS = 20
"""A face missed for 2 s of moving scene has left."""
OUTAGE_TICKS = 10
"""Frames come at least once a second; a longer gap is an outage of ours."""
IN_VIEW_S = 1.0
"""Who was seen so lately counts among the people now."""
SILENCE_MAX_S = 5.0
"""A camera that says nothing for so long has lost its people."""
TRACK_MAX_S = 600.0
"""After 10 minutes a track is written, and goes on as a continuation."""
FACES_MIN = 2
"""A track of fewer faces is a flicker of the detector, not a person."""
DISTANCE_MAX = 2.2
"""Face widths from the place foreseen. A face is 0.16 m wide; 1.5 m/s over the
0.2 s between two frames are 1.9 widths, before the motion filter knows the speed."""

DEFAULT_RULE = VerdictRule()

_SNAPSHOT_VERSION = 2


@dataclass(frozen=True, slots=True)
class Track:
    """One face followed. box: (x1, y1, x2, y2) pixels, where it was seen last."""

    id: int
    started_at: datetime
    seen_at: datetime
    box: tuple[float, float, float, float]
    timeline: Timeline
    faces: int = 0
    votes: Votes = NO_VOTES
    is_continuation: bool = False
    model_version: str = ""

    @property
    def is_person(self) -> bool:
        return self.faces >= FACES_MIN


class _Snapshot(msgspec.Struct, array_like=True):
    version: int
    next_id: int
    heard_at: datetime
    tracks: list[Track]


class CameraTracker:
    """The open tracks of one camera. Feed it results in the order of their capture."""

    def __init__(self) -> None:
        self._associator = _make_associator()
        self._tracks: dict[int, Track] = {}  # by the associator's id
        self._next_id = 1
        self._heard_at: datetime | None = None
        self._analysed_at: datetime | None = None

    @property
    def open_tracks(self) -> list[Track]:
        return list(self._tracks.values())

    @property
    def people_now(self) -> int:
        """Count those seen in the last second of analysed frames; who is missed may have left."""
        return sum(track.is_person and self._is_in_view(track) for track in self._tracks.values())

    def update(
        self, result: Result, rule: VerdictRule = DEFAULT_RULE
    ) -> tuple[list[Track], list[Track]]:
        """Take in one analysed frame; the rule says which faces vote.

        Returns the track of each face, in the faces' order, and the tracks that
        ended. A result no newer than the last changes nothing: its faces get no track.
        """
        ticks = self._ticks_until(result.captured_at)
        if ticks == 0:
            return [], []
        self._analysed_at = result.captured_at
        followed = self._associate(result.faces, ticks)
        weights = vote_weights(result.faces, rule)
        tracks = [
            self._follow(known, result, face, float(weights[face]))
            for face, known in enumerate(followed)
        ]
        return tracks, self._drop_forgotten() + self._split_long(result.captured_at)

    def hold(self, captured_at: datetime) -> None:
        """Hear that the scene is unchanged: time passes, nobody is forgotten."""
        if self._heard_at is None or captured_at > self._heard_at:
            self._heard_at = captured_at

    def end_silent(self, now: datetime) -> list[Track]:
        """End all tracks if the camera has said nothing for SILENCE_MAX_S."""
        if self._heard_at is None or now - self._heard_at < timedelta(seconds=SILENCE_MAX_S):
            return []
        ended = self.open_tracks
        self._tracks.clear()
        self._associator = _make_associator()
        return ended

    def snapshot(self) -> bytes:
        """Write the open tracks; empty bytes where there are none."""
        if not self._tracks or self._heard_at is None:
            return b""
        snapshot = _Snapshot(_SNAPSHOT_VERSION, self._next_id, self._heard_at, self.open_tracks)
        return msgspec.msgpack.encode(snapshot)

    @classmethod
    def restore(cls, content: bytes) -> "CameraTracker":
        """Go on from a snapshot; only the motion filter's speed is learned anew.

        Raises BadEntry if it is broken or of another version.
        """
        tracker = cls()
        if not content:
            return tracker
        try:
            snapshot = msgspec.msgpack.decode(content, type=_Snapshot)
        except msgspec.DecodeError as error:
            raise BadEntry(f"a snapshot of open tracks is broken: {error}") from error
        if snapshot.version != _SNAPSHOT_VERSION:
            raise BadEntry(f"a snapshot of open tracks has version {snapshot.version}")
        tracker._next_id, tracker._heard_at = snapshot.next_id, snapshot.heard_at
        boxes = np.array([track.box for track in snapshot.tracks], np.float32)
        for known, track in zip(tracker._match(boxes, 1), snapshot.tracks, strict=True):
            tracker._tracks[known] = track
        return tracker

    def _is_in_view(self, track: Track) -> bool:
        missed_s = (self._analysed_at - track.seen_at).total_seconds() if self._analysed_at else 0
        return missed_s <= IN_VIEW_S

    def _ticks_until(self, captured_at: datetime) -> int:
        """Count the ticks since the camera was last heard of; 0 for a stale result."""
        heard_at, self._heard_at = self._heard_at, captured_at
        if heard_at is None:
            return 1
        if captured_at <= heard_at - timedelta(seconds=1):
            self._heard_at = heard_at
            return 0
        passed_s = (captured_at - heard_at).total_seconds()
        return min(max(1, round(passed_s / TICK_S)), round(SILENCE_MAX_S / TICK_S))

    def _associate(self, faces: Faces, ticks: int) -> list[int]:
        """Let the ticks pass, then hand the faces over.

        Where no frame was analysed, because a worker died, say, nobody was seen to
        leave: people go on as foreseen, but only OUTAGE_TICKS of it count as missed.
        """
        unseen = max(0, ticks - OUTAGE_TICKS)
        for known in self._associator.tracked_objects:
            for _ in range(unseen):
                known.filter.predict()
        for _ in range(ticks - unseen - 1):
            self._associator.update()
        return self._match(faces.boxes, ticks - unseen)

    def _match(self, boxes: "np.ndarray[Any, np.dtype[np.float32]]", ticks: int) -> list[int]:
        """Hand boxes (n, 4) to the associator; returns its id for each, in order."""
        detections = [
            Detection(_as_points(box), data=index) for index, box in enumerate(boxes.tolist())
        ]
        matched: dict[int, int] = {}
        for known in self._associator.update(detections, period=ticks):
            if known.age == known.last_detection.age:  # hit just now
                known.hit_counter = FORGET_TICKS
                matched[int(known.last_detection.data)] = int(known.id or 0)
        return [matched[index] for index in range(len(detections))]

    def _follow(self, known: int, result: Result, face: int, weight: float) -> Track:
        x1, y1, x2, y2 = result.faces.boxes[face].tolist()
        now, track = result.captured_at, self._tracks.get(known)
        if track is None:
            track = Track(self._next_id, now, now, (x1, y1, x2, y2), Timeline(now))
            self._next_id += 1
        probabilities = result.faces.probabilities[face]
        mask, incorrect_mask, no_mask = (probabilities * (weight * VOTE)).round().tolist()
        self._tracks[known] = replace(
            track,
            seen_at=now,
            box=(x1, y1, x2, y2),
            timeline=track.timeline.add(now, (int(mask), int(incorrect_mask), int(no_mask))),
            faces=track.faces + 1,
            votes=track.votes.add(probabilities, weight),
            model_version=result.model_version,
        )
        return self._tracks[known]

    def _drop_forgotten(self) -> list[Track]:
        alive = {known.id for known in self._associator.tracked_objects}
        gone = [known for known in self._tracks if known not in alive]
        return [self._tracks.pop(known) for known in gone]

    def _split_long(self, now: datetime) -> list[Track]:
        long = {
            known: track
            for known, track in self._tracks.items()
            if now - track.started_at >= timedelta(seconds=TRACK_MAX_S)
        }
        for known, track in long.items():
            self._tracks[known] = replace(
                track,
                started_at=now,
                timeline=Timeline(now),
                faces=0,
                votes=NO_VOTES,
                is_continuation=True,
            )
        return list(long.values())


def _make_associator() -> Tracker:
    return Tracker(
        distance_function=_distance,
        distance_threshold=DISTANCE_MAX,
        hit_counter_max=FORGET_TICKS,
        initialization_delay=0,
        filter_factory=MotionFilterFactory(),
        past_detections_length=0,
    )


def _as_points(box: Sequence[float]) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Turn xyxy into the two points that are filtered: centre, and size."""
    x1, y1, x2, y2 = box
    return np.array([[(x1 + x2) / 2, (y1 + y2) / 2], [x2 - x1, y2 - y1]])


def _distance(detection: Any, known: Any) -> float:
    """Measure how far a face is from a track: centres in face widths, and size.

    A face twice as wide as foreseen counts as one width further off.
    """
    (x, y), (width, _) = detection.points
    (known_x, known_y), (known_width, _) = known.estimate
    mean_width = max(1.0, (width + max(known_width, 1.0)) / 2)
    growth = abs(math.log2(max(width, 1.0) / max(known_width, 1.0)))
    return math.hypot(x - known_x, y - known_y) / float(mean_width) + growth
