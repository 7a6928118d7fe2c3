"""Follow faces through the frames of one camera; one track is one person passing.

Which face is whose, `association` says. Time is the frames' own: uneven and missed
ones move people by what really passed. While the scene is unchanged no time passes
for who stands in it: they are not forgotten.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from core.errors import BadEntry
from core.preferences import VerdictRule
from core.timelines import VOTE, Timeline
from core.types import Result
from workers.association import Associator, Followed, Probabilities
from workers.motion import Motion
from workers.verdicts import NO_VOTES, Votes, vote_weights

FORGET_S = 2.5
"""A face missed for so long in a moving scene has left; heads turn away for a second or two."""
ELUSIVE_MAX = 2.0
"""One that is found in every other frame, as small faces are, is waited for twice as long."""
STEP_S_MIN = 0.01
"""Frames that come in one another's place, as by a camera's clock set back, are so far apart."""
LATE_S_MAX = 1.0
"""What is older than the newest by more is stale."""
STALE_MAX = 5
"""After so many stale results in a row the clock was set back, and the old time comes no more."""
IN_VIEW_S = 1.0
"""Who was seen so lately counts among the people now."""
SILENCE_MAX_S = 5.0
"""A camera that says nothing for so long has lost its people."""
TRACK_MAX_S = 600.0
"""After 10 minutes a track is written, and goes on as a continuation."""
FACES_MIN = 2
PERSON_S_MIN = 0.3
"""A track of fewer faces, or a shorter one, is a flicker of the detector, not a person."""
DEFAULT_RULE = VerdictRule()

Box = tuple[float, float, float, float]

_SNAPSHOT_VERSION = 2


@dataclass(frozen=True, slots=True)
class Track:
    """One face followed. box: (x1, y1, x2, y2) pixels, where it was seen last."""

    id: int
    started_at: datetime
    seen_at: datetime
    box: Box
    timeline: Timeline
    faces: int = 0
    votes: Votes = NO_VOTES
    is_continuation: bool = False
    model_version: str = ""

    @property
    def is_person(self) -> bool:
        lasted_s = (self.seen_at - self.started_at).total_seconds()
        return self.faces >= FACES_MIN and lasted_s >= PERSON_S_MIN


class _Snapshot(msgspec.Struct, array_like=True):
    version: int
    next_id: int
    heard_at: datetime
    analysed_at: datetime
    size_wh: tuple[int, int]
    tracks: list[Track]
    motions: list[Motion]
    worn: list[Probabilities]


class CameraTracker:
    """The open tracks of one camera. Feed it results in the order of their capture."""

    def __init__(self) -> None:
        self._associator = Associator()
        self._tracks: dict[int, Track] = {}  # by the associator's id
        self._next_id = 1
        self._heard_at: datetime | None = None
        self._analysed_at: datetime | None = None
        self._size_wh = (0, 0)
        self._stale = 0

    @property
    def open_tracks(self) -> list[Track]:
        return list(self._tracks.values())

    @property
    def people_now(self) -> int:
        """Count those seen in the last second of analysed frames; who is missed may have left."""
        return sum(self._is_in_view(track) for track in self._tracks.values())

    def update(
        self, result: Result, rule: VerdictRule = DEFAULT_RULE
    ) -> tuple[list[Track], list[Track]]:
        """Take in one analysed frame; the rule says which faces vote.

        Returns the track of each face, in the faces' order, and the tracks that
        ended. A result older than the last changes nothing: its faces get no track.
        Many in a row end all tracks: the clock was set back.
        """
        if self._is_stale(result.captured_at):
            self._stale += 1
            return [], self.end_all() if self._stale == STALE_MAX else []
        self._stale = 0
        step_s = self._step(result.captured_at)
        self._analysed_at, self._size_wh = result.captured_at, result.size_wh
        followed = self._associator.associate(result.faces, result.size_wh, step_s)
        weights = vote_weights(result.faces, rule)
        seen = zip(result.faces.boxes.tolist(), result.faces.probabilities.tolist(), strict=True)
        tracks = [
            self._follow(known, result, (x1, y1, x2, y2), (mask, incorrect, bare), weight)
            for known, ((x1, y1, x2, y2), (mask, incorrect, bare)), weight in zip(
                followed, seen, weights, strict=True
            )
        ]
        return tracks, self._drop_forgotten() + self._split_long(result.captured_at)

    def hold(self, captured_at: datetime) -> None:
        """Hear that the scene is unchanged: who is in it stands still, and is not forgotten."""
        if self._heard_at is None or captured_at <= self._heard_at:
            return
        self._heard_at = captured_at
        for known in self._associator.followed:
            known.motion.rest()

    def end_all(self) -> list[Track]:
        """Forget everybody; returns the tracks that were open."""
        ended = self.open_tracks
        self._tracks.clear()
        self._associator, self._heard_at = Associator(), None
        return ended

    def snapshot(self) -> bytes:
        """Write the open tracks; empty bytes where there are none."""
        if not self._tracks or self._heard_at is None or self._analysed_at is None:
            return b""
        followed = self._associator.followed
        snapshot = _Snapshot(
            _SNAPSHOT_VERSION,
            self._next_id,
            self._heard_at,
            self._analysed_at,
            self._size_wh,
            [self._tracks[known.id] for known in followed],
            [known.motion for known in followed],
            [known.worn for known in followed],
        )
        return msgspec.msgpack.encode(snapshot)

    @classmethod
    def restore(cls, content: bytes) -> "CameraTracker":
        """Go on from a snapshot as if nothing had been.

        Raises BadEntry if it is broken or of another version.
        """
        tracker = cls()
        if not content:
            return tracker
        snapshot = _read(content)
        tracker._next_id, tracker._size_wh = snapshot.next_id, snapshot.size_wh
        tracker._heard_at, tracker._analysed_at = snapshot.heard_at, snapshot.analysed_at
        tracks, motions, worn = snapshot.tracks, snapshot.motions, snapshot.worn
        known = tracker._associator.go_on(motions, worn)
        tracker._tracks = dict(zip(known, tracks, strict=True))
        return tracker

    def _is_in_view(self, track: Track) -> bool:
        missed_s = (self._analysed_at - track.seen_at).total_seconds() if self._analysed_at else 0
        return track.faces >= FACES_MIN and missed_s <= IN_VIEW_S

    def _is_stale(self, captured_at: datetime) -> bool:
        heard_at = self._heard_at or captured_at
        return (heard_at - captured_at).total_seconds() >= LATE_S_MAX

    def _step(self, captured_at: datetime) -> float:
        """Give the seconds since the camera was last heard of."""
        heard_at, self._heard_at = self._heard_at, captured_at
        passed_s = (captured_at - heard_at).total_seconds() if heard_at else 0.0
        return min(max(STEP_S_MIN, passed_s), SILENCE_MAX_S)

    def _follow(
        self, known: int, result: Result, box: Box, worn: Probabilities, weight: float
    ) -> Track:
        """Add a face to its track."""
        now, track = result.captured_at, self._tracks.get(known)
        if track is None:
            track = Track(self._next_id, now, now, box, Timeline(now))
            self._next_id += 1
        scale = weight * VOTE
        sums = (round(worn[0] * scale), round(worn[1] * scale), round(worn[2] * scale))
        self._tracks[known] = grown = Track(
            track.id,
            track.started_at,
            seen_at=now,
            box=box,
            timeline=track.timeline.add(now, sums),
            faces=track.faces + 1,
            votes=track.votes.add(worn, weight),
            is_continuation=track.is_continuation,
            model_version=result.model_version,
        )
        return grown

    def _drop_forgotten(self) -> list[Track]:
        gone = {known.id for known in self._associator.followed if self._has_left(known)}
        self._associator.forget(gone)
        return [self._tracks.pop(known) for known in gone]

    def _has_left(self, known: Followed) -> bool:
        """Say who is gone: missed for long, or on the way out of the picture when missed.

        The latter at once: the next who comes in at that edge is someone else.
        """
        motion = known.motion
        patience_s = FORGET_S * min(motion.elusiveness, ELUSIVE_MAX)
        is_out = motion.missed > 0 and not motion.is_within(self._size_wh)
        return is_out or motion.missed_s >= patience_s

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


def _read(content: bytes) -> _Snapshot:
    """Read a snapshot; its version first, for another one has other fields."""
    try:
        fields = msgspec.msgpack.decode(content)
        version = fields[0] if isinstance(fields, list) and fields else None
        if version != _SNAPSHOT_VERSION:
            raise BadEntry(f"a snapshot of open tracks has version {version}")
        return msgspec.msgpack.decode(content, type=_Snapshot)
    except msgspec.DecodeError as error:
        raise BadEntry(f"a snapshot of open tracks is broken: {error}") from error
