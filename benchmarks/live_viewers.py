"""Many viewers in one lean process: raw WebSocket reads, an acknowledgement a frame.

    PYTHONPATH=. python benchmarks/live_viewers.py --port 8477 --cookie C --cameras 1,2,3,4 \
        --viewers 200 --slow 1 --seconds 20

`benchmarks/live.py` starts it. Each viewer reads what comes, passes over the JPEG without
copying it, and acknowledges at once; a slow one reads 10 KB a second. Prints one JSON line.
"""

import argparse
import json
import re
import resource
import selectors
import socket
import threading
import time
from dataclasses import dataclass, field

SLOW_BYTES_PER_S = 10_000
WARM_UP_S = 4.0

_READ_BYTES = 1 << 18
_SLOW_STEPS_PER_S = 10
_FRAME = re.compile(rb'451-(\d+)\["frame",\{"camera_id":\d+,"frame_id":(\d+)')
_TEXT, _BINARY = 1, 2
_UPGRADE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n"
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


@dataclass
class Viewer:
    """One open page. begun: what came of a message that is not whole; skip: bytes of a JPEG."""

    connection: socket.socket
    begun: bytes = b""
    skip: int = 0
    coming: tuple[bytes, int] = (b"", 0)
    seen: list[tuple[int, float]] = field(default_factory=list)
    is_cut: bool = False

    def send(self, text: bytes) -> None:
        self.connection.sendall(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)

    def take(self, content: memoryview) -> None:
        """Take in what was read (RFC 6455 frames of a server: not masked, whole)."""
        if self.skip >= len(content):
            self._pass(len(content))
            return
        start = self.skip
        self._pass(start)
        rest = self.begun + bytes(content[start:])
        while (parsed := _parse_head(rest)) is not None:
            kind, head, size = parsed
            if kind == _BINARY:
                there = min(size, len(rest) - head)
                self.skip = size
                self._pass(there)
                rest = rest[head + there :]
                if self.skip:
                    break
            elif len(rest) < head + size:
                break
            else:
                self._read_text(rest[head : head + size])
                rest = rest[head + size :]
        self.begun = rest

    def _pass(self, count: int) -> None:
        """Pass over bytes of a JPEG; with its last the frame is there."""
        if not count:
            return
        self.skip -= count
        if self.skip == 0:
            ack_id, frame_id = self.coming
            self.seen.append((frame_id, time.time()))
            self.send(b"43" + ack_id + b"[]")

    def _read_text(self, text: bytes) -> None:
        if text == b"2":
            self.send(b"3")
        elif found := _FRAME.match(text):
            self.coming = found[1], int(found[2])


def _parse_head(content: bytes) -> tuple[int, int, int] | None:
    """Read the head of a WebSocket frame: its kind, the head's bytes, the payload's."""
    if len(content) < 2:
        return None
    short = content[1] & 0x7F
    head = {126: 4, 127: 10}.get(short, 2)
    if len(content) < head:
        return None
    size = short if head == 2 else int.from_bytes(content[2:head], "big")
    return content[0] & 0x0F, head, size


def connect(port: int, cookie: str, camera_ids: list[int], buffer_bytes: int = 0) -> Viewer:
    """Open a page that watches the cameras."""
    connection = socket.socket()
    if buffer_bytes:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
    connection.connect(("127.0.0.1", port))
    connection.sendall(_UPGRADE.format(host=f"127.0.0.1:{port}", cookie=cookie).encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        byte = connection.recv(1)  # nothing of what follows
        if not byte:
            raise SystemExit(f"a viewer was not let in: {answer.decode()}")
        answer += byte
    viewer = Viewer(connection)
    viewer.send(b"40")
    viewer.send(b'42["watch",' + json.dumps({"camera_ids": camera_ids}).encode() + b"]")
    return viewer


def open_viewers(count: int, port: int, cookie: str, camera_ids: list[int]) -> list[Viewer]:
    """Open pages one after another; those that are open are read meanwhile."""
    viewers: list[Viewer] = []
    while len(viewers) < count:
        viewers.append(connect(port, cookie, camera_ids))
        if len(viewers) % 10 == 0:
            read_all(viewers, time.monotonic() + 0.05)
    return viewers


def read_all(viewers: list[Viewer], until: float) -> None:
    """Read on all pages until then."""
    view = memoryview(bytearray(_READ_BYTES))
    with selectors.DefaultSelector() as selector:
        for viewer in viewers:
            if not viewer.is_cut:
                selector.register(viewer.connection, selectors.EVENT_READ, viewer)
        while time.monotonic() < until:
            for key, _ in selector.select(timeout=0.2):
                if not _read(key.data, view):
                    key.data.is_cut = True
                    selector.unregister(key.fileobj)


def _read(viewer: Viewer, view: memoryview) -> bool:
    """Read on one page; False if it was cut off."""
    try:
        count = viewer.connection.recv_into(view)
        viewer.take(view[:count])
    except OSError:
        return False
    return count > 0


def read_slowly(viewer: Viewer, until: float) -> None:
    """Read 10 KB a second on one page, until it is cut off."""
    try:
        while time.monotonic() < until:
            content = viewer.connection.recv(SLOW_BYTES_PER_S // _SLOW_STEPS_PER_S)
            viewer.is_cut = not content
            viewer.take(memoryview(content))
            time.sleep(1 / _SLOW_STEPS_PER_S)
    except OSError:
        viewer.is_cut = True


def report(
    viewers: list[Viewer], slow: list[Viewer], since: float, seconds: float, cpu_s: float
) -> dict[str, object]:
    """Say what the viewers got of the frames that anyone of them got."""
    frames = [{one for one, at in viewer.seen if at >= since} for viewer in viewers]
    # The newest are on their way when the time is over.
    ends_us = max((one for got in frames for one in got), default=0) - 1_000_000
    offered = {one for got in frames for one in got if one <= ends_us}
    late = sorted(
        (at - frame_id / 1e6) * 1000
        for viewer in viewers
        for frame_id, at in viewer.seen
        if at >= since
    )
    return {
        "viewers": len(viewers),
        "frames_per_second": round(len(late) / seconds, 1),
        "frames_missed": sum(len(offered - got) for got in frames),
        "frames_offered": len(offered) * len(viewers),
        "latency_ms": {p: round(late[len(late) * p // 100], 1) for p in (50, 95, 99) if late},
        "slow_frames": [len(viewer.seen) for viewer in slow],
        "cut": sum(viewer.is_cut for viewer in viewers),
        "slow_cut": sum(viewer.is_cut for viewer in slow),
        "viewers_cores": round(cpu_s / seconds, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Watch the live wall as many viewers.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--cookie", required=True)
    parser.add_argument("--cameras", required=True)
    parser.add_argument("--viewers", type=int, default=200)
    parser.add_argument("--slow", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=20)
    chosen = parser.parse_args()
    cameras = [int(one) for one in chosen.cameras.split(",")]
    slow = [connect(chosen.port, chosen.cookie, cameras, 4096) for _ in range(chosen.slow)]
    viewers = open_viewers(chosen.viewers, chosen.port, chosen.cookie, cameras)
    until = time.monotonic() + WARM_UP_S + chosen.seconds
    for viewer in slow:
        threading.Thread(target=read_slowly, args=(viewer, until), daemon=True).start()
    read_all(viewers, time.monotonic() + WARM_UP_S)
    since, cpu_s = time.time(), _cpu_s()
    print("warm", flush=True)
    read_all(viewers, until)
    print(json.dumps(report(viewers, slow, since, chosen.seconds, _cpu_s() - cpu_s)))


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
