"""Erasure: take the history of cameras and times away."""

from core.erasure import Erased, ErasureParameters
from core.storage.erasure import erase
from workers.job_context import JobContext, Kind


def run(asked: ErasureParameters, context: JobContext) -> Erased:
    """Erase; what went is written to the audit."""
    context.say(f"erasing the history of {asked.describe()}")
    erased = erase(context.database, asked, context.actor, context)
    context.say(f"erased: {erased.describe()}")
    return erased


KIND = Kind(ErasureParameters, run, timeout_s=24 * 3600.0)
