"""One run of one job, in a process of its own: do the work, and say how it ended."""

import logging
from collections.abc import Callable
from contextlib import closing

from pydantic import BaseModel

from core.errors import (
    DatabaseAway,
    JobCancelled,
    JobLost,
    JobStopped,
    MaskwatchError,
)
from core.jobs import JobState
from core.processes import Stop
from core.settings import Settings
from core.storage.engine import Database, utc_now
from core.storage.job_runs import Claim, end_job, give_back
from core.storage.jobs import get_job
from workers.job_context import JobContext
from workers.job_kinds import KINDS

logger = logging.getLogger(__name__)


def run_job(settings: Settings, claim: Claim, stop: Stop) -> None:
    """Run a job that was claimed. Raises DatabaseAway: then another run is made."""
    with closing(Database(settings.database)) as database:
        with database.read() as session:
            job = get_job(session, claim.job_id)
        if job.holder != claim.holder:
            logger.warning("job %s was given to another process", job.id)
            return
        kind = KINDS[job.kind]
        context = JobContext(settings, database, job, stop)
        with context.beating():
            read = kind.parameters.model_validate_json
            finish(context, lambda: kind.run(read(job.parameters), context))


def finish(context: JobContext, work: Callable[[], BaseModel]) -> None:
    """Do the work, and write its result, or why there is none."""
    try:
        result = work()
        _end(context, JobState.DONE, "done", result)
    except JobCancelled:
        _end(context, JobState.CANCELLED, "cancelled")
    except JobStopped as error:
        with context.database.write() as session:
            give_back(session, context.claim, str(error), context.log)
    except JobLost as error:
        logger.warning("%s", error)
    except DatabaseAway:
        raise
    except MaskwatchError as error:
        _end(context, JobState.FAILED, str(error))
    except Exception:  # a job's border: the asker must hear that it failed
        logger.exception("job %s went wrong", context.claim.job_id)
        _end(context, JobState.FAILED, "something went wrong here; the log of `jobs` says what")


def _end(
    context: JobContext, state: JobState, message: str, result: BaseModel | None = None
) -> None:
    context.say(message)
    with context.database.write() as session:
        end_job(session, context.claim, state, message, utc_now(), result, context.log)
