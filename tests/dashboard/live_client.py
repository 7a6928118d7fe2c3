"""A page's end of the live channel, in as little as the tests and the benchmark need.

Speaks Engine.IO 4 and Socket.IO 5: "2" ping, "3" pong, "42" event, "45N-" event
with N binary parts, "43ID" acknowledgement.
"""

import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from simple_websocket import Client, ConnectionClosed

_EVENT = re.compile(r"4[25](?:\d+-)?(\d*)(\[.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    message: dict[str, Any]
    ack_id: str


class LiveClient:
    """One open page. Acknowledges nothing by itself."""

    def __init__(self, address: str, cookie: str) -> None:
        url = f"{address.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket"
        self._socket = Client(url, headers={"Cookie": cookie})
        # Sent before the server's greeting is read: where that comes in one piece with the
        # handshake, the client finds it only when the next packet comes.
        self._socket.send("40")
        assert self._receive_text(30).startswith("0{")
        assert self._receive_text(30).startswith("40{")

    def watch(self, *camera_ids: int) -> None:
        self._socket.send("42" + json.dumps(["watch", {"camera_ids": camera_ids}]))

    def acknowledge(self, event: Event) -> None:
        self._socket.send(f"43{event.ack_id}[]")

    def receive(self, name: str, timeout_s: float = 30) -> Event | None:
        """Wait for the next event of a name; others are passed over. None if none came."""
        until = time.monotonic() + timeout_s
        while (left_s := until - time.monotonic()) > 0:
            event = self._next_event(left_s)
            if event is not None and event.name == name:
                return event
        return None

    def is_open(self) -> bool:
        """Say whether the server keeps the connection; what came meanwhile is read."""
        with suppress(ConnectionClosed):
            while self._socket.receive(timeout=0.2) is not None:
                pass
        return bool(self._socket.connected)

    def close(self) -> None:
        self._socket.close()

    def _next_event(self, timeout_s: float) -> Event | None:
        packet = self._receive_text(timeout_s)
        found = _EVENT.fullmatch(packet)
        if found is None:
            return None
        name, message = json.loads(found[2])
        if packet.startswith("45"):
            message["jpeg"] = self._socket.receive(timeout=timeout_s)
        return Event(name, message, found[1])

    def _receive_text(self, timeout_s: float) -> str:
        packet = self._socket.receive(timeout=timeout_s)
        if packet == "2":
            self._socket.send("3")
        return packet if isinstance(packet, str) else ""


@contextmanager
def stuck_page(address: str, cookie: str, camera_id: int) -> Iterator[None]:
    """Open a page that watches a camera and never reads a byte."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port or 80)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(_UPGRADE.format(host=parts.netloc, cookie=cookie).encode())
        for packet in ("40", "42" + json.dumps(["watch", {"camera_ids": [camera_id]}])):
            connection.sendall(_masked(packet))
        yield


_UPGRADE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n"
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def _masked(text: str) -> bytes:
    """Make a WebSocket text frame of under 126 bytes, with a mask of zeros (RFC 6455, 5.2)."""
    return bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text.encode()
