"""Is this process alive, and can it serve: asked by supervisors and load balancers."""

from http import HTTPStatus

from flask import Blueprint, Response, jsonify
from redis.exceptions import RedisError

from core.errors import BadSettings
from dashboard.access import open_to_all
from dashboard.services import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@open_to_all
def healthz() -> Response:
    """Say that the process answers; whether others do is not asked."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@open_to_all
def readyz() -> Response:
    """Say whether the database and Redis answer: 200 or 503."""
    parts = {"database": _database_answers(), "redis": _redis_answers()}
    response = jsonify(parts)
    if not all(parts.values()):
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return response


def _database_answers() -> bool:
    try:
        services().database.check()
    except BadSettings:
        return False
    return True


def _redis_answers() -> bool:
    try:
        return bool(services().redis.ping())
    except RedisError:
        return False
