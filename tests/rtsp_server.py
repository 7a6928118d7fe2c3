"""A small RTSP server to test against: H.264 over TCP or UDP, with or without a password.

It serves one path, encodes its pictures itself, and demands basic or digest
authentication (RFC 7617, RFC 7616 with MD5, as cameras do) if it is given a password.
"""

import base64
import contextlib
import fractions
import hashlib
import io
import re
import secrets
import socket
import struct
import threading
from dataclasses import dataclass, field
from functools import cache
from types import TracebackType
from urllib.parse import quote

import av
import numpy as np

FRAMES_PER_SECOND = 25
SIZE_WH = (320, 180)
_FRAGMENT_BYTES = 1200
_CLOCK_HZ = 90_000


@dataclass
class RtspServer:
    """Use it as a context manager, or start and stop it; it keeps its port between."""

    user: str = ""
    password: str = ""
    auth: str = "digest"
    path: str = "live"
    plays_once: bool = False
    together: threading.Barrier | None = None
    """Who asks what there is waits here for others that ask, too."""
    port: int = 0
    refused: int = 0
    requests: list[str] = field(default_factory=list)

    def start(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        self._connections: list[_Connection] = []
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def stop(self) -> None:
        """Stop listening and cut every connection, as a killed server does."""
        # shutdown wakes the accepting thread; close alone leaves it waiting.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            connection.close()

    def pause(self) -> None:
        """Send no more pictures, and keep the connections open, as a camera that hangs."""
        for connection in self._connections:
            connection.hung.set()

    def url(self, path: str | None = None, *, is_encoded: bool = True) -> str:
        """Give the address, with user and password as they are or percent-encoded."""
        user, password = self.user, self.password
        if is_encoded:
            user, password = quote(user, safe=""), quote(password, safe="")
        credentials = f"{user}:{password}@" if self.user else ""
        return f"rtsp://{credentials}127.0.0.1:{self.port}/{path or self.path}"

    def __enter__(self) -> "RtspServer":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection = _Connection(self, listener.accept()[0])
                self._connections.append(connection)
                threading.Thread(target=connection.run, daemon=True).start()


class _Connection:
    """One client: answers its requests, then streams until either side goes."""

    def __init__(self, server: RtspServer, client: socket.socket) -> None:
        self._server, self._client = server, client
        self._nonce = secrets.token_hex(8)
        self._udp_to: tuple[str, int] | None = None
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self.hung = threading.Event()

    def run(self) -> None:
        with contextlib.suppress(OSError), self._client.makefile("rb") as reader:
            while request := _read_request(reader):
                self._answer(*request)
        self.close()

    def close(self) -> None:
        self._closed.set()
        with contextlib.suppress(OSError):
            self._client.shutdown(socket.SHUT_RDWR)
        self._client.close()

    def _answer(self, method: str, url: str, headers: dict[str, str]) -> None:
        self._server.requests.append(f"{method} {url}")
        reply = {"CSeq": headers.get("cseq", "0")}
        if not self._is_allowed(method, headers.get("authorization", "")):
            self._server.refused += 1
            self._send("401 Unauthorized", {**reply, "WWW-Authenticate": self._challenge()})
        elif not re.match(rf"rtsp://[^/]+/{self._server.path}(/|$)", url):
            self._send("404 Not Found", reply)
        elif method == "DESCRIBE":
            if self._server.together:
                self._server.together.wait(30)
            self._send("200 OK", {**reply, "Content-Type": "application/sdp"}, _describe())
        elif method == "SETUP":
            self._send("200 OK", {**reply, **self._set_up(headers["transport"])})
        elif method == "PLAY":
            self._send("200 OK", {**reply, "Session": "1"})
            threading.Thread(target=self._play, daemon=True).start()
        else:
            self._send("200 OK", {**reply, "Session": "1", "Public": _METHODS})

    def _challenge(self) -> str:
        if self._server.auth == "basic":
            return 'Basic realm="camera"'
        return f'Digest realm="camera", nonce="{self._nonce}"'

    def _is_allowed(self, method: str, authorization: str) -> bool:
        server = self._server
        if not server.user or method == "OPTIONS":
            return True
        if server.auth == "basic":
            expected = base64.b64encode(f"{server.user}:{server.password}".encode()).decode()
            return authorization == f"Basic {expected}"
        given = dict(re.findall(r'(\w+)="([^"]*)"', authorization))
        secret = _md5(f"{server.user}:camera:{server.password}")
        question = _md5(f"{method}:{given.get('uri')}")
        expected = _md5(f"{secret}:{self._nonce}:{question}")
        return given.get("username") == server.user and given.get("response") == expected

    def _set_up(self, transport: str) -> dict[str, str]:
        port = re.search(r"client_port=(\d+)", transport)
        if port:
            self._udp_to = (self._client.getpeername()[0], int(port[1]))
            transport += ";server_port=5000-5001"
        return {"Transport": transport, "Session": "1"}

    def _play(self) -> None:
        """Send the pictures in time, again and again unless the server plays once."""
        sequence, moment, ssrc = 0, 0, secrets.randbits(32)
        with contextlib.suppress(OSError):
            while not self._closed.is_set():
                for units in encode_clip():
                    payloads = [part for unit in units for part in _fragment(unit)]
                    for payload in payloads:
                        marker = 0x80 if payload is payloads[-1] else 0
                        head = (0x80, 96 | marker, sequence % 65536, moment % 2**32, ssrc)
                        self._send_rtp(struct.pack("!BBHII", *head) + payload)
                        sequence += 1
                    moment += _CLOCK_HZ // FRAMES_PER_SECOND
                    if self._closed.wait(1 / FRAMES_PER_SECOND):
                        return
                if self._server.plays_once:
                    break
        self.close()

    def _send_rtp(self, packet: bytes) -> None:
        if self.hung.is_set():
            return
        if self._udp_to:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                sender.sendto(packet, self._udp_to)
        else:
            self._write(b"$" + struct.pack("!BH", 0, len(packet)) + packet)

    def _send(self, status: str, headers: dict[str, str], body: bytes = b"") -> None:
        lines = [f"RTSP/1.0 {status}", *(f"{name}: {value}" for name, value in headers.items())]
        lines.append(f"Content-Length: {len(body)}")
        self._write("\r\n".join([*lines, "", ""]).encode() + body)

    def _write(self, content: bytes) -> None:
        with self._lock:
            self._client.sendall(content)


_METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"


def _read_request(reader: io.BufferedReader) -> tuple[str, str, dict[str, str]] | None:
    """Read method, URL and headers; what the client sends between channels is skipped."""
    while (first := reader.read(1)) == b"$":
        # A receiver report: one byte of channel, two of length, content.
        reader.read(struct.unpack("!xH", reader.read(3))[0])
    line = first + reader.readline()
    if not line.strip():
        return None
    method, url, _ = line.decode().split(" ", 2)
    headers = {}
    while (line := reader.readline()).strip():
        name, _, value = line.decode().partition(":")
        headers[name.strip().lower()] = value.strip()
    return method, url, headers


@cache
def encode_clip(seconds: int = 2) -> list[list[bytes]]:
    """Encode a square that moves over a gradient; each frame is a list of NAL units."""
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height = SIZE_WH
    encoder.pix_fmt = "yuv420p"
    encoder.time_base = fractions.Fraction(1, FRAMES_PER_SECOND)
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "g": "25"}
    frames = []
    for number in range(seconds * FRAMES_PER_SECOND):
        picture = av.VideoFrame.from_ndarray(draw_picture(number), format="bgr24")
        picture.pts = number
        frames += [_split_units(bytes(packet)) for packet in encoder.encode(picture)]
    return frames


def draw_picture(number: int) -> np.ndarray:
    """Draw picture `number` of the clip: (180, 320, 3) BGR."""
    width, height = SIZE_WH
    picture = np.zeros((height, width, 3), np.uint8)
    picture[..., 1] = np.linspace(0, 200, width, dtype=np.uint8)
    left = number * 5 % (width - 40)
    picture[60:100, left : left + 40] = (30, 80, 250)
    return picture


def _split_units(annex_b: bytes) -> list[bytes]:
    return [unit for unit in re.split(rb"\x00\x00\x00?\x01", annex_b) if unit]


def _fragment(unit: bytes) -> list[bytes]:
    """Cut a NAL unit into RTP payloads, as RFC 6184, section 5.8 (FU-A) says."""
    if len(unit) <= _FRAGMENT_BYTES:
        return [unit]
    head, body = unit[0], unit[1:]
    parts = [body[at : at + _FRAGMENT_BYTES] for at in range(0, len(body), _FRAGMENT_BYTES)]
    payloads = []
    for number, part in enumerate(parts):
        first, last = number == 0, number == len(parts) - 1
        flags = (0x80 if first else 0) | (0x40 if last else 0) | (head & 0x1F)
        payloads.append(bytes([(head & 0xE0) | 28, flags]) + part)
    return payloads


def _describe() -> bytes:
    first = encode_clip()[0]
    sets = [base64.b64encode(unit).decode() for unit in first if unit[0] & 0x1F in (7, 8)]
    lines = [
        "v=0",
        "o=- 0 0 IN IP4 127.0.0.1",
        "s=Büro",
        "t=0 0",
        "m=video 0 RTP/AVP 96",
        "c=IN IP4 0.0.0.0",
        "a=rtpmap:96 H264/90000",
        f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={','.join(sets)}",
        "a=control:track1",
    ]
    # Not UTF-8, as with many a camera that is named in its owner's language.
    return ("\r\n".join(lines) + "\r\n").encode("latin-1")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
