"""A server that is not ours, with files as cameras really send them."""

import itertools
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from core.errors import SourceLost, SourceRefused
from core.sources import parse_source
from ingest.sources import open_source
from ingest.streams import Source
from tests.ingest.videos import make_video
from tests.ports import free_port
from tests.waiting import wait_for


@pytest.fixture
def media(tmp_path: Path) -> Path:
    make_video(tmp_path / "hall.mp4", (320, 176), frames=40, pixels="yuv420p")
    return tmp_path


@pytest.fixture
def port(media: Path) -> Iterator[int]:
    """The port of an RTSP server that serves the folder `media`."""
    with _serve(media) as port:
        yield port


def test_a_file_plays_once_and_ends(port: int) -> None:
    with closing(_open(f"rtsp://127.0.0.1:{port}/hall.mp4")) as source:
        assert (source.size_wh, source.codec) == ((320, 176), "h264")
        with pytest.raises(SourceLost):
            for _ in source.frames():
                pass


def test_a_file_that_is_not_there_is_refused(port: int) -> None:
    with pytest.raises(SourceRefused, match="404"):
        _open(f"rtsp://127.0.0.1:{port}/nowhere.mp4")


def test_a_server_that_does_not_send_over_udp_is_told_apart(port: int) -> None:
    with pytest.raises(SourceRefused, match="choose TCP"):
        _open(f"rtsp://127.0.0.1:{port}/hall.mp4", "udp")


@pytest.mark.parametrize("name", ["airport_crowd.mp4", "puts_mask_on.mp4", "street_walk.mp4"])
def test_real_videos_play(shared_data: Path, name: str) -> None:
    with (
        _serve(shared_data / "videos") as port,
        closing(_open(f"rtsp://127.0.0.1:{port}/{name}")) as source,
    ):
        frames = list(itertools.islice(source.frames(), 15))

        assert len(frames) == 15
        assert frames[-1].to_image().std() > 10


def _open(url: str, transport: str = "tcp") -> Source:
    return open_source(parse_source(url, Path("/nowhere")), transport, timeout_s=8)


@contextmanager
def _serve(folder: Path) -> Iterator[int]:
    port, control_port = free_port(), free_port()
    program = str(Path(sys.executable).with_name("rtsp-server"))
    command = [program, "-d", str(folder), "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(
        [*command, "-cp", str(control_port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            wait_for("a server that listens", lambda: _listens(port))
            yield port
        finally:
            server.kill()


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
