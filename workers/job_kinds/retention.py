"""Retention: delete what the preferences let go."""

from core.retention import Pruned, RetentionParameters
from core.storage.engine import utc_now
from core.storage.preferences import read_preferences
from core.storage.retention import prune
from workers.job_context import JobContext, Kind


def run(_: RetentionParameters, context: JobContext) -> Pruned:
    """Prune by the preferences of now; what went is written to the audit."""
    with context.database.read() as session:
        retention = read_preferences(session).retention
    pruned = prune(context.database, retention, utc_now(), context.actor, context)
    context.say(pruned.describe())
    return pruned


KIND = Kind(RetentionParameters, run)
