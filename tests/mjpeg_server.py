"""A small HTTP server to test against: MJPEG as cameras send it, and any other content."""

import base64
import contextlib
import threading
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import quote

from core.pictures import encode_jpeg
from tests.rtsp_server import FRAMES_PER_SECOND, draw_picture

_BOUNDARY = "frame"


@dataclass
class MjpegServer:
    """A context manager. files: path to content, served beside the stream /video.mjpg."""

    user: str = ""
    password: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)

    def url(self, path: str = "video.mjpg") -> str:
        credentials = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@"
        return f"http://{credentials if self.user else ''}127.0.0.1:{self.port}/{path}"

    def allows(self, authorization: str | None) -> bool:
        expected = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return not self.user or authorization == f"Basic {expected}"

    def __enter__(self) -> "MjpegServer":
        self._server = _Server(self)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.closed.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, settings: MjpegServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.settings = settings
        self.closed = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes while it is sent to is no error here."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        settings = self.server.settings
        path = self.path.removeprefix("/")
        if not settings.allows(self.headers["Authorization"]):
            self._answer(401, {"WWW-Authenticate": 'Basic realm="camera"'})
        elif path == "video.mjpg":
            self._stream()
        elif path in settings.redirects:
            self._answer(302, {"Location": settings.redirects[path]})
        elif path in settings.files:
            self._answer(200, {"Content-Type": "application/octet-stream"}, settings.files[path])
        else:
            self._answer(404, {})

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its name there
        """Keep stderr free, for tests look at it."""

    def _answer(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={_BOUNDARY}")
        self.end_headers()
        number = 0
        with contextlib.suppress(OSError):
            while not self.server.closed.wait(1 / FRAMES_PER_SECOND):
                jpeg = _draw_jpeg(number % 50)
                head = f"--{_BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}"
                self.wfile.write(f"{head}\r\n\r\n".encode() + jpeg + b"\r\n")
                number += 1


@cache
def _draw_jpeg(number: int) -> bytes:
    return encode_jpeg(draw_picture(number))
