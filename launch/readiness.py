"""Tell which parts of the system do not serve yet."""

import http.client
import socket
from collections.abc import Iterable, Mapping
from http import HTTPStatus

from redis import Redis
from redis.exceptions import RedisError

from core.heartbeats import Heartbeat, read_heartbeats

_PROBE_TIMEOUT_S = 0.5


def name_silent(
    pids: Mapping[str, int | None], heartbeats: Iterable[Heartbeat], host: str
) -> list[str]:
    """Name the programs whose present process has not beaten yet.

    A heartbeat of an earlier run has another process id, one of another machine
    another host.
    """
    beating = {beat.pid for beat in heartbeats if beat.host == host}
    return [name for name, pid in pids.items() if pid not in beating]


def read_beats(redis: Redis) -> list[Heartbeat]:
    """Read who beats; nobody while Redis does not answer."""
    try:
        return read_heartbeats(redis)
    except (RedisError, OSError):
        return []


def connect_for_probes(url: str) -> Redis:
    """Open a client that gives up at once: the supervisor's loop must go on."""
    return Redis.from_url(
        url, socket_timeout=_PROBE_TIMEOUT_S, socket_connect_timeout=_PROBE_TIMEOUT_S, retry=None
    )


def dashboard_serves(host: str, port: int) -> bool:
    """Ask the dashboard whether it is ready; False while nothing answers."""
    connection = http.client.HTTPConnection(host, port, timeout=_PROBE_TIMEOUT_S)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def this_host() -> str:
    """Name this machine as heartbeats do."""
    return socket.gethostname()
