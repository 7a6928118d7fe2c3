"""Connect to Redis as the settings say."""

import redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import AuthenticationError, ConnectionError, TimeoutError  # noqa: A004 - redis's own names
from redis.retry import Retry

from core.errors import BadSettings
from core.settings import Settings

_START_TRIES = 8
"""Pauses of 0.1 to 2 s, 8 s in all: a server that (re)starts is there by then."""


def connect_redis(settings: Settings) -> redis.Redis:
    """Open a client that waits a few seconds for a server that is (re)starting.

    Answers are bytes. Raises BadSettings where no server answers or it refuses us.
    """
    client = redis.Redis.from_url(
        settings.redis,
        socket_connect_timeout=5,
        socket_timeout=30,
        health_check_interval=15,
        retry=Retry(ExponentialBackoff(cap=2, base=0.1), _START_TRIES),
        retry_on_error=[ConnectionError, TimeoutError],
    )
    try:
        client.ping()
    except AuthenticationError as error:
        raise BadSettings(
            "Redis refuses the password; check the one in MASKWATCH_REDIS_URL"
        ) from error
    except (ConnectionError, TimeoutError, OSError) as error:
        raise BadSettings(
            f"no Redis answers at {_address(client)}; start it or set MASKWATCH_REDIS_URL"
        ) from error
    return client


def as_bytes(answer: bytes | str) -> bytes:
    """Narrow an answer to what our clients (decode_responses off) always get."""
    return answer if isinstance(answer, bytes) else answer.encode()


def _address(client: redis.Redis) -> str:
    """Name the server without its password."""
    options = client.connection_pool.connection_kwargs
    return str(options.get("path") or f"{options.get('host')}:{options.get('port')}")
