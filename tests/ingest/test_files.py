import itertools
import os
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from core.errors import BadPicture, MaskwatchError, NotVideo, SourceLost
from core.pictures import encode_jpeg
from core.sources import parse_source
from ingest.sources import open_source, read_images
from ingest.streams import Source, SourceFrame
from tests.ingest.videos import flat_picture, make_sound, make_video


def _open(path: Path) -> Source:
    return open_source(parse_source(path.name, path.parent))


def _first_frames(source: Source, count: int) -> list[SourceFrame]:
    return list(itertools.islice(source.frames(), count))


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "libx264"), ("a.avi", "mjpeg")])
def test_it_tells_what_a_file_holds(name: str, codec: str, tmp_path: Path) -> None:
    path = make_video(tmp_path / name, (64, 48), codec=codec)

    with closing(_open(path)) as source:
        assert source.size_wh == (64, 48)
        assert source.frames_per_second == 25
        assert source.codec == codec.replace("libx264", "h264")


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "libx264"), ("a.avi", "mjpeg")])
def test_it_yields_the_pictures_in_order_and_starts_again(
    name: str, codec: str, tmp_path: Path
) -> None:
    path = make_video(tmp_path / name, frames=4, codec=codec)

    with closing(_open(path)) as source:
        brightness = [frame.to_image().mean() for frame in _first_frames(source, 10)]

    assert brightness == pytest.approx([0, 20, 40, 60, 0, 20, 40, 60, 0, 20], abs=3)


def test_it_ends_with_the_file_if_asked_to_play_once(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", frames=4)

    with closing(open_source(parse_source(path.name, tmp_path), plays_once=True)) as source:
        brightness = [frame.to_image().mean() for frame in source.frames()]

    assert brightness == pytest.approx([0, 20, 40, 60], abs=3)


def test_it_plays_at_the_pace_of_the_file(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", frames=5, per_second=50)

    with closing(_open(path)) as source:
        frames = _first_frames(source, 11)

    gaps = [
        (after.captured_at - before.captured_at).total_seconds()
        for before, after in itertools.pairwise(frames)
    ]
    assert np.mean(gaps) == pytest.approx(0.02, rel=0.25)


def test_a_file_of_one_picture_is_a_still_camera(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", frames=1)

    with closing(_open(path)) as source:
        assert len(_first_frames(source, 3)) == 3


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "libx264"), ("a.avi", "mjpeg")])
def test_a_frame_scales_to_what_is_asked_for(name: str, codec: str, tmp_path: Path) -> None:
    path = make_video(tmp_path / name, (64, 48), codec=codec)

    with closing(_open(path)) as source:
        (frame,) = _first_frames(source, 1)

    assert frame.size_wh == (64, 48)
    assert frame.to_image().shape == (48, 64, 3)
    assert frame.to_image((32, 24)).shape == (24, 32, 3)
    assert frame.to_grey((16, 12)).shape == (12, 16)


def test_the_images_of_a_source_come_with_their_times(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4")

    with closing(_open(path)) as source:
        captured_at, image = next(read_images(source))

    assert captured_at.tzinfo is not None
    assert image.shape == (48, 64, 3)


def test_a_file_on_its_side_is_turned_upright(tmp_path: Path) -> None:
    """Phones write what their chip sees, and beside it how they were held."""
    path = make_video(tmp_path / "a.mp4", (64, 48), frames=2)
    _turn(path)

    with closing(_open(path)) as source:
        (frame,) = _first_frames(source, 1)

    assert frame.size_wh == (48, 64)
    assert frame.to_image().shape == (64, 48, 3)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        pytest.param("notes.mp4", b"hello\n" * 200, "no video", id="text named as a video"),
        pytest.param("notes.txt", b"hello\n" * 200, "no video", id="text that libav would draw"),
        pytest.param("empty.mp4", b"", "is empty", id="empty"),
        pytest.param("face.jpg", encode_jpeg(flat_picture((64, 48), 9)), "no video", id="picture"),
        pytest.param("list.m3u8", b"#EXTM3U\n#EXTINF:1,\na.ts\n", "no video", id="playlist"),
        pytest.param("list.ffconcat", b"ffconcat version 1.0\nfile 'a.mp4'\n", "no video",
                     id="list of files"),
    ],
)  # fmt: skip
def test_what_is_no_video_is_refused(
    name: str, content: bytes, expected: str, tmp_path: Path
) -> None:
    make_video(tmp_path / "a.mp4")
    (tmp_path / name).write_bytes(content)

    with pytest.raises(NotVideo, match=expected):
        _open(tmp_path / name)


def test_a_file_with_sound_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotVideo, match="expected video, found audio"):
        _open(make_sound(tmp_path / "a.mp4"))


def test_a_video_of_one_pixel_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotVideo, match="1x1 pixels; expected 16x16"):
        _open(make_video(tmp_path / "a.mp4", (1, 1)))


def test_a_video_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4")
    path.write_bytes(path.read_bytes()[:500])

    with pytest.raises(NotVideo):
        _open(path)


def test_a_file_that_is_not_there_is_lost(tmp_path: Path) -> None:
    with pytest.raises(SourceLost, match=r"no file hall\.mp4 in the media folder"):
        _open(tmp_path / "hall.mp4")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")

    with pytest.raises(NotVideo, match="not a file"):
        _open(tmp_path / "pipe.mp4")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.mp4").mkdir()

    with pytest.raises(NotVideo, match="not a file"):
        _open(tmp_path / "folder.mp4")


def test_a_webcam_that_is_not_there_is_lost(tmp_path: Path) -> None:
    with pytest.raises(SourceLost, match="no webcam /dev/video987"):
        open_source(parse_source("987", tmp_path))


def test_a_demo_camera_is_a_source(tmp_path: Path) -> None:
    demo = pytest.importorskip("ingest.demo")

    with closing(open_source(parse_source(f"demo:{demo.DEMO_CAMERAS[0].slug}", tmp_path))) as demo:
        assert next(iter(demo.frames())).to_image((320, 180)).shape == (180, 320, 3)


def test_a_demo_camera_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MaskwatchError):
        open_source(parse_source("demo:nowhere", tmp_path))


def test_a_broken_picture_of_a_stream_of_pictures_is_dropped(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.avi", frames=2, codec="mjpeg")
    content = path.read_bytes()
    start = content.index(b"\xff\xd8")
    end = content.index(b"00dc", start)
    path.write_bytes(content[:start] + bytes(end - start) + content[end:])

    with closing(_open(path)) as source:
        broken, good = _first_frames(source, 2)

        with pytest.raises(BadPicture):
            broken.to_image()
        assert good.to_image().mean() == pytest.approx(20, abs=3)


def _turn(path: Path) -> None:
    """Note in an MP4 that its picture is to be turned by 90 degrees (ISO 14496-12, tkhd)."""
    upright = bytes.fromhex("00010000 00000000 00000000 00000000 00010000 00000000")
    turned = bytes.fromhex("00000000 00010000 00000000 ffff0000 00000000 00000000")
    content = path.read_bytes()
    at = content.index(upright, content.index(b"tkhd"))
    path.write_bytes(content[:at] + turned + content[at + len(upright) :])
