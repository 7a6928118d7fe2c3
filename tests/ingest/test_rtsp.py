import errno
import itertools
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import av
import numpy as np
import pytest

from core.errors import NotVideo, SourceLost, SourceRefused
from core.sources import parse_source
from ingest import libav
from ingest.failures import explain_failure
from ingest.sources import open_source
from ingest.streams import Source, SourceFrame
from tests.rtsp_server import FRAMES_PER_SECOND, SIZE_WH, RtspServer

PASSWORDS = ["plain", "p@ss:w/o#rd?%&=+!", "a/b@c", "100%41", "pässwörd"]


@pytest.fixture
def server() -> Iterator[RtspServer]:
    with RtspServer() as server:
        yield server


def _open(url: str, transport: str = "tcp", timeout_s: float = 60) -> Source:
    return open_source(parse_source(url, Path("/nowhere")), transport, timeout_s)


def _count_frames(source: Source, most: int) -> int:
    return sum(1 for _ in itertools.islice(source.frames(), most))


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_it_plays(server: RtspServer, transport: str) -> None:
    with closing(_open(server.url(), transport)) as source:
        frame = next(iter(source.frames()))

        assert (source.size_wh, source.codec) == (SIZE_WH, "h264")
        assert frame.to_image().shape == (180, 320, 3)
        assert _count_frames(source, 30) == 30


@pytest.mark.parametrize("auth", ["basic", "digest"])
@pytest.mark.parametrize("password", PASSWORDS)
def test_any_password_opens_when_encoded(auth: str, password: str) -> None:
    with (
        RtspServer("ad@m/in", password, auth) as server,
        closing(_open(server.url())) as source,
    ):
        assert _count_frames(source, 3) == 3


@pytest.mark.parametrize("auth", ["basic", "digest"])
@pytest.mark.parametrize("password", ["plain", "p@ss:w/o#rd?&=+!", "a/b@c", "50%"])
def test_a_password_opens_as_people_paste_it(auth: str, password: str) -> None:
    with (
        RtspServer("admin", password, auth) as server,
        closing(_open(server.url(is_encoded=False))) as source,
    ):
        assert _count_frames(source, 3) == 3


@pytest.mark.parametrize("auth", ["basic", "digest"])
def test_a_wrong_password_is_refused(auth: str) -> None:
    with (
        RtspServer("admin", "right", auth) as server,
        pytest.raises(SourceRefused, match="refuses the user name or password") as caught,
    ):
        _open(f"rtsp://admin:wr@ng@127.0.0.1:{server.port}/live")

    assert "wr@ng" not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__cause__}"


def test_a_missing_password_is_asked_for() -> None:
    with (
        RtspServer("admin", "right") as server,
        pytest.raises(
            SourceRefused, match=r"wants a user .*; write rtsp://USER:PASSWORD@127.0.0.1:\d+/"
        ),
    ):
        _open(f"rtsp://127.0.0.1:{server.port}/live")


def test_a_path_that_is_not_there_is_refused(server: RtspServer) -> None:
    with pytest.raises(SourceRefused, match=r"no stream at this path \(404\)"):
        _open(server.url("nowhere"))


def test_a_port_where_nobody_listens_is_lost() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(SourceLost, match=f"127.0.0.1:{port} refuses connections"):
        _open(f"rtsp://127.0.0.1:{port}/live")


def test_an_ipv6_camera_is_named_in_brackets() -> None:
    address = parse_source("rtsp://[2001:db8::5]:554/live", Path("media"))
    error = av.error.ConnectionRefusedError(errno.ECONNREFUSED, "refused")

    lost = explain_failure(error, address, waited_s=0, timeout_s=1)

    assert str(lost).startswith("[2001:db8::5]:554 refuses connections")


def test_an_unknown_host_is_lost() -> None:
    with pytest.raises(SourceLost, match=r'no host named "camera\.invalid"'):
        _open("rtsp://camera.invalid/live")


def test_a_server_that_says_nothing_is_lost_in_time() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        pytest.raises(SourceLost, match="sent nothing for 1 s"),
    ):
        _open(f"rtsp://127.0.0.1:{listener.getsockname()[1]}/live", timeout_s=1)


def test_a_server_that_speaks_something_else_is_no_video() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        answering = threading.Thread(target=_answer_nonsense, args=(listener,))
        answering.start()
        with pytest.raises((NotVideo, SourceLost), match=r"127\.0\.0\.1:\d+ "):
            _open(f"rtsp://127.0.0.1:{listener.getsockname()[1]}/live", timeout_s=2)
        answering.join()


def test_a_stream_that_stops_sending_is_lost_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libav, "READ_TIMEOUT_S", 2)
    with RtspServer() as server, closing(_open(server.url())) as source:
        frames = iter(source.frames())
        next(frames)
        server.pause()
        with pytest.raises(SourceLost, match="sent nothing"):
            for _ in frames:
                pass


def test_a_server_that_dies_is_lost_and_found_again() -> None:
    server = RtspServer()
    server.start()
    with closing(_open(server.url())) as source:
        frames = iter(source.frames())
        next(frames)
        server.stop()
        with pytest.raises(SourceLost):
            for _ in frames:
                pass
    with server, closing(_open(server.url())) as source:
        assert _count_frames(source, 3) == 3


def test_the_end_of_a_stream_that_plays_once_is_a_loss() -> None:
    with (
        RtspServer(plays_once=True) as server,
        closing(_open(server.url())) as source,
        pytest.raises(SourceLost, match="ended"),
    ):
        for _ in source.frames():
            pass


def test_streams_open_in_parallel() -> None:
    """Not one of four is answered before all have asked."""

    def open_one(url: str) -> int:
        with closing(_open(url)) as source:
            return _count_frames(source, 1)

    with RtspServer(together=threading.Barrier(4)) as server, ThreadPoolExecutor(4) as pool:
        assert list(pool.map(open_one, [server.url()] * 4)) == [1] * 4


def _answer_nonsense(listener: socket.socket) -> None:
    client, _ = listener.accept()
    with client:
        client.recv(1000)
        client.sendall(b"220 mail.example ESMTP\r\n" * 20)


def test_a_reader_that_is_behind_decodes_key_frames_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    lag = _FixedLag()
    monkeypatch.setattr(libav, "Lag", lambda: lag)
    with RtspServer() as server, closing(_open(server.url())) as source:
        frames = iter(source.frames())
        next(frames)
        lag.lag_s = 5.0
        behind = [_number(next(frames)) for _ in range(3)]
        lag.lag_s = 0.0
        next(frames)
        again = [_number(next(frames)) for _ in range(3)]

    # A key frame a second, then every frame.
    assert {number % FRAMES_PER_SECOND for number in behind[1:]} == {0}
    assert [number - again[0] for number in again] == [0, 1, 2]


def _number(frame: SourceFrame) -> int:
    """Read from where the square stands which picture of the clip it is."""
    return round(float(np.argmax(frame.to_image()[80, :, 2] > 128)) / 5)


class _FixedLag:
    """Says what it is told."""

    lag_s = 0.0

    def update(self, at_s: float, now_s: float) -> float:
        return self.lag_s
