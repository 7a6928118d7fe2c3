"""Put the dashboard together: the one place where its parts meet."""

from dataclasses import dataclass
from typing import Any

from flask import redirect, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI
from redis import Redis
from werkzeug.wrappers import Response

from core.live import LiveChannel
from core.secrets import SecretBox
from core.settings import Settings
from core.storage.engine import Database, utc_now
from dashboard import (
    health,
    kiosk,
    metrics,
    operation_pages,
    pages,
    password_links,
    people_pages,
    sign_in,
)
from dashboard.access import check_declarations, open_to_all, register_access
from dashboard.api import account, analyze, register_api
from dashboard.appearance import register_appearance
from dashboard.connections import Connections
from dashboard.etags import register_etags
from dashboard.first_start import register_first_start
from dashboard.live import LiveHub
from dashboard.loops import LiveLoops
from dashboard.navigation import register_navigation
from dashboard.problems import Problem, answer_validation_error, register_problems
from dashboard.security import register_security, trust_proxy
from dashboard.sentences import register_sentences
from dashboard.services import Services, provide
from dashboard.sockets import MESSAGE_MAX, SocketOutbox, make_socketio, register_sockets
from dashboard.uploads import UploadRequest
from dashboard.websockets import WebSockets
from dashboard.words import register_words

API_VERSION = "1.0.0"

_SECURITY_SCHEMES: dict[str, Any] = {
    "session": {"type": "apiKey", "in": "cookie", "name": "maskwatch"},
    "token": {"type": "http", "scheme": "bearer"},
}
_LIMITS_PREFIX = "mw:house:limits"


@dataclass(frozen=True, slots=True)
class Dashboard:
    """An application and the threads that feed its viewers; those are not started yet."""

    app: OpenAPI
    loops: LiveLoops
    connections: Connections


def create_app(settings: Settings, database: Database, redis: Redis, box: SecretBox) -> Dashboard:
    """Make the dashboard. It connects to nothing and starts no thread.

    1. errors, headers, sessions and the gate that admits requests
    2. pages, API, health and metrics
    3. the live channel, with a guard before it
    """
    app = OpenAPI(
        __name__,
        info=Info(title="Maskwatch", version=API_VERSION, description=_DESCRIPTION),
        security_schemes=_SECURITY_SCHEMES,
        validation_error_model=Problem,
        validation_error_callback=answer_validation_error,
        doc_ui=False,
    )
    app.request_class = UploadRequest
    register_problems(app)
    register_security(app, settings, box)
    register_access(app)
    register_etags(app)
    register_appearance(app)
    register_words(app)
    register_sentences(app)
    register_navigation(app)
    register_first_start(app)
    _register_views(app, settings)
    return _connect_live(app, settings, database, redis, box)


_DESCRIPTION = (
    "Cameras, compliance and sightings. Send a token as `Authorization: Bearer TOKEN`; "
    "`maskwatch token create` makes one. Errors are problem details (RFC 9457)."
)


def _register_views(app: OpenAPI, settings: Settings) -> None:
    limiter = Limiter(
        get_remote_address,
        app=app,
        storage_uri=settings.redis,
        in_memory_fallback_enabled=True,
        key_prefix=_LIMITS_PREFIX,
    )
    sign_in.limit_tries(limiter)
    account.limit_tries(limiter)
    analyze.limit_asks(limiter)
    kiosk.limit_tries(limiter)
    for part in (
        sign_in,
        kiosk,
        password_links,
        pages,
        operation_pages,
        people_pages,
        health,
        metrics,
    ):
        app.register_blueprint(part.blueprint)
    register_api(app)
    app.add_url_rule("/favicon.ico", view_func=_icon)
    check_declarations(app)


@open_to_all
def _icon() -> Response:
    return redirect(url_for("static", filename="mark.svg"))


def _connect_live(
    app: OpenAPI, settings: Settings, database: Database, redis: Redis, box: SecretBox
) -> Dashboard:
    channel = LiveChannel(redis, settings.redis_shards)
    writer, connections = WebSockets(MESSAGE_MAX), Connections()
    socketio = make_socketio(app, settings, writer)
    outbox = SocketOutbox(socketio, writer, connections)
    hub = LiveHub(channel, outbox, utc_now)
    provided = Services(settings, database, redis, box, hub, connections)
    provide(app, provided)
    loops = LiveLoops(provided, channel, outbox, writer)
    register_sockets(socketio, hub, connections, loops.wake)
    trust_proxy(app, settings)
    return Dashboard(app, loops, connections)
