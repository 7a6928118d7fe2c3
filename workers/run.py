"""Put the processes of this room together: worker, recorder, jobs.

Each imports its own part when it starts: a worker needs no tracker, the jobs need
no networks, and what is not loaded costs no start-up time.
"""

import logging
import os
import socket
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import psutil
from redis import Redis
from redis.exceptions import RedisError

from core.accounts import read_this_minute
from core.connections import connect_redis
from core.errors import DatabaseAway
from core.frames import FrameQueue
from core.heartbeats import Beating, read_heartbeats
from core.latency import LatencyMeter
from core.live import LiveChannel
from core.outages import Outage
from core.processes import Stop
from core.requests import answer_next
from core.results import ResultQueue
from core.settings import Settings

if TYPE_CHECKING:
    from workers.inference import WorkDone

logger = logging.getLogger(__name__)


def run_worker(settings: Settings, stop: Stop, threads: int | None = None) -> None:
    """Analyse frames until asked to stop; the batch in hand is finished first.

    threads: cores to use; all that the process may use where None. Newly activated
    models are taken between two batches; people's pictures are answered beside.
    """
    from core.storage.engine import Database
    from models.registry import ModelRegistry
    from workers.batch_sizes import BatchSize
    from workers.face_explanations import ExplanationDesk
    from workers.inference import InferenceLoop
    from workers.model_following import ModelFollower, leave
    from workers.picture_answers import PictureDesk, SharedAnalyser
    from workers.policy_following import PolicyFollower

    redis = connect_redis(settings)
    registry = ModelRegistry(settings, threads)
    follower = ModelFollower(registry, partial(answer_next, redis))
    models = follower.load_first()
    is_led = settings.database_is_there
    policies = PolicyFollower(Database(settings.database) if is_led else None)
    analyser = SharedAnalyser(models.analyser)
    loop = InferenceLoop(
        _frame_queue(redis, settings),
        analyser,
        settings.min_score,
        BatchSize(settings.batch_frames, threads or len(os.sched_getaffinity(0))),
        settings.batch_wait_ms / 1000,
        lambda: policies.policy,
    )
    outage = Outage(stop)
    with Beating(redis, "worker") as beating:
        logger.info("worker analyses with %s", ", ".join(models.versions))
        # Without a database there is nothing to follow, and no version to try for those who ask.
        beside = [follower.start(stop), policies.start(stop)] if is_led else []
        beside.append(PictureDesk(analyser, partial(answer_next, redis)).start(stop))
        beside.append(ExplanationDesk(registry.find, partial(answer_next, redis)).start(stop))
        while not stop.is_set:
            try:
                if fresh := follower.take():
                    models = fresh
                    follower.let_go(analyser.use(models.analyser))
                loop.step()
                beating.models = models.versions
                beating.detail = describe_worker(models.versions, loop.done, follower.trouble)
                outage.end()
            except RedisError as error:
                outage.wait(f"Redis does not serve us ({error}); waiting for it")
    leave(*beside)


def run_recorder(settings: Settings, stop: Stop) -> None:
    """Record results until asked to stop."""
    from core.storage.engine import Database, utc_now
    from workers.account_copies import AccountCopier
    from workers.recorder import Recorder
    from workers.showing import Showing

    redis, shards, outage = connect_redis(settings), settings.redis_shards, Outage(stop)
    database = Database(settings.database)
    showing = Showing(LiveChannel(redis, shards), LatencyMeter(redis, shards), utc_now)
    recorder = Recorder(
        database,
        ResultQueue(redis, f"{socket.gethostname()}:{os.getpid()}", shards),
        showing.show,
        lambda: count_recorders(redis),
        AccountCopier(redis, database, partial(read_this_minute, redis), shards),
    )
    with Beating(redis, "recorder") as beating:
        while not stop.is_set:
            try:
                recorder.step(utc_now())
                beating.detail = f"{recorder.recorded} results"
                outage.end()
            except RedisError as error:
                outage.wait(f"Redis does not serve us ({error}); waiting for it")
            except DatabaseAway as error:
                outage.wait(f"{error}; results wait in Redis")
        recorder.stop()
    database.close()


def run_jobs(settings: Settings, stop: Stop) -> None:
    """Work off the RQ jobs until asked to stop; the one in hand is taken up again by the next."""
    from workers.jobs import work_off_jobs

    with Beating(connect_redis(settings), "jobs"):
        work_off_jobs(settings, stop)


def run_claimed_job(settings: Settings, stop: Stop, claim: str) -> None:
    """Run one job, as the process that `run_jobs` starts for each."""
    from core.storage.job_runs import Claim
    from workers.job_runs import run_job

    run_job(settings, Claim.parse(claim), stop)


def describe_worker(versions: Sequence[str], done: "WorkDone", trouble: str) -> str:
    """Say which models are in use, what was done, and why the models are not the active ones.

    Frames are too late whose leases ran out: the worker is too slow, or was held up.
    """
    words = f"{', '.join(versions)}; {done.frames} frames, {done.faces} faces"
    words += f", {done.too_late} too late" if done.too_late else ""
    return f"{words}; not the active model: {trouble}" if trouble else words


def count_recorders(redis: Redis) -> int:
    """Count the recorders that share the partitions.

    One that was killed on this host still beats for 10 s; its successor must not
    leave it half of the partitions meanwhile.
    """
    host = socket.gethostname()
    beats = read_heartbeats(redis, "recorder")
    return sum(beat.host != host or psutil.pid_exists(beat.pid) for beat in beats)


def _frame_queue(redis: Redis, settings: Settings) -> FrameQueue:
    return FrameQueue(
        redis,
        settings.redis_shards,
        settings.staleness_ms,
        settings.lease_ms,
        settings.results_bound,
    )
