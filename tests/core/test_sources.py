from pathlib import Path

import pytest

from core.errors import BadRequest
from core.sources import SourceKind, parse_source


@pytest.mark.parametrize(
    ("text", "user", "password", "host", "port"),
    [
        pytest.param("rtsp://door/live", "", "", "door", None, id="none"),
        pytest.param("rtsp://ada:secret@door/live", "ada", "secret", "door", None, id="plain"),
        pytest.param("rtsp://ada@10.0.0.9/live", "ada", "", "10.0.0.9", None, id="user alone"),
        pytest.param("rtsp://a:p@:/#?w@10.0.0.9:554/", "a", "p@:/#?w", "10.0.0.9", 554, id="as is"),
        pytest.param("rtsp://a:12345/6@10.0.0.9/x", "a", "12345/6", "10.0.0.9", None, id="a slash"),
        pytest.param("rtsp://a:p%40%2F@door/live", "a", "p@/", "door", None, id="encoded"),
        pytest.param("rtsp://a:50%@door/live", "a", "50%", "door", None, id="a bare percent"),
        pytest.param("rtsp://a:p%2541@door/live", "a", "p%41", "door", None, id="encoded percent"),
        pytest.param("rtsp://a:w@door/cam@1", "a", "w", "door", None, id="an @ in the path"),
        pytest.param("rtsp://door:554/cam@1", "", "", "door", 554, id="an @ in the path alone"),
        pytest.param("http://[fe80::1]:80/v", "", "", "fe80::1", 80, id="IPv6"),
    ],
)
def test_it_finds_user_password_and_host(
    text: str, user: str, password: str, host: str, port: int | None, tmp_path: Path
) -> None:
    address = parse_source(text, tmp_path)

    assert (address.user, address.password) == (user, password)
    assert (address.host, address.port) == (host, port)


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        ("rtsp://ada:p@s:s/w#d@door:554/a?b=1", "rtsp://ada:p%40s%3As%2Fw%23d@door:554/a?b=1"),
        ("RTSPS://door/live", "rtsps://door/live"),
        ("http://a:%@door/v", "http://a:%25@door/v"),
    ],
)
def test_it_encodes_what_a_url_may_not_hold(text: str, encoded: str, tmp_path: Path) -> None:
    assert parse_source(text, tmp_path).encoded() == encoded


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("rtsp://ada:p@s:s/w#d@door:554/a?channel=1", "rtsp://door:554/a?channel=1"),
        ("http://door/v.cgi?user=ada&pwd=s3cret&rate=1", "http://door/v.cgi?user=ada&pwd=…&rate=1"),
        ("rtsp://door/user=ada&password=s3cret&channel=1", "rtsp://door/user=ada&password=…&channel=1"),
        ("https://door/v?token=s3cret", "https://door/v?token=…"),
        ("demo:entrance", "demo:entrance"),
        ("0", "0"),
    ],
)  # fmt: skip
def test_no_secret_is_left_in_the_redacted_address(
    text: str, redacted: str, tmp_path: Path
) -> None:
    assert parse_source(text, tmp_path).redacted() == redacted


def test_its_repr_holds_no_secret(tmp_path: Path) -> None:
    assert "s3cret" not in repr(parse_source("rtsp://ada:s3cret@door/x?pwd=s3cret", tmp_path))


def test_a_number_is_a_webcam(tmp_path: Path) -> None:
    address = parse_source(" 2 ", tmp_path)

    assert address.kind is SourceKind.DEVICE
    assert address.path == Path("/dev/video2")


def test_demo_names_a_demo_camera(tmp_path: Path) -> None:
    address = parse_source("demo:entrance", tmp_path)

    assert (address.kind, address.location) == (SourceKind.DEMO, "entrance")


@pytest.mark.parametrize("name", ["hall.mp4", "file:hall.mp4", "a folder/my hall.mp4"])
def test_a_file_of_the_media_folder_is_accepted(name: str, tmp_path: Path) -> None:
    address = parse_source(name, tmp_path)

    assert address.kind is SourceKind.FILE
    assert address.path == tmp_path / name.removeprefix("file:")


def test_a_file_may_be_given_by_its_whole_path(tmp_path: Path) -> None:
    assert parse_source(str(tmp_path / "hall.mp4"), tmp_path).path == tmp_path / "hall.mp4"


@pytest.mark.parametrize(
    "name", ["../hall.mp4", "/etc/passwd", "a/../../hall.mp4", ".", "link.mp4"]
)
def test_a_file_outside_the_media_folder_is_refused(name: str, tmp_path: Path) -> None:
    media = tmp_path / "media"
    media.mkdir()
    (media / "link.mp4").symlink_to("/etc/passwd")

    with pytest.raises(BadRequest, match="outside the media folder") as caught:
        parse_source(name, media)

    assert caught.value.field == "url"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", "empty", id="empty"),
        pytest.param("  ", "empty", id="blank"),
        pytest.param("ftp://door/x", "ftp:// cannot be opened", id="scheme"),
        pytest.param("file:///etc/passwd", "file:// cannot be opened", id="file scheme"),
        pytest.param("concat:a|b://x", "cannot be opened", id="libav's own protocols"),
        pytest.param("rtsp://", "no valid host", id="no host"),
        pytest.param("rtsp:///live", "no valid host", id="path alone"),
        pytest.param("rtsp://do or/live", "space", id="space"),
        pytest.param("rtsp://door/\r\nlive", "line break", id="line break"),
        pytest.param("hall\x00.mp4", "line break", id="nul"),
        pytest.param("rtsp://door:99999/x", "port 99999", id="port"),
        pytest.param("rtsp://door:0/x", "port 0", id="port zero"),
        pytest.param("1234", "no webcam", id="webcam"),
        pytest.param("demo:", "demo:NAME", id="demo without a name"),
        pytest.param("demo:../x", "demo:NAME", id="demo path"),
    ],
)
def test_what_cannot_work_is_refused_with_a_sentence(
    text: str, expected: str, tmp_path: Path
) -> None:
    with pytest.raises(BadRequest, match=expected):
        parse_source(text, tmp_path)


def test_the_sentence_of_a_refusal_holds_no_password(tmp_path: Path) -> None:
    with pytest.raises(BadRequest) as caught:
        parse_source("rtsp://ada:s3cret@door:99999/x", tmp_path)

    assert "s3cret" not in str(caught.value)
