"""Which partitions this recorder owns, and what it holds of each in memory."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.errors import BadEntry
from core.keys import PARTITIONS
from core.results import Lease, ResultQueue
from core.storage.engine import Database
from core.storage.recording import Mark, StoredPartition, read_partitions
from core.storage.rollups import Slot
from workers.account_copies import CameraCopies
from workers.picture_keeping import PictureKeeper
from workers.tracking import SILENCE_MAX_S, CameraTracker

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class PartitionState:
    """What we hold of a partition that we own, as it was last written to SQL.

    seen: the latest minutes of each camera that are written already.
    heard_at: when a result of each camera last came, by our clock.
    snapshots: by camera, its open tracks as they stand in SQL.
    copies: by camera, how far its frame accounts are copied.
    """

    mark: Mark
    trackers: dict[int, CameraTracker] = field(default_factory=dict)
    snapshots: dict[int, bytes] = field(default_factory=dict)
    seen: set[Slot] = field(default_factory=set)
    pictures: PictureKeeper = field(default_factory=PictureKeeper)
    copies: dict[int, CameraCopies] = field(default_factory=dict)
    heard_at: dict[int, datetime] = field(default_factory=dict)

    def silent_cameras(self, now: datetime) -> list[int]:
        """List the cameras of which nothing has come for SILENCE_MAX_S.

        Not by the times of their frames: the clock of the machine that captures may differ.
        """
        waits = {one: now - self.heard_at.setdefault(one, now) for one in self.trackers}
        return [one for one, wait in waits.items() if abs(wait.total_seconds()) >= SILENCE_MAX_S]


class OwnedPartitions:
    """The partitions whose leases we hold. `states` may be read; changes go through here."""

    def __init__(
        self, database: Database, results: ResultQueue, count_recorders: Callable[[], int]
    ) -> None:
        self.states: dict[int, PartitionState] = {}
        self._database = database
        self._results = results
        self._count_recorders = count_recorders

    @property
    def applied(self) -> dict[int, str]:
        """Tell up to which result each partition is recorded."""
        return {partition: state.mark.applied for partition, state in self.states.items()}

    def renew(self) -> None:
        """Hold our fair share of the partitions; give back what is above it."""
        share = -(-PARTITIONS // max(1, self._count_recorders()))
        for partition in list(self.states)[share:]:
            self.give_back(partition)
        leases = {partition: self._results.own(partition) for partition in self.states}
        wanted = share - sum(lease is not Lease.OTHERS for lease in leases.values())
        for partition in range(PARTITIONS):
            if wanted > 0 and partition not in leases:
                leases[partition] = self._results.own(partition)
                wanted -= leases[partition] is not Lease.OTHERS
        self._settle(leases)

    def give_back(self, partition: int) -> None:
        """Forget a partition, so that another recorder need not wait for it."""
        self._results.disown(partition)
        del self.states[partition]

    def give_all_back(self) -> None:
        for partition in list(self.states):
            self.give_back(partition)

    def forget_all(self) -> None:
        """Keep the leases, but read everything anew: what we hold may not be what SQL has."""
        self.states.clear()

    def _settle(self, leases: Mapping[int, Lease]) -> None:
        """Forget what others own, and read what is ours from now on.

        A lease that is new though it was ours ran out meanwhile, or Redis lost its data.
        """
        fresh = []
        for partition, lease in leases.items():
            if lease is Lease.OTHERS:
                self.states.pop(partition, None)
            elif lease is Lease.NEW or partition not in self.states:
                fresh.append(partition)
        if fresh:
            with self._database.read() as session:
                stored = read_partitions(session, fresh)
            for partition, one in stored.items():
                self._go_on(partition, one.mark)
                self.states[partition] = _restore_partition(one)

    def _go_on(self, partition: int, mark: Mark) -> None:
        if lost := self._results.go_on_from(partition, mark.applied):
            logger.error(
                "partition %d: %d results of a Redis whose clock is behind", partition, lost
            )


def _restore_partition(stored: StoredPartition) -> PartitionState:
    state = PartitionState(stored.mark, snapshots=dict(stored.snapshots))
    for camera_id, snapshot in stored.snapshots.items():
        state.trackers[camera_id] = _restore(camera_id, snapshot)
    state.pictures = PictureKeeper(stored.pictures)
    for camera_id in {camera_id for camera_id, _ in stored.pictures}:
        tracker = state.trackers.get(camera_id, CameraTracker())
        state.pictures.drop_unknown(camera_id, [track.id for track in tracker.open_tracks])
    return state


def _restore(camera_id: int, snapshot: bytes) -> CameraTracker:
    try:
        return CameraTracker.restore(snapshot)
    except BadEntry as error:
        logger.error("camera %d: its open tracks are given up: %s", camera_id, error)
        return CameraTracker()
