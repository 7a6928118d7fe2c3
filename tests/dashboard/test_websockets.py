"""The loop that reads and writes the pages' WebSockets, on real sockets."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pytest
from wsproto import ConnectionType
from wsproto.connection import Connection as Protocol
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, Pong, TextMessage
from wsproto.utilities import RemoteProtocolError

from dashboard.admissions import Admission, AdmissionKind
from dashboard.connections import Connections
from dashboard.websockets import UNREAD_MAX, UNSENT_MAX, WebSocket, WebSockets, pack
from tests.waiting import join

MESSAGE_MAX = 1000
ONE, TWO = Admission(AdmissionKind.SESSION, 1), Admission(AdmissionKind.KIOSK, 1)
HANDSHAKE = {
    "PATH_INFO": "/socket.io/",
    "HTTP_HOST": "wall:8080",
    "HTTP_CONNECTION": "Upgrade",
    "HTTP_UPGRADE": "websocket",
    "HTTP_SEC_WEBSOCKET_VERSION": "13",
    "HTTP_SEC_WEBSOCKET_KEY": "dGhlIHNhbXBsZSBub25jZQ==",
}


@dataclass
class Browser:
    """The other end of a page's WebSocket."""

    connection: socket.socket
    protocol: Protocol

    def send(self, event: Event) -> None:
        self.connection.sendall(self.protocol.send(event))

    def receive(self) -> list[Event]:
        """Read what has come, at least one event; none at the end of the connection."""
        events: list[Event] = []
        while not events:
            content = self.connection.recv(1 << 20)
            if not content:
                return []
            self.protocol.receive_data(content)
            events = list(self.protocol.events())
        return events

    def read_to_the_end(self) -> int:
        """Read until the connection ends; returns how many bytes came."""
        count = 0
        while content := self.connection.recv(1 << 20):
            count += len(content)
        return count


@pytest.fixture
def loop() -> Iterator[WebSockets]:
    made = WebSockets(MESSAGE_MAX)
    thread = threading.Thread(target=made.run)
    thread.start()
    yield made
    made.stop()
    join([thread])


@contextmanager
def opened(loop: WebSockets) -> Iterator[tuple[WebSocket, Browser]]:
    ours, theirs = socket.socketpair()
    theirs.settimeout(60)
    with closing(ours), closing(theirs):
        page = loop.open({**HANDSHAKE, "gunicorn.socket": ours})
        assert theirs.recv(4096).startswith(b"HTTP/1.1 101 ")
        yield page, Browser(theirs, Protocol(ConnectionType.CLIENT))


@pytest.fixture
def ends(loop: WebSockets) -> Iterator[tuple[WebSocket, Browser]]:
    with opened(loop) as both:
        yield both


@pytest.fixture
def page(ends: tuple[WebSocket, Browser]) -> WebSocket:
    return ends[0]


@pytest.fixture
def browser(ends: tuple[WebSocket, Browser]) -> Browser:
    return ends[1]


def test_messages_go_both_ways(page: WebSocket, browser: Browser) -> None:
    browser.send(TextMessage("42[]"))
    assert page.wait() == "42[]"
    page.send("2")
    assert browser.receive() == [TextMessage("2")]


def test_a_message_in_parts_is_put_together(page: WebSocket, browser: Browser) -> None:
    browser.send(TextMessage("42[", message_finished=False))
    browser.send(TextMessage("]"))
    assert page.wait() == "42[]"


def test_an_acknowledgement_goes_to_the_hub_and_wakes_no_thread(
    page: WebSocket, browser: Browser
) -> None:
    drawn: list[int] = []
    page.on_acknowledged = drawn.append
    browser.send(TextMessage("437[]"))
    browser.send(TextMessage("42[]"))
    assert page.wait() == "42[]"
    assert drawn == [7]


def test_the_same_bytes_reach_all_pages(loop: WebSockets) -> None:
    with opened(loop) as (ann, anns), opened(loop) as (bob, bobs):
        loop.write([ann, bob], pack(b"jpeg"))
        assert anns.receive() == bobs.receive() == [BytesMessage(b"jpeg")]


def test_a_page_that_does_not_read_holds_up_nobody_and_loses_nothing(loop: WebSockets) -> None:
    frame = pack(bytes(500_000))
    with opened(loop) as (stuck, its), opened(loop) as (page, browser):
        for _ in range(5):
            loop.write([stuck, page], frame)
        assert sum(_frames(browser, 5)) == 2_500_000
        assert sum(_frames(its, 5)) == 2_500_000


def test_a_page_that_lets_too_much_wait_is_cut_off(
    loop: WebSockets, page: WebSocket, browser: Browser
) -> None:
    for _ in range(UNSENT_MAX + 10):
        loop.write([page], pack(bytes(500_000)))
    assert page.wait() is None
    assert browser.read_to_the_end() < UNSENT_MAX * 500_000


def test_a_ping_is_answered(browser: Browser) -> None:
    browser.send(Ping(b"there?"))
    assert browser.receive() == [Pong(b"there?")]


def test_the_end_of_a_page_lets_its_thread_go(page: WebSocket, browser: Browser) -> None:
    browser.connection.close()
    assert page.wait() is None
    with pytest.raises(OSError, match="gone"):
        page.send("2")


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param([TextMessage("x" * (MESSAGE_MAX + 1))], id="too long"),
        pytest.param([BytesMessage(b"42")], id="bytes"),
        pytest.param([CloseConnection(1000)], id="goodbye"),
        pytest.param([TextMessage("42[]")] * (UNREAD_MAX + 1), id="too many"),
    ],
)
def test_what_a_page_must_not_send_ends_its_connection(browser: Browser, sent: list[Event]) -> None:
    for event in sent:
        browser.send(event)
    assert browser.receive() == []


def test_bytes_that_are_no_websocket_end_the_connection(browser: Browser) -> None:
    browser.connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
    assert browser.receive() == []


def test_a_request_that_asks_otherwise_gets_no_handshake(loop: WebSockets) -> None:
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs), pytest.raises(RemoteProtocolError):
        loop.open({**HANDSHAKE, "HTTP_SEC_WEBSOCKET_VERSION": "8", "gunicorn.socket": ours})


def test_closing_says_goodbye(page: WebSocket, browser: Browser) -> None:
    page.close()
    goodbye = browser.receive()[0]
    assert isinstance(goodbye, CloseConnection)
    assert goodbye.code == 1000
    assert page.wait() is None


def test_stopping_lets_all_pages_go() -> None:
    loop = WebSockets(MESSAGE_MAX)
    thread = threading.Thread(target=loop.run)
    thread.start()
    with opened(loop) as (page, browser):
        page.send("2")
        browser.receive()
        loop.stop()
        assert page.wait() is None
        join([thread])


def test_cutting_a_viewer_ends_its_connection(page: WebSocket, browser: Browser) -> None:
    connections = Connections()
    connections.add("ann", ONE, page)
    connections.cut("ann")
    assert browser.receive() == []
    assert len(connections) == 0


def test_cutting_twice_or_what_is_closed_is_fine(page: WebSocket, browser: Browser) -> None:
    connections = Connections()
    connections.add("ann", ONE, page)
    browser.connection.close()
    assert page.wait() is None
    connections.cut("ann")
    connections.cut("ann")
    connections.cut("never seen")


def test_only_the_connections_of_sessions_and_kiosks_that_have_ended_are_cut(
    loop: WebSockets,
) -> None:
    connections = Connections()
    with opened(loop) as (ann, anns), opened(loop) as (bob, bobs):
        connections.add("stays", ONE, ann)
        connections.add("goes", TWO, bob)
        connections.cut_ended({TWO})
        assert bobs.receive() == []
        assert connections.pages(["stays", "goes"]) == [ann]
        connections.cut_all()
        assert anns.receive() == []


def _frames(browser: Browser, count: int) -> Iterator[int]:
    """Read so many whole messages; yields the bytes of each part."""
    while count:
        for event in browser.receive():
            assert isinstance(event, BytesMessage)
            yield len(event.data)
            count -= event.message_finished
