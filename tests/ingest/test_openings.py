from pathlib import Path

import pytest

from core.errors import SourceLost
from core.sources import SourceAddress, SourceKind, parse_source
from ingest.openings import Opening, openings


def _open(text: str, transport: str = "tcp") -> list[Opening]:
    return list(openings(parse_source(text, Path("/nowhere")), transport, timeout_s=10))


@pytest.mark.parametrize(
    ("url", "transport", "expected"),
    [
        ("rtsp://door/live", "tcp", "tcp"),
        ("rtsp://door/live", "udp", "udp"),
        ("rtsps://door/live", "udp", "tcp"),
    ],
)
def test_rtsp_goes_by_the_transport_that_is_asked_for(
    url: str, transport: str, expected: str
) -> None:
    (opening,) = _open(url, transport)

    assert opening.format == "rtsp"
    assert opening.options["rtsp_transport"] == expected
    assert opening.options["allowed_media_types"] == "video"


@pytest.mark.parametrize("url", ["rtsp://door/live", "rtsps://door/live", "http://door/v"])
def test_no_stream_may_read_a_file(url: str) -> None:
    (opening,) = _open(url)

    assert "file" not in opening.options["protocol_whitelist"].split(",")


def test_a_file_may_reach_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "hall.mp4").write_bytes(b"video")

    (opening,) = openings(parse_source("hall.mp4", tmp_path), "tcp", 10)

    assert opening.file == str(tmp_path / "hall.mp4")
    assert opening.options["protocol_whitelist"] == "file"


@pytest.mark.parametrize("demuxer", ["concat", "tty", "image2", "lavfi", "sdp", "dash"])
def test_demuxers_that_draw_text_or_follow_lists_are_not_allowed(demuxer: str) -> None:
    (opening,) = _open("http://door/v")

    assert demuxer not in opening.options["format_whitelist"].split(",")


def test_the_password_goes_encoded() -> None:
    (opening,) = _open("rtsp://ada:p@ss@door/live")

    assert opening.file == "rtsp://ada:p%40ss@door/live"
    assert "p%40ss" not in repr(opening)


def test_a_webcam_is_asked_for_pictures_it_can_send_quickly_then_for_any(tmp_path: Path) -> None:
    device = tmp_path / "video0"
    device.touch()

    first, last = openings(_Webcam(device), "tcp", 10)  # type: ignore[arg-type]  # a file for /dev

    assert (first.file, first.format) == (str(device), "v4l2")
    assert first.options == {"input_format": "mjpeg", "video_size": "1280x720"}
    assert last.options == {}


def test_a_webcam_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    (tmp_path / "video2").touch()

    with pytest.raises(SourceLost, match=r"video0 \(found: .*video2\); plug it in"):
        list(openings(_Webcam(tmp_path / "video0"), "tcp", 10))  # type: ignore[arg-type]  # as above


def test_a_demo_camera_is_not_libavs() -> None:
    address = SourceAddress("demo:hall", SourceKind.DEMO, "hall")

    with pytest.raises(ValueError, match="demo"):
        list(openings(address, "tcp", 10))


class _Webcam:
    """The address of a webcam whose device file is elsewhere."""

    kind = SourceKind.DEVICE

    def __init__(self, path: Path) -> None:
        self.path = path
