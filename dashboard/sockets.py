"""Socket.IO: who may connect, what a page may ask, and how packets leave."""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import Flask, request
from flask_socketio import SocketIO

from core.errors import DatabaseAway
from core.settings import Settings
from core.storage.cameras import list_cameras
from dashboard.connections import Connections
from dashboard.identities import signed_in
from dashboard.live import LiveHub
from dashboard.security import is_same_origin
from dashboard.services import services
from dashboard.viewers import CAMERAS_MAX
from dashboard.websockets import ENVIRON_KEY, EngineWebSocket, WebSockets

logger = logging.getLogger(__name__)

PATH = "/socket.io"
PING_S = 10
ANSWER_S = 30
"""A page that leaves a ping unanswered for so long is gone: its threads and queue are freed.

On a slow line the ping waits behind two pictures: 20 s at 10 KB/s.
"""
MESSAGE_MAX = 20_000
"""Bytes; a page sends lists of cameras and acknowledgements, nothing long."""


class SocketOutbox:
    """Carries messages by Socket.IO. What is sent goes to the writer; nothing waits.

    Frames go there at once, other messages by way of Engine.IO's queues.
    """

    def __init__(self, socketio: SocketIO, writer: WebSockets, connections: Connections) -> None:
        self._socketio = socketio
        self._writer = writer
        self._connections = connections

    def send_frame(self, viewer_ids: Sequence[str], wire: bytes) -> None:
        self._writer.write(self._connections.pages(viewer_ids), wire)

    def send_each(self, viewer_ids: Sequence[str], event: str, message: dict[str, Any]) -> None:
        self._socketio.server.emit(event, message, to=list(viewer_ids))

    def send_all(self, event: str, message: dict[str, Any]) -> None:
        self._socketio.server.emit(event, message)


class SocketGuard:
    """Stands before Socket.IO: strangers and the one too many get no WebSocket at all.

    A WebSocket holds a thread for as long as it lives, so who may have one is
    decided before the upgrade. The browser's offer of compression is taken away:
    JPEG does not shrink, and deflating it costs more than sending it.
    """

    def __init__(self, app: Flask, places: int) -> None:
        self._app = app
        self._inner = app.wsgi_app
        self._places = threading.BoundedSemaphore(places)

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(PATH):
            return self._inner(environ, start_response)
        try:
            if not self._is_signed_in(environ):
                return _refuse(start_response, HTTPStatus.UNAUTHORIZED)
        except DatabaseAway:
            return _refuse(start_response, HTTPStatus.SERVICE_UNAVAILABLE)
        if not self._places.acquire(blocking=False):
            return _refuse(start_response, HTTPStatus.SERVICE_UNAVAILABLE)
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        try:
            return self._inner(environ, start_response)
        finally:
            self._places.release()

    def _is_signed_in(self, environ: dict[str, Any]) -> bool:
        with self._app.request_context(environ):
            return signed_in() is not None


def make_socketio(app: Flask, settings: Settings, writer: WebSockets) -> SocketIO:
    """Make the Socket.IO server: WebSocket only, same origin only, small messages only.

    Handlers run one after another on the connection's own thread. Engine.IO takes its
    threads, queues and WebSockets from a table; the WebSockets are ours.
    """
    socketio = SocketIO(
        app,
        async_mode="threading",
        async_handlers=False,
        transports=["websocket"],
        manage_session=False,
        ping_interval=PING_S,
        ping_timeout=ANSWER_S,
        max_http_buffer_size=MESSAGE_MAX,
        cors_allowed_origins=_origin_check(settings.public_url),
        http_compression=False,
    )
    engine = socketio.server.eio
    engine._async = {
        **engine._async,
        "websocket": lambda handler, _: EngineWebSocket(writer, handler),
    }
    app.wsgi_app = SocketGuard(app, settings.viewers_max)  # type: ignore[method-assign]  # as Flask documents it
    return socketio


def register_sockets(
    socketio: SocketIO, hub: LiveHub, connections: Connections, on_join: Callable[[], None]
) -> None:
    """Answer the events of the live protocol."""

    @socketio.on("connect")  # type: ignore[untyped-decorator]  # Flask-SocketIO has no types
    def connect(_: object = None) -> bool:
        who = signed_in()
        if who is None or who.admission is None:
            return False
        viewer_id, page = _viewer_id(), request.environ.get(ENVIRON_KEY)
        connections.add(viewer_id, who.admission, page)
        if page is not None:  # no browser's, but a test's
            page.on_acknowledged = partial(hub.drawn, viewer_id)
        hub.join(viewer_id)
        on_join()
        return True

    @socketio.on("disconnect")  # type: ignore[untyped-decorator]  # Flask-SocketIO has no types
    def disconnect(_: object = None) -> None:
        hub.leave(_viewer_id())
        connections.cut(_viewer_id())

    @socketio.on("watch")  # type: ignore[untyped-decorator]  # Flask-SocketIO has no types
    def watch(message: object = None, *_: object) -> None:
        wanted = read_watch(message)
        if wanted is None:
            return
        with suppress(DatabaseAway):  # The page asks again once it answers.
            hub.watch(_viewer_id(), wanted & _visible_cameras())


def read_watch(message: object) -> frozenset[int] | None:
    """Read which cameras a page wants; None if it sent anything but up to 36 ids."""
    ids = message.get("camera_ids") if isinstance(message, dict) else None
    if not isinstance(ids, list) or len(ids) > CAMERAS_MAX:
        return None
    if not all(type(one) is int for one in ids):
        return None
    return frozenset(ids)


def _visible_cameras() -> frozenset[int]:
    """List the cameras that this page may see now; none once its session is over."""
    who, provided = signed_in(), services()
    if who is None:
        return frozenset()
    with provided.database.read() as session:
        cameras = list_cameras(session, provided.box, who.scope)
    return frozenset(camera.id for camera in cameras)


def _viewer_id() -> str:
    return str(request.sid)  # type: ignore[attr-defined]  # set by Flask-SocketIO


def _origin_check(public_url: str) -> Callable[[str | None, dict[str, Any]], bool]:
    def is_allowed(origin: str | None, environ: dict[str, Any]) -> bool:
        host, scheme = environ.get("HTTP_HOST", ""), environ.get("wsgi.url_scheme", "http")
        return is_same_origin(origin, host, scheme, public_url)

    return is_allowed


def _refuse(start_response: Callable[..., Any], status: HTTPStatus) -> Iterable[bytes]:
    start_response(f"{status.value} {status.phrase}", [("Content-Type", "text/plain")])
    return [status.phrase.encode()]
