"""Copy the frame accounts of minutes that are over from Redis to SQL.

A minute is copied again until something has become of all its frames. The copies
go through the recorder's transactions: one that was overtaken writes none.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from core.accounts import MINUTES_KEPT, FrameAccount, MinuteKey, read_minutes
from core.keys import partition_of
from core.storage.engine import Database
from core.storage.frame_accounts import CopiedMinutes, counted_cameras, read_copied
from core.storage.rollups import Slot
from core.types import from_microseconds, to_microseconds

if TYPE_CHECKING:
    from redis import Redis

MINUTES_AT_ONCE = 60
"""Of one camera: after an outage of SQL a day is caught up within minutes."""

_CLOCKS_DIFFER = timedelta(minutes=5)
"""A camera is registered by another clock than the one that frames are counted by."""


@dataclass(slots=True)
class CameraCopies:
    """How far a camera is copied: all minutes before `next_minute`, numbered since 1970.

    unsettled: those of them that may still change, as they were copied.
    """

    next_minute: int
    unsettled: dict[int, FrameAccount] = field(default_factory=dict)

    def due(self, this_minute: int) -> list[int]:
        """List the minutes to look at; those that Redis has forgotten by age are let go."""
        oldest = this_minute - MINUTES_KEPT
        self.unsettled = {at: one for at, one in self.unsettled.items() if at >= oldest}
        first = max(self.next_minute, oldest)
        return [*self.unsettled, *range(first, min(this_minute, first + MINUTES_AT_ONCE))]

    def settle(
        self, asked: Sequence[int], found: Mapping[int, FrameAccount]
    ) -> Iterator[tuple[int, FrameAccount]]:
        """Take in what Redis says of the minutes asked for; yields what is to be written."""
        for minute in asked:
            known = self.unsettled.pop(minute, None)
            account = found.get(minute) or (known and _give_up(known))
            if account is None:
                continue
            if account.unresolved:
                self.unsettled[minute] = account
            if account != known:
                yield minute, account
        self.next_minute = max([self.next_minute, *(minute + 1 for minute in asked)])


PartitionCopies: TypeAlias = Mapping[int, dict[int, CameraCopies]]
"""By partition and camera."""


class AccountCopier:
    """Finds what is to be copied for the partitions that a recorder owns.

    this_minute: asks for the minute that frames are counted in now (`read_this_minute`).
    """

    def __init__(
        self,
        redis: "Redis",
        database: Database,
        this_minute: Callable[[], int],
        shards: int = 1,
    ) -> None:
        self._redis = redis
        self._database = database
        self._this_minute = this_minute
        self._shards = shards

    def copy(self, partitions: PartitionCopies) -> dict[int, dict[Slot, FrameAccount]]:
        """Read what changed, by partition.

        `partitions` is brought up to date at once: throw it away where the answer
        cannot be written.
        """
        this_minute = self._this_minute()
        self._begin(partitions, this_minute)
        asked = {
            camera_id: copies.due(this_minute)
            for cameras in partitions.values()
            for camera_id, copies in cameras.items()
        }
        found = self._read(asked)
        changed: dict[int, dict[Slot, FrameAccount]] = {}
        for partition, cameras in partitions.items():
            for camera_id, copies in cameras.items():
                for minute, account in copies.settle(asked[camera_id], found[camera_id]):
                    slot = camera_id, _start_of(minute)
                    changed.setdefault(partition, {})[slot] = account
        return changed

    def _begin(self, partitions: PartitionCopies, this_minute: int) -> None:
        """Find out from SQL how far the cameras are copied that we hear of first."""
        oldest = _start_of(this_minute - MINUTES_KEPT)
        with self._database.read() as session:
            registered = counted_cameras(session, oldest)
            new = [
                camera_id
                for camera_id in registered
                if camera_id not in partitions.get(partition_of(camera_id), {camera_id: None})
            ]
            copied = read_copied(session, new, oldest) if new else {}
        for camera_id, copies in copied.items():
            begun_at = max(oldest, registered[camera_id] - _CLOCKS_DIFFER)
            partitions[partition_of(camera_id)][camera_id] = _resume(copies, begun_at)

    def _read(self, asked: Mapping[int, Sequence[int]]) -> dict[int, dict[int, FrameAccount]]:
        keys: list[MinuteKey] = [
            (camera_id, minute) for camera_id, minutes in asked.items() for minute in minutes
        ]
        found: dict[int, dict[int, FrameAccount]] = {camera_id: {} for camera_id in asked}
        for (camera_id, minute), account in read_minutes(self._redis, keys, self._shards).items():
            found[camera_id][minute] = account
        return found


def _resume(copied: CopiedMinutes, begun_at: datetime) -> CameraCopies:
    next_minute = _number_of(copied.latest) + 1 if copied.latest else _number_of(begun_at)
    unsettled = {_number_of(start): account for start, account in copied.unsettled.items()}
    return CameraCopies(next_minute, unsettled)


def _give_up(account: FrameAccount) -> FrameAccount:
    """Count as lost what was unresolved when Redis lost its data."""
    return replace(account, lost=account.lost + account.unresolved)


def _number_of(start: datetime) -> int:
    return to_microseconds(start) // 60_000_000


def _start_of(minute: int) -> datetime:
    return from_microseconds(minute * 60_000_000)
