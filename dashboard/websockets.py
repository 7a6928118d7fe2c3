"""The live pages' WebSockets: one thread reads and writes them all.

Engine.IO gives each page a thread that waits for its messages and one that sends; both
sleep nearly always. What comes often does not wake them: a frame is written to all its
viewers by this loop, from the same bytes, and an acknowledgement goes from here to the
hub. Nothing here waits for a page. What a socket does not take at once stays with that
page, and a page that lets too much stay is cut off.
"""

import logging
import os
import re
import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable
from queue import SimpleQueue
from typing import Any

from wsproto import ConnectionType, WSConnection
from wsproto.connection import Connection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    Request,
    TextMessage,
)
from wsproto.utilities import RemoteProtocolError

logger = logging.getLogger(__name__)

ENVIRON_KEY = "maskwatch.websocket"
"""Where a request finds its WebSocket."""
UNSENT_MAX = 100
"""Messages that may wait for a page that does not read; frames are bounded by credits."""
UNREAD_MAX = 100
"""Messages of a page that may wait for their turn."""

_READ_BYTES = 65_536
_ACKNOWLEDGEMENT = re.compile(r"43(\d{1,18})\[")
"""Engine.IO's message (4), Socket.IO's acknowledgement (3), of which packet."""


class WebSocket:
    """One page's connection, in the shape that Engine.IO's threads ask for."""

    def __init__(
        self, loop: "WebSockets", connection: socket.socket, protocol: WSConnection
    ) -> None:
        self.connection = connection
        self.on_acknowledged: Callable[[int], None] | None = None
        self._loop = loop
        self._protocol = protocol
        self._incoming: SimpleQueue[str | None] = SimpleQueue()
        self._begun = ""
        self._unsent: deque[memoryview] = deque()

    def send(self, message: str | bytes) -> None:
        """Send a message of Engine.IO's. Raises OSError once the connection has ended."""
        if self.connection.fileno() == -1:
            raise OSError("the page is gone")
        self._loop.write([self], pack(message))

    def wait(self) -> str | None:
        """Wait for the page's next message; None once the connection has ended."""
        return self._incoming.get()

    def close(self) -> None:
        """Say goodbye, without waiting for an answer."""
        self._loop.write([self], Connection(ConnectionType.SERVER).send(CloseConnection(1000)))
        self._loop.call(self.cut)

    def cut(self) -> None:
        """End the connection for both sides; fine if it has ended already."""
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            logger.debug("the connection was closed already")

    def write(self, wire: bytes) -> bool:
        """Write what the socket takes now; True if something stays. Raises OSError."""
        if not self._unsent:
            sent = self._try_to_send(memoryview(wire))
            if sent == len(wire):
                return False
            self._unsent.append(memoryview(wire)[sent:])
            return True
        if len(self._unsent) >= UNSENT_MAX:
            raise OSError("too much waits for a page that does not read")
        self._unsent.append(memoryview(wire))
        return True

    def write_more(self) -> bool:
        """Write of what stayed; True if something stays still. Raises OSError."""
        while self._unsent:
            rest = self._unsent[0]
            sent = self._try_to_send(rest)
            if sent < len(rest):
                self._unsent[0] = rest[sent:]
                return True
            self._unsent.popleft()
        return False

    def read(self, message_max: int) -> bytes:
        """Take in what has come; returns what the protocol answers.

        Raises OSError at the end of the connection, or if it ends for what was sent.
        """
        content = self.connection.recv(_READ_BYTES)
        if not content:
            raise OSError("the page has left")
        answer = b""
        try:
            self._protocol.receive_data(content)
            for event in self._protocol.events():
                answer += self._take(event, message_max)
        except RemoteProtocolError as error:
            raise OSError(f"the page broke the protocol: {error}") from error
        return answer

    def end(self) -> None:
        """Close our end and let Engine.IO's thread go on."""
        self.connection.close()
        self._unsent.clear()
        self._incoming.put(None)

    def _take(self, event: Event, message_max: int) -> bytes:
        """Take in one event of the protocol; returns its answer."""
        if isinstance(event, TextMessage):
            self._begun += event.data
            if len(self._begun) > message_max:
                raise OSError("a page sent too long a message")
            if event.message_finished:
                self._hand_on(self._begun)
                self._begun = ""
        elif isinstance(event, BytesMessage):
            raise OSError("a page sends no bytes")
        elif isinstance(event, Ping):
            return self._protocol.send(event.response())
        elif isinstance(event, CloseConnection):
            raise OSError("the page says goodbye")
        return b""

    def _hand_on(self, message: str) -> None:
        found = _ACKNOWLEDGEMENT.match(message)
        if found and self.on_acknowledged:
            self.on_acknowledged(int(found[1]))
        elif self._incoming.qsize() < UNREAD_MAX:
            self._incoming.put(message)
        else:
            raise OSError("a page sends faster than it can be answered")

    def _try_to_send(self, content: memoryview) -> int:
        try:
            return self.connection.send(content)
        except BlockingIOError:
            return 0


class WebSockets:
    """The loop. All methods but run() may be called by any thread."""

    def __init__(self, message_max: int) -> None:
        self._message_max = message_max
        self._selector = selectors.DefaultSelector()
        self._todo: deque[Callable[[], None]] = deque()
        self._bell: int | None = None
        self._thread_id = 0
        self._is_stopped = threading.Event()

    def run(self) -> None:
        """Read and write until stop(); then all pages are let go."""
        self._thread_id = threading.get_ident()
        self._bell = os.eventfd(0, os.EFD_NONBLOCK)
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._ring()  # for what was asked before
        while not self._is_stopped.is_set():
            try:
                self._turn()
            except Exception:  # the thread's outermost loop
                logger.exception("a page was not served")
        for key in list(self._selector.get_map().values()):
            if key.data is not None:
                key.data.end()

    def stop(self) -> None:
        self._is_stopped.set()
        self._ring()

    def open(self, environ: dict[str, Any]) -> WebSocket:
        """Shake hands with the page of a request. Raises RemoteProtocolError, OSError."""
        connection: socket.socket = environ["gunicorn.socket"]
        protocol = WSConnection(ConnectionType.SERVER)
        connection.sendall(_shake_hands(protocol, environ))
        connection.setblocking(False)
        page = WebSocket(self, connection, protocol)
        environ[ENVIRON_KEY] = page
        self.call(lambda: self._attend(page))
        return page

    def write(self, pages: Collection[WebSocket], wire: bytes) -> None:
        """Write the same bytes to some pages; one that has ended is passed over."""
        self.call(lambda: self._write(pages, wire))

    def call(self, work: Callable[[], None]) -> None:
        """Have the loop do something between two reads."""
        self._todo.append(work)
        if threading.get_ident() != self._thread_id:
            self._ring()

    def _turn(self) -> None:
        """Serve whoever has sent something, or can take more; then do what was asked for."""
        for key, events in self._selector.select():
            if key.data is None:
                os.eventfd_read(key.fd)
            else:
                self._serve(key.data, events)
        for _ in range(len(self._todo)):
            self._todo.popleft()()

    def _ring(self) -> None:
        if self._bell is not None:
            os.eventfd_write(self._bell, 1)

    def _attend(self, page: WebSocket) -> None:
        if page.connection.fileno() != -1:
            self._selector.register(page.connection, selectors.EVENT_READ, page)

    def _serve(self, page: WebSocket, events: int) -> None:
        try:
            if events & selectors.EVENT_WRITE and not page.write_more():
                self._selector.modify(page.connection, selectors.EVENT_READ, page)
            if events & selectors.EVENT_READ:
                answer = page.read(self._message_max)
                if answer:
                    self._write([page], answer)
        except OSError as error:
            self._let_go(page, error)

    def _write(self, pages: Iterable[WebSocket], wire: bytes) -> None:
        for page in pages:
            if page.connection.fileno() == -1:
                continue
            try:
                if page.write(wire):
                    both = selectors.EVENT_READ | selectors.EVENT_WRITE
                    self._selector.modify(page.connection, both, page)
            except OSError as error:
                self._let_go(page, error)

    def _let_go(self, page: WebSocket, error: OSError) -> None:
        logger.debug("a page's connection has ended: %s", error)
        self._selector.unregister(page.connection)
        page.end()


class EngineWebSocket:
    """What Engine.IO makes of a request that asks for a WebSocket: its `websocket` driver."""

    def __init__(self, loop: WebSockets, handler: Callable[[WebSocket], Any]) -> None:
        self._loop = loop
        self._handler = handler

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        try:
            page = self._loop.open(environ)
        except RemoteProtocolError as error:
            start_response("400 Bad Request", [("Content-Type", "text/plain")])
            return [str(error).encode()]
        self._handler(page)
        # So gunicorn learns that the connection has ended, and that nothing is to be answered.
        raise StopIteration


def pack(message: str | bytes) -> bytes:
    """Write a message as it goes over the wire (RFC 6455), the same for all pages."""
    event = TextMessage(message) if isinstance(message, str) else BytesMessage(message)
    return Connection(ConnectionType.SERVER).send(event)


def _shake_hands(protocol: WSConnection, environ: dict[str, Any]) -> bytes:
    names = {name: name[5:].replace("_", "-").title() for name in environ if name[:5] == "HTTP_"}
    lines = [f"{header}: {environ[name]}" for name, header in names.items()]
    request = "\r\n".join([f"GET {environ['PATH_INFO']} HTTP/1.1", *lines, "", ""])
    protocol.receive_data(request.encode("latin-1"))
    if not isinstance(next(iter(protocol.events()), None), Request):
        raise RemoteProtocolError("no whole handshake of a WebSocket")
    return protocol.send(AcceptConnection())
