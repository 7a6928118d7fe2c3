"""RQ jobs: work that must not be lost, and that nobody waits for at a screen.

Jobs and their results are JSON: nothing is unpickled from Redis.
"""

import logging
import os
import threading
from contextlib import closing

from rq import Queue, Worker
from rq.serializers import JSONSerializer

from core.connections import connect_redis
from core.processes import Stop
from core.settings import Settings, load_settings
from core.storage.engine import Database
from core.storage.users import forget_expired_links

logger = logging.getLogger(__name__)

QUEUE = "maskwatch"
TIDY_EVERY_S = 3600.0


def work_off_jobs(settings: Settings, stop: Stop) -> None:
    """Run jobs one after another until SIGTERM; the one in hand is finished first."""
    os.environ["MASKWATCH_DATA"] = str(settings.data)  # for the processes of the jobs
    redis = connect_redis(settings)
    queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
    timetable = threading.Thread(target=_keep_timetable, args=(queue, stop), daemon=True)
    timetable.start()
    # It forks for each job. RQ's spawning worker would write the password of Redis
    # into the command line of its child.
    worker = Worker([queue], connection=redis, serializer=JSONSerializer)
    # RQ takes the signals over, and returns once it was told to stop.
    worker.work(logging_level="WARNING")
    stop.set()


def tidy() -> int:
    """Remove what has run out; returns how many rows went."""
    with closing(Database(load_settings().database)) as database, database.write() as session:
        return forget_expired_links(session)


def _keep_timetable(queue: Queue, stop: Stop) -> None:
    """Enqueue what is due; the fixed id keeps several `jobs` processes from doubling it."""
    while not stop.is_set:
        queue.enqueue(tidy, job_id="tidy", result_ttl=int(TIDY_EVERY_S))
        stop.wait(TIDY_EVERY_S)
