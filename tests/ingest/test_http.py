import itertools
from contextlib import closing
from pathlib import Path

import av
import pytest

from core.errors import NotVideo, SourceError, SourceRefused
from core.sources import parse_source
from ingest.sources import open_source
from ingest.streams import Source
from tests.ingest.videos import make_video
from tests.mjpeg_server import MjpegServer
from tests.rtsp_server import SIZE_WH

PASSWORD = "p@ss:w/o#rd?%&=+!"


def _open(url: str) -> Source:
    return open_source(parse_source(url, Path("/nowhere")), timeout_s=60)


def test_mjpeg_plays() -> None:
    with MjpegServer() as server, closing(_open(server.url())) as source:
        frames = list(itertools.islice(source.frames(), 20))

        assert (source.size_wh, source.codec) == (SIZE_WH, "mjpeg")
        assert frames[-1].to_image().shape == (180, 320, 3)
        assert frames[0].captured_at < frames[-1].captured_at


def test_mjpeg_with_a_password_plays() -> None:
    with MjpegServer("ad@min", PASSWORD) as server, closing(_open(server.url())) as source:
        assert next(iter(source.frames())).size_wh == SIZE_WH


def test_a_wrong_password_is_refused() -> None:
    with (
        MjpegServer("admin", PASSWORD) as server,
        pytest.raises(SourceRefused, match="refuses the user name or password"),
    ):
        _open(f"http://admin:wrong@127.0.0.1:{server.port}/video.mjpg")


def test_a_path_that_is_not_there_is_refused() -> None:
    with MjpegServer() as server, pytest.raises(SourceRefused, match="404"):
        _open(server.url("nowhere"))


@pytest.mark.parametrize("content", [b"", b"<html>sign in</html>" * 50], ids=["empty", "a page"])
def test_what_is_no_video_is_refused(content: bytes) -> None:
    with (
        MjpegServer(files={"index.html": content}) as server,
        pytest.raises(NotVideo, match="sends no video that can be read"),
    ):
        _open(server.url("index.html"))


def test_a_transport_stream_plays(tmp_path: Path) -> None:
    content = make_video(tmp_path / "a.ts").read_bytes()

    with (
        MjpegServer(files={"a.ts": content}) as server,
        closing(_open(server.url("a.ts"))) as source,
    ):
        assert next(iter(source.frames())).size_wh == (64, 48)


def test_a_playlist_plays_what_is_on_the_same_server(tmp_path: Path) -> None:
    files = {
        "a.ts": make_video(tmp_path / "a.ts", frames=30).read_bytes(),
        "list.m3u8": _playlist("a.ts"),
    }

    with MjpegServer(files=files) as server, closing(_open(server.url("list.m3u8"))) as source:
        assert next(iter(source.frames())).size_wh == (64, 48)


@pytest.mark.parametrize("prefix", ["file://", "", "concat:", "subfile,,start,0,end,0,,:"])
def test_a_playlist_cannot_make_us_read_a_local_file(prefix: str, tmp_path: Path) -> None:
    local = make_video(tmp_path / "a.ts", frames=30)
    files = {"list.m3u8": _playlist(f"{prefix}{local}")}

    with MjpegServer(files=files) as server, pytest.raises(SourceError):
        _first_frame(server.url("list.m3u8"))


def test_without_our_limits_that_playlist_would_be_followed(tmp_path: Path) -> None:
    """Shows that the test above would see it."""
    local = make_video(tmp_path / "a.ts", frames=30)
    files = {"list.m3u8": _playlist(f"file://{local}")}
    free = {"protocol_whitelist": "http,tcp,file"}

    with (
        MjpegServer(files=files) as server,
        av.open(server.url("list.m3u8"), container_options=free) as container,
    ):
        assert next(container.decode(video=0)).width == 64


@pytest.mark.parametrize("scheme", ["file://", ""])
def test_a_redirect_cannot_make_us_read_a_local_file(scheme: str, tmp_path: Path) -> None:
    local = make_video(tmp_path / "a.ts", frames=30)

    with (
        MjpegServer(redirects={"moved": f"{scheme}{local}"}) as server,
        pytest.raises(SourceError),
    ):
        _first_frame(server.url("moved"))


def _first_frame(url: str) -> None:
    with closing(_open(url)) as source:
        next(iter(source.frames()))


def _playlist(segment: str) -> bytes:
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:2", "#EXTINF:1.2,", segment, "#EXT-X-ENDLIST", ""]
    return "\n".join(lines).encode()
