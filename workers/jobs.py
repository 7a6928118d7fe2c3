"""The jobs process: RQ brings ids of jobs, each is run by a process of its own.

A fresh process shares nothing with this one: no database connection half-way through
a word, no heavy package that stays. Killed, it takes its children along, and its job
is begun again by whoever notices: this process at once, or the sweeper of any other
within half a minute (`workers/job_upkeep.py`).
"""

import logging
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from types import FrameType

from rq import SimpleWorker
from rq.serializers import JSONSerializer

from core.connections import connect_redis
from core.job_queue import hand_over, open_queue
from core.jobs import JobState
from core.processes import Stop, bind_to_parent, own_command
from core.settings import Settings, load_settings
from core.storage.engine import Database, utc_now
from core.storage.job_runs import Claim, end_job, give_up_run, take_job
from core.storage.jobs import Job, get_job
from workers.job_kinds import KINDS
from workers.job_upkeep import JobUpkeep, keep_up

logger = logging.getLogger(__name__)


def work_off_jobs(settings: Settings, stop: Stop) -> None:
    """Run jobs one after another until SIGTERM; the one in hand stops at its next report."""
    os.environ["MASKWATCH_DATA"] = str(settings.data)  # for `carry_out`, which RQ calls
    redis = connect_redis(settings)
    queue = open_queue(redis)
    with closing(Database(settings.database)) as database:
        upkeep = JobUpkeep(database, queue)
        thread = threading.Thread(target=keep_up, args=(upkeep, stop), name="upkeep", daemon=True)
        thread.start()
        worker = SimpleWorker([queue], connection=redis, serializer=JSONSerializer)
        # RQ takes the signals over, and returns once it was told to stop.
        worker.work(logging_level="WARNING")
        stop.set()
        thread.join()


def carry_out(job_id: str) -> None:
    """Run a job if it waits, and see that its row tells how that ended. RQ calls this."""
    settings = load_settings()
    with closing(Database(settings.database)) as database:
        with database.write() as session:
            claim = take_job(session, job_id, utc_now())
            if claim is None:
                return
            job = get_job(session, job_id)
        logger.info("job %s begins: %s, run %d", job_id, job.kind, job.runs)
        state = _see_to_end(settings, database, claim, job)
    logger.info("job %s is %s", job_id, state)
    if state is JobState.WAITING:
        with closing(connect_redis(settings)) as redis:
            hand_over(redis, job_id)


def _see_to_end(settings: Settings, database: Database, claim: Claim, job: Job) -> JobState:
    """Run the job's process to its end; where that did not say how it ended, say it."""
    timeout_s = KINDS[job.kind].timeout_s
    try:
        status = _run_process(settings, claim, timeout_s)
    except subprocess.TimeoutExpired:
        reason = f"it took longer than {timedelta(seconds=timeout_s)}"
        with database.write() as session:
            end_job(session, claim, JobState.FAILED, reason, utc_now())
    else:
        reason = f"its process was killed (signal {-status})" if status < 0 else "it broke off"
        # Also where the status is 0: whoever ends well has ended the job in SQL by now.
        with database.write() as session:
            give_up_run(session, claim, reason, utc_now())
    with database.read() as session:
        return get_job(session, claim.job_id).state


def _run_process(settings: Settings, claim: Claim, timeout_s: float) -> int:
    """Run `maskwatch jobs --run CLAIM` in a process group of its own; returns its status."""
    command = own_command("jobs", "--run", str(claim))
    process = subprocess.Popen(  # noqa: S603  # our own words
        [*command, "--data", str(settings.data)],
        stdin=subprocess.DEVNULL,
        process_group=0,
        preexec_fn=bind_to_parent,
    )
    try:
        with _passing_signals_to(process):
            return process.wait(timeout_s)
    finally:
        # What is left of it, and of the processes that it started. It is not reaped
        # where it still runs, so the number is still its own.
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def _passing_signals_to(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Let what tells us to stop also tell a child, before RQ hears of it."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def pass_on(number: int, frame: FrameType | None) -> None:
        process.send_signal(signal.SIGTERM)
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number in before:
        signal.signal(number, pass_on)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
