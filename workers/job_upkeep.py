"""What every jobs process sees to beside its work: lost jobs, the timetable, what has run out."""

import logging
from datetime import datetime, timedelta
from time import monotonic

from redis.exceptions import RedisError
from rq import Queue

from core.database_sizes import note_size
from core.errors import DatabaseAway
from core.job_queue import list_rung, ring
from core.jobs import JobKind
from core.processes import Stop
from core.retention import RetentionParameters
from core.storage.audit import SYSTEM
from core.storage.engine import Database, utc_now
from core.storage.installation import read_time_zone
from core.storage.job_runs import give_up_silent_runs
from core.storage.jobs import NewJob, add_job_once, list_waiting
from core.storage.links import forget_expired_links
from core.storage.sizes import measure_database

logger = logging.getLogger(__name__)

SWEEP_EVERY_S = 10.0
TIDY_EVERY_S = 3600.0
SILENT_AFTER = timedelta(seconds=30)
"""A run beats every 5 s; one that is silent for longer is dead, or cannot write."""
RING_AGAIN_AFTER = timedelta(seconds=10)
NIGHTLY_FROM_HOUR = 3
"""Of the installation's time zone; after a night without power it is done later."""


class JobUpkeep:
    """Any number of processes may do it at once: SQL lets one of them act."""

    def __init__(self, database: Database, queue: Queue) -> None:
        self._database = database
        self._queue = queue
        self._next_tidy_s = float("-inf")

    def step(self, now: datetime) -> None:
        """Add what is due, give up dead runs, ring for what waits unheard."""
        self._keep_timetable(now)
        with self._database.write() as session:
            for job_id in give_up_silent_runs(session, now - SILENT_AFTER, now):
                logger.warning(
                    "job %s was silent for %s; its run is given up", job_id, SILENT_AFTER
                )
        with self._database.read() as session:
            waiting = list_waiting(session, now - RING_AGAIN_AFTER)
        rung = list_rung(self._queue) if waiting else set()
        for job_id in waiting:
            if job_id not in rung:
                ring(self._queue, job_id)
        if monotonic() >= self._next_tidy_s:
            self._next_tidy_s = monotonic() + TIDY_EVERY_S
            self._tidy()
            note_size(self._queue.connection, measure_database(self._database), now)

    def _keep_timetable(self, now: datetime) -> None:
        """Add the day's retention; its fixed id keeps several processes from doubling it."""
        with self._database.read() as session:
            local = now.astimezone(read_time_zone(session))
        if local.hour < NIGHTLY_FROM_HOUR:
            return
        new = NewJob(JobKind.RETENTION, RetentionParameters(), SYSTEM)
        job_id = f"retention-{local:%Y-%m-%d}"
        with self._database.write() as session:
            if add_job_once(session, new, job_id, now):
                logger.info("job %s is due", job_id)

    def _tidy(self) -> None:
        with self._database.write() as session:
            forget_expired_links(session)


def keep_up(upkeep: JobUpkeep, stop: Stop) -> None:
    """Do the upkeep every ten seconds until asked to stop."""
    while not stop.is_set:
        try:
            upkeep.step(utc_now())
        except (DatabaseAway, RedisError) as error:
            logger.warning("jobs are not looked after: %s", error)
        except Exception:  # the loop of this thread: dead jobs must be found for ever
            logger.exception("looking after jobs went wrong")
        stop.wait(SWEEP_EVERY_S)
