"""Real RTSP cameras: registered, seen, lost, and back by themselves."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from ingest.demo import DemoScene
from tests.end_to_end.house import Api, House
from tests.ports import free_port
from tests.rtsp_server import RtspServer
from tests.waiting import wait_for

CLIP_S = 15
PICTURES_A_SECOND = 10


class RtspFolder:
    """A server that publishes a folder of videos, each played once per connection."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.port, self._control_port = folder, free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = str(Path(sys.executable).parent / "rtsp-server")
        ports = ["-p", str(self.port), "-cp", str(self._control_port)]
        self._process = subprocess.Popen(
            [program, "-d", str(self._folder), "-H", "127.0.0.1", *ports],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait(5)

    def url(self, name: str) -> str:
        return f"rtsp://127.0.0.1:{self.port}/{name}"


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a video of people whom the demo's scene knows."""
    folder = tmp_path_factory.mktemp("clips")
    scene = DemoScene("entrance")
    with av.open(str(folder / "entrance.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=PICTURES_A_SECOND)
        first = scene.render(0.0)
        stream.height, stream.width = first.shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.options = {"preset": "ultrafast", "g": "10"}
        for number in range(CLIP_S * PICTURES_A_SECOND):
            image = scene.render(number / PICTURES_A_SECOND)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "bgr24")))
        container.mux(stream.encode(None))
    return folder


@pytest.fixture
def server(clips: Path) -> Iterator[RtspFolder]:
    server = RtspFolder(clips)
    server.start()
    yield server
    server.kill()


def state(api: Api, camera_id: int) -> str:
    cameras = api.get("system")["cameras"]
    return next(str(one["state"]) for one in cameras if one["camera_id"] == camera_id)


def test_an_rtsp_camera_is_seen_lost_and_found_again(
    plain_house: House, server: RtspFolder
) -> None:
    api = Api(plain_house.url, plain_house.token())
    url = server.url("entrance.mp4")

    check = wait_for("a check", lambda: api.call("POST", "cameras/check", {"url": url})[1])
    assert check["ok"], check
    assert (check["width"], check["height"]) == (960, 540)
    assert check["codec"]

    camera_id = api.add_camera("Door", url)
    wait_for("a live camera", lambda: state(api, camera_id) == "live")
    wait_for("a sighting", lambda: api.sightings(camera_id=camera_id))

    server.kill()
    wait_for("a lost camera", lambda: state(api, camera_id) == "reconnecting")
    server.start()
    wait_for("a camera that is back", lambda: state(api, camera_id) == "live", 90)
    seen = len(api.sightings(camera_id=camera_id))
    wait_for("new sightings", lambda: len(api.sightings(camera_id=camera_id)) > seen)


@pytest.mark.parametrize("scheme", ["basic", "digest"])
def test_odd_passwords_work_and_are_nowhere_to_be_read(plain_house: House, scheme: str) -> None:
    secret = "p@ss:w/o#rd-7391"
    server = RtspServer(auth=scheme, user="ann", password=secret)
    server.start()
    try:
        api = Api(plain_house.url, plain_house.token())
        url = server.url(is_encoded=False)
        assert secret in url
        camera_id = api.add_camera("Locked door", url)
        wait_for("a live camera", lambda: state(api, camera_id) == "live")
        wrong = url.replace("7391", "7392")
        refused = api.call("POST", "cameras/check", {"url": wrong})[1]
        assert not refused["ok"]
        assert "password" in refused["error"]

        for text in ("w/o#rd", "w%2Fo%23rd"):
            assert text not in plain_house.logs()
            assert text not in str(api.get("cameras"))
            assert text not in str(api.get(f"cameras/{camera_id}"))
            assert not any(text in " ".join(one.cmdline()) for one in plain_house.children())
    finally:
        server.stop()


def test_changes_of_a_camera_are_picked_up_without_touching_the_others(
    plain_house: House, server: RtspFolder
) -> None:
    api = Api(plain_house.url, plain_house.token())
    first = api.add_camera("First", "demo:entrance")
    second = api.add_camera("Second", "demo:corridor")
    wait_for("both live", lambda: state(api, first) == state(api, second) == "live")
    captured = frames(api, second)

    assert api.call("PATCH", f"cameras/{first}", {"is_paused": True})[0] == 200
    wait_for("a paused camera", lambda: state(api, first) == "paused")
    assert api.call("DELETE", f"cameras/{first}")[0] == 204

    wait_for("the other goes on", lambda: frames(api, second) > captured + 5)
    assert state(api, second) == "live"


def frames(api: Api, camera_id: int) -> int:
    cameras = api.get("system")["cameras"]
    return next(int(one["frames"]["captured"]) for one in cameras if one["camera_id"] == camera_id)
