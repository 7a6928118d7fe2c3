"""Hand a job to RQ, which carries it to whoever works jobs off. SQL is the truth.

RQ only rings: it carries the job's id, and a row of SQL says all else. A bell that was
lost, for Redis was away or lost its data, is rung again by the sweeper of `workers/jobs.py`.
"""

import logging
from typing import TYPE_CHECKING

from pydantic import BaseModel
from redis.exceptions import RedisError

from core.jobs import JobKind

if TYPE_CHECKING:
    from redis import Redis
    from rq import Queue

    from core.storage.audit import Actor
    from core.storage.engine import Database

logger = logging.getLogger(__name__)

QUEUE = "maskwatch"
CARRIED_TO = "workers.jobs.carry_out"
"""What RQ calls with the id: by name, for this room imports none of the others."""


def enqueue(
    redis: "Redis",
    database: "Database",
    kind: JobKind,
    parameters: BaseModel,
    actor: "Actor",
    camera_id: int | None = None,
) -> str:
    """Add a job and hand it to RQ; returns its id.

    Whoever writes more in the same transaction calls `add_job` there, and
    `hand_over` after the commit.
    """
    from core.storage.jobs import NewJob, add_job

    with database.write() as session:
        job_id = add_job(session, NewJob(kind, parameters, actor, camera_id))
    hand_over(redis, job_id)
    return job_id


def hand_over(redis: "Redis", job_id: str) -> None:
    """Ring for a waiting job. Where Redis is away the sweeper does it later."""
    try:
        ring(open_queue(redis), job_id)
    except RedisError as error:
        logger.warning("job %s waits for Redis: %s", job_id, error)


def open_queue(redis: "Redis") -> "Queue":
    """Open the queue. Jobs and results are JSON: nothing is unpickled from Redis."""
    # Imported here: RQ takes a fifth of a second, and few processes need it.
    from rq import Queue
    from rq.serializers import JSONSerializer

    return Queue(QUEUE, connection=redis, serializer=JSONSerializer)


def ring(queue: "Queue", job_id: str) -> None:
    """Put a job's id where the next free process takes it. Twice does no harm."""
    # The job's own time limit holds; RQ's would end the process that supervises it.
    queue.enqueue(CARRIED_TO, job_id, job_timeout=-1, result_ttl=0, failure_ttl=3600)


def list_rung(queue: "Queue") -> set[str]:
    """The ids of jobs that lie in the queue."""
    return {job_id for job in queue.get_jobs() for job_id in job.args}
