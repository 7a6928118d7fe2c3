"""Serve the dashboard: gunicorn in this process, one worker process of many threads.

A live page holds one thread of the worker for as long as it is open, so there
are as many threads as viewers, and some for requests. Everything that connects
(database, Redis, threads of ours) is made in the worker process, after the fork.
"""

import gc
import logging
from contextlib import closing
from typing import Any

from flask_openapi3.openapi import OpenAPI
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import TConn, ThreadWorker

from core.connections import connect_redis
from core.secrets import SecretBox
from core.settings import Settings
from core.storage.engine import Database
from dashboard.app import Dashboard, create_app

logger = logging.getLogger(__name__)

REQUEST_THREADS = 32
"""Threads beside the viewers': pages and API answer although every place is taken."""
GRACE_S = 2
"""What a request in progress gets when we are asked to stop. Live pages get none."""
HANG_S = 60
"""A worker whose main thread says nothing for so long is replaced."""


def serve(settings: Settings, host: str, port: int, shares_port: bool = False) -> None:
    """Serve until SIGTERM or SIGINT; then this process exits with 0.

    shares_port: others of us may listen there too; the kernel spreads what connects.
    Raises BadSettings if the key, Redis or the database cannot be used.
    """
    _try_settings(settings)
    _Server(settings, host, port, shares_port).run()


def _try_settings(settings: Settings) -> None:
    """Find bad settings before the fork, where one clear error can be told."""
    SecretBox.open(settings.key_file)
    connect_redis(settings).close()
    with closing(Database(settings.database)) as database:
        database.check()


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    def __init__(self, settings: Settings, host: str, port: int, shares_port: bool) -> None:
        self._settings = settings
        self._address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._shares_port = shares_port
        self.dashboard: Dashboard | None = None
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._choices().items():
            self.cfg.set(name, value)

    def load(self) -> OpenAPI:
        """Make the application, in the worker process."""
        settings = self._settings
        redis = connect_redis(settings)
        box = SecretBox.open(settings.key_file)
        self.dashboard = create_app(settings, Database(settings.database), redis, box)
        self.dashboard.loops.start()
        # What is loaded now stays: to look through it for garbage again and again held one
        # long answer in four up for 100 ms.
        gc.collect()
        gc.freeze()
        return self.dashboard.app

    def _choices(self) -> dict[str, Any]:
        threads = self._settings.viewers_max + REQUEST_THREADS
        return {
            "bind": self._address,
            "reuse_port": self._shares_port,
            "workers": 1,
            "worker_class": _Worker,
            "threads": threads,
            "worker_connections": 2 * threads,
            "graceful_timeout": GRACE_S,
            "timeout": HANG_S,
            "control_socket_disable": True,
            "loglevel": "warning",
            "proc_name": "maskwatch dashboard",
        }


class _Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A threaded worker that lets live pages go when it stops."""

    def run(self) -> None:
        super().run()
        self._leave()

    def handle_exit(self, sig: int, frame: object) -> None:
        super().handle_exit(sig, frame)
        self.method_queue.defer(self._leave)

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """Count a finished connection once.

        A WebSocket's socket is closed by now; closing it again raises, and
        gunicorn would count the connection as gone a second time.
        """
        if conn.sock.fileno() == -1:
            self.nr_conns -= 1
        else:
            super().finish_request(conn, fs)

    def _leave(self) -> None:
        """Cut the live pages off: they connect to another process, or to our successor."""
        dashboard: Dashboard | None = self.app.dashboard
        if dashboard is not None:
            dashboard.loops.stop()
            dashboard.connections.cut_all()
