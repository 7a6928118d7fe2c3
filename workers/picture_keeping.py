"""Keep the best face of each open track, until it goes to the sighting. No I/O."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from core.picture_quality import rate_pictures
from core.preferences import EvidenceMode
from core.storage.pictures import OpenPicture, SightingPicture, TrackKey
from core.types import FaceCrop, Result

BETTER_BY = 1.2
"""A picture is replaced by one that is a fifth better, not by each that is a bit better:
every replacement is written. Someone who walks up to a camera makes about ten."""


class Followed(Protocol):
    """A track, of which the number is enough."""

    @property
    def id(self) -> int: ...


class PictureKeeper:
    """The best faces so far of one partition's open tracks, as the transaction wrote them.

    mode: what may be kept now; a picture that it no longer allows is let go.
    """

    def __init__(
        self,
        kept: Mapping[TrackKey, OpenPicture] | None = None,
        mode: EvidenceMode = EvidenceMode.BLURRED,
    ) -> None:
        self.mode = mode
        self._best = dict(kept or {})
        self._changes: dict[TrackKey, OpenPicture | None] = {}

    def consider(self, result: Result, tracks: Sequence[Followed]) -> None:
        """Look at a result's crops. tracks: of each face, in order; none for a stale result."""
        if not result.crops or not tracks:
            return
        qualities = rate_pictures(result.faces)
        for crop in result.crops:
            if is_allowed(crop.is_sharp, self.mode):
                key = (result.camera_id, tracks[crop.face].id)
                self._offer(key, result, crop, float(qualities[crop.face]))

    def end(self, camera_id: int, track_id: int) -> SightingPicture | None:
        """Give the best picture of a track that ended or was split, and forget it."""
        best = self._best.pop((camera_id, track_id), None)
        if best is None:
            return None
        self._changes[camera_id, track_id] = None
        if not is_allowed(best.is_sharp, self.mode):
            return None
        return SightingPicture(best.taken_at, best.is_sharp, best.content)

    def drop_unknown(self, camera_id: int, track_ids: Collection[int]) -> None:
        """Let go of pictures whose tracks are not open, where open tracks could not be read."""
        for key in [key for key in self._best if key[0] == camera_id and key[1] not in track_ids]:
            del self._best[key]
            self._changes[key] = None

    def take_changes(self) -> dict[TrackKey, OpenPicture | None]:
        """Take what is to be written since the last call; None is to be removed."""
        changes, self._changes = self._changes, {}
        return changes

    def _offer(self, key: TrackKey, result: Result, crop: FaceCrop, quality: float) -> None:
        offered = OpenPicture(result.captured_at, quality, crop.is_sharp, crop.content)
        best = self._best.get(key)
        if best is None or not is_allowed(best.is_sharp, self.mode) or _is_better(offered, best):
            self._best[key] = self._changes[key] = offered


def is_allowed(is_sharp: bool, mode: EvidenceMode) -> bool:
    """Say whether such a picture may be kept; a blurred one may where sharp ones may."""
    return mode is EvidenceMode.SHARP or (mode is EvidenceMode.BLURRED and not is_sharp)


def _is_better(offered: OpenPicture, best: OpenPicture) -> bool:
    """Prefer the sharp one, where the mode has just changed; else the better by a fifth."""
    if offered.is_sharp is not best.is_sharp:
        return offered.is_sharp
    return offered.quality > best.quality * BETTER_BY
