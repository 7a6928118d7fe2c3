"""A dashboard as a process of its own, as it is served in production."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError

from simple_websocket import ConnectionClosed

import migrations
from core.secrets import SecretBox
from core.settings import load_settings
from core.storage.engine import Database
from tests.dashboard.live_client import LiveClient
from tests.ports import free_port
from tests.waiting import wait_for

ROOT = Path(__file__).parents[2]


@dataclass
class Server:
    """A dashboard process that a test has started."""

    process: subprocess.Popen[bytes]
    address: str
    pages: list[LiveClient] = field(default_factory=list)

    def get(self, path: str, **headers: str) -> int:
        request = urllib.request.Request(self.address + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return int(answer.status)
        except HTTPError as error:
            return error.code

    def open_page(self, cookie: str) -> LiveClient:
        page = LiveClient(self.address, cookie)
        self.pages.append(page)
        return page

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=20)


@dataclass(frozen=True)
class House:
    """What the dashboards of a file of tests share: a folder, its key and database, a Valkey."""

    folder: Path
    redis_url: str
    database: Database
    box: SecretBox

    def start(self, *options: str, port: int | None = None) -> Server:
        """Start a dashboard, on a free port if none is given, and wait until it serves."""
        port = port or free_port()
        command = [sys.executable, "cli.py", "dashboard", *options, "--data", str(self.folder)]
        environment = {**os.environ, "MASKWATCH_REDIS_URL": self.redis_url}
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)], cwd=ROOT, env=environment
        )
        server = Server(process, f"http://127.0.0.1:{port}")
        try:
            wait_until_ready(server)
        except BaseException:
            end(server)
            raise
        return server


@contextmanager
def furnish(folder: Path, redis_url: str) -> Iterator[House]:
    """Make a key and a database in a folder."""
    address = load_settings(data=folder, redis_url=redis_url).database
    migrations.upgrade(address)
    box = SecretBox.open(folder / "secret.key", create=True)
    database = Database(address)
    yield House(folder, redis_url, database, box)
    database.close()


def wait_until_ready(server: Server) -> None:
    wait_for("a dashboard that is ready", lambda: is_ready(server))


def is_ready(server: Server) -> bool:
    assert server.process.poll() is None
    with suppress(OSError):
        return server.get("/readyz") == 200
    return False


def end(server: Server) -> None:
    close_pages(server)
    if server.process.poll() is None:
        server.process.kill()
        server.process.wait()


def close_pages(server: Server) -> None:
    for page in server.pages:
        with suppress(ConnectionClosed, OSError):  # the server has closed it before
            page.close()
    server.pages.clear()
