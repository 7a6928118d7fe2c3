"""What views need of other processes: that one runs at all, before it is waited for."""

from http import HTTPStatus

from core.heartbeats import read_heartbeats
from dashboard.problems import Refused
from dashboard.services import services


def require_process(kind: str, purpose: str) -> None:
    """Raise Refused where no process of a kind runs. purpose: what it is needed for."""
    if not read_heartbeats(services().redis, kind):
        raise Refused(
            HTTPStatus.SERVICE_UNAVAILABLE,
            f"No {kind} is running that could {purpose}; start one (`maskwatch {kind}`), then try "
            "again.",
        )
