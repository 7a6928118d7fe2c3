"""The recorder loop: results -> tracks -> verdicts -> one SQL transaction.

Each recorder owns some of the 32 partitions by leases. A second owner, be it for a
pause of ours, is noticed by the mark's version in SQL: then what we hold in memory
is worthless, is discarded and read anew.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from core.errors import DatabaseAway
from core.live import Overlay
from core.results import ResultBatch, ResultQueue
from core.storage.engine import Database
from core.storage.recording import Recording, Watch, read_watch, record
from workers.account_copies import AccountCopier
from workers.intake import end_tracks, take_in
from workers.partitions import OwnedPartitions

logger = logging.getLogger(__name__)

BATCH_RESULTS = 64
"""Results of one partition in one transaction: small, for the overlays wait for it."""
UPKEEP_S = 1.0
COPY_EVERY_S = 10.0
"""Frame accounts of minutes that are over."""


class Recorder:
    """Records the partitions that it owns; `step` is one turn of the loop."""

    def __init__(
        self,
        database: Database,
        results: ResultQueue,
        publish: Callable[[Sequence[Overlay]], None],
        count_recorders: Callable[[], int],
        copier: AccountCopier,
    ) -> None:
        self._database = database
        self._results = results
        self._publish = publish
        self._owned = OwnedPartitions(database, results, count_recorders)
        self._copier = copier
        self._watch = Watch()
        self._kept_up_at: datetime | None = None
        self._copied_at: datetime | None = None
        self.recorded = 0
        self.refused = 0

    @property
    def partitions(self) -> frozenset[int]:
        """Name the partitions that are ours now."""
        return frozenset(self._owned.states)

    def step(self, now: datetime, wait_s: float = 0.5) -> int:
        """Record what has come; returns how many results were recorded.

        If the database is away it raises DatabaseAway, and everything is read anew
        at the next step: results wait in Redis meanwhile.
        """
        try:
            is_due = _is_due(self._kept_up_at, now, UPKEEP_S)
            if is_due:
                self._kept_up_at = now
                self._keep_up()
            batches = self._results.take(self._owned.applied, BATCH_RESULTS, wait_s)
            self._record(batches, now)
            if is_due:
                self._end_silent(now, {one.partition for one in batches if _is_full(one)})
            if _is_due(self._copied_at, now, COPY_EVERY_S):
                self._copied_at = now
                self._copy_accounts()
            return sum(len(batch.results) for batch in batches)
        except DatabaseAway:
            self._owned.forget_all()
            self._kept_up_at = self._copied_at = None
            raise

    def stop(self) -> None:
        """Give the partitions back, so that another recorder need not wait."""
        self._owned.give_all_back()

    def _keep_up(self) -> None:
        """Once a second: leases, and what was chosen anew."""
        self._owned.renew()
        with self._database.read() as session:
            self._watch = read_watch(session)

    def _end_silent(self, now: datetime, behind: Collection[int]) -> None:
        """End the tracks of cameras that say nothing.

        behind: partitions of which more waits than was taken. After an outage of ours
        their cameras only seem to be silent.
        """
        ended = [
            end_tracks(partition, state, self._watch, state.silent_cameras(now))
            for partition, state in self._owned.states.items()
            if partition not in behind
        ]
        self._write([recording for recording in ended if recording is not None])

    def _copy_accounts(self) -> None:
        states = self._owned.states
        copies = self._copier.copy({number: state.copies for number, state in states.items()})
        self._write(
            [
                Recording(partition, states[partition].mark.applied, accounts=accounts)
                for partition, accounts in copies.items()
            ]
        )

    def _record(self, batches: Sequence[ResultBatch], now: datetime) -> None:
        """Write all batches in one transaction, each with its mark; then trim and show."""
        states = self._owned.states
        for batch in batches:
            heard = {result.camera_id: now for result in batch.results}
            states[batch.partition].heard_at.update(heard)
        prepared = [take_in(batch, states[batch.partition], self._watch) for batch in batches]
        written = self._write([one.recording for one in prepared])
        ours = [one for one in prepared if one.recording.partition in written]
        # After the commit: a crash in between reads these again, and the mark skips them.
        self._results.trim({one.recording.partition: one.recording.applied for one in ours})
        self.recorded += sum(len(one.batch.results) for one in ours)
        self.refused += sum(one.batch.refused for one in ours)
        self._publish([overlay for one in ours for overlay in one.overlays])

    def _write(self, recordings: Sequence[Recording]) -> set[int]:
        """Write recordings; returns the partitions that were still ours.

        One that was not is forgotten, to be read anew once we own it again.
        """
        if not recordings:
            return set()
        states = self._owned.states
        marks = {one.partition: states[one.partition].mark for one in recordings}
        with self._database.write() as session:
            moved = record(session, recordings, marks)
        for partition in marks:
            if partition in moved:
                states[partition].mark = moved[partition]
            else:
                logger.warning("partition %d has another recorder; giving way", partition)
                self._owned.give_back(partition)
        return set(moved)


def _is_full(batch: ResultBatch) -> bool:
    return len(batch.results) + batch.refused >= BATCH_RESULTS


def _is_due(last: datetime | None, now: datetime, every_s: float) -> bool:
    """Say whether to do it again; a clock that was set back does not stop it."""
    return last is None or not 0 <= (now - last).total_seconds() < every_s
