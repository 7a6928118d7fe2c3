"""The single-camera window and its output file."""

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.errors import BadRequest, SourceLost
from core.types import LABELS, Faces, Image, Label
from tests.waiting import wait_for
from workers.newest import NewestFrames, TimedImage
from workers.recordings import open_recording
from workers.watch import Annotator, Tally, frame_rate, watch
from workers.windows import check_window, has_display, has_window_build

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
DESKTOP = Path(sys.prefix) / "desktop"
FREE = 100 + 2 * (os.getpid() % 10_000)
"""The number of a display that nobody has."""


class FakeAnalyser:
    """Finds one face of each label it is told, at the same place."""

    def __init__(self, *labels: Label) -> None:
        self.labels = labels
        self.seen: list[int] = []

    def analyse(self, images: Sequence[Image], min_score: float) -> list[Faces]:
        self.seen += [int(image[0, 0, 0]) for image in images]
        n = len(self.labels)
        probabilities = np.eye(3, dtype=np.float32)[[LABELS.index(one) for one in self.labels]]
        ones = np.ones(n, np.float32)
        boxes = np.array([[20, 40, 50, 80]] * n, np.float32).reshape(n, 4)
        return [Faces(boxes, ones, probabilities.reshape(n, 3), ones) for _ in images]


def numbered_frames(count: int, interval_s: float = 0.1) -> Iterator[TimedImage]:
    """Frames whose first pixel is their number."""
    for number in range(count):
        image = np.zeros((120, 160, 3), np.uint8)
        image[0, 0] = number
        yield START + timedelta(seconds=number * interval_s), image


def read_video(path: Path) -> list[Image]:
    video = cv2.VideoCapture(str(path))
    images = []
    while (found := video.read())[0]:
        images.append(np.asarray(found[1], np.uint8))
    video.release()
    return images


def test_it_writes_a_video_that_lasts_as_long_as_the_frames(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    watch(numbered_frames(21), FakeAnalyser(Label.MASK), 0.5, path, False, is_live=False)
    images = read_video(path)
    assert len(images) == 51, "two seconds at 25 a second, and the first"
    green, red = images[20][80, 35, 1], images[20][80, 35, 2]
    assert green > red + 40, "the box is drawn"


def test_it_writes_the_last_frame_as_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "out.png"
    watch(numbered_frames(4), FakeAnalyser(Label.NO_MASK), 0.5, path, False, is_live=False)
    image = cv2.imread(str(path))
    assert image is not None
    assert image.shape == (120, 160, 3)
    assert image[80, 35, 2] > image[80, 35, 1] + 100


def test_it_says_at_the_end_what_it_saw(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "out.jpg"
    analyser = FakeAnalyser(Label.MASK, Label.INCORRECT_MASK)
    watch(numbered_frames(3), analyser, 0.5, path, False, is_live=False)
    assert capsys.readouterr().out == (
        "3 frames, 3 of them analysed; faces in them: mask 3, incorrect mask 3, no mask 0; "
        f"written to {path}\n"
    )


def test_it_reads_every_frame_of_a_file(tmp_path: Path) -> None:
    analyser = FakeAnalyser()
    watch(numbered_frames(30), analyser, 0.5, tmp_path / "out.png", False, is_live=False)
    assert analyser.seen == list(range(30))


def test_it_ends_with_a_finished_file_when_interrupted(tmp_path: Path) -> None:
    def interrupted() -> Iterator[TimedImage]:
        yield from numbered_frames(5)
        raise KeyboardInterrupt

    watch(interrupted(), FakeAnalyser(), 0.5, tmp_path / "out.mp4", False, is_live=False)
    assert len(read_video(tmp_path / "out.mp4")) == 11


def test_it_ends_with_a_finished_file_when_the_stream_is_lost(tmp_path: Path) -> None:
    def lost() -> Iterator[TimedImage]:
        yield from numbered_frames(1)
        raise SourceLost("the stream ended")

    watch(lost(), FakeAnalyser(), 0.5, tmp_path / "out.mp4", False)
    assert len(read_video(tmp_path / "out.mp4")) == 1


def test_a_stream_that_never_delivers_is_an_error(tmp_path: Path) -> None:
    def dead() -> Iterator[TimedImage]:
        raise SourceLost("nothing answers")
        yield

    with pytest.raises(SourceLost, match="nothing answers"):
        watch(dead(), FakeAnalyser(), 0.5, tmp_path / "out.mp4", False)


def test_without_window_and_output_it_asks_for_a_file() -> None:
    with pytest.raises(BadRequest, match="--output FILE"):
        watch(numbered_frames(1), FakeAnalyser(), 0.5, None, False)


def test_without_a_display_it_says_so_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(BadRequest, match=r"no display .* --output FILE"):
        watch(numbered_frames(1), FakeAnalyser(), 0.5, None, True)


def test_without_a_display_the_output_alone_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    watch(numbered_frames(2), FakeAnalyser(), 0.5, tmp_path / "a.png", True, is_live=False)
    assert capsys.readouterr().out.startswith("no window: this machine has no display")
    assert (tmp_path / "a.png").exists()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("out.avi", "expected a name that ends in .mp4, .jpg or .png"),
        ("missing/out.mp4", "does not exist"),
        ("", "is a folder"),
    ],
    ids=["another kind", "no folder", "a folder"],
)
def test_it_refuses_an_output_that_cannot_be_written(
    tmp_path: Path, name: str, message: str
) -> None:
    with pytest.raises(BadRequest, match=message):
        open_recording(tmp_path / name)


def test_a_video_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "out.mp4").mkdir()
    recording = open_recording(tmp_path / "other.mp4")
    (tmp_path / "other.mp4").mkdir()
    with pytest.raises(BadRequest, match="cannot be written"):
        recording.add(START, np.zeros((64, 64, 3), np.uint8))


def test_a_long_gap_is_shortened_in_the_video(tmp_path: Path) -> None:
    recording = open_recording(tmp_path / "gap.mp4")
    image = np.zeros((64, 64, 3), np.uint8)
    recording.add(START, image)
    recording.add(START + timedelta(hours=1), image)
    recording.close()
    assert len(read_video(tmp_path / "gap.mp4")) == 126


def test_it_keeps_the_boxes_between_analysed_frames() -> None:
    analyser, tally = FakeAnalyser(Label.MASK), Tally()
    annotator = Annotator(analyser, 0.5, tally)
    drawn = [annotator.annotate(*frame)[80, 35, 1] for frame in numbered_frames(9, 0.025)]
    assert analyser.seen == [0, 3, 6], "at most fifteen analyses a second of forty frames"
    assert min(drawn) > 100
    assert (tally.frames, tally.analysed, tally.labels[Label.MASK]) == (9, 3, 3)


def test_it_leaves_the_source_s_picture_alone() -> None:
    image = np.zeros((120, 160, 3), np.uint8)
    Annotator(FakeAnalyser(Label.MASK), 0.5, Tally()).annotate(START, image)
    assert not image.any()


@pytest.mark.parametrize(
    ("offsets", "rate"),
    [([], 0.0), ([0.0], 0.0), ([0.0, 0.0], 0.0), ([0.0, 0.1, 0.2], 10.0)],
    ids=["none", "one", "at once", "three"],
)
def test_it_measures_the_frame_rate(offsets: list[float], rate: float) -> None:
    moments = [START + timedelta(seconds=offset) for offset in offsets]
    assert frame_rate(moments) == pytest.approx(rate)


def test_a_live_source_gives_its_newest_frame_and_drops_what_came_meanwhile() -> None:
    is_first_taken, are_all_sent, may_end = (threading.Event() for _ in range(3))

    def live() -> Iterator[TimedImage]:
        frames = list(numbered_frames(10))
        yield frames[0]
        is_first_taken.wait(60)
        yield from frames[1:]
        are_all_sent.set()
        may_end.wait(60)

    newest = NewestFrames(live())
    first = next(newest)
    is_first_taken.set()
    assert are_all_sent.wait(60)
    second = next(newest)
    may_end.set()
    assert [int(image[0, 0, 0]) for _, image in (first, second)] == [0, 9]
    assert list(newest) == []


def test_a_live_source_s_error_comes_after_its_last_frame() -> None:
    def failing() -> Iterator[TimedImage]:
        yield from numbered_frames(1)
        raise SourceLost("gone")

    newest = NewestFrames(failing())
    next(newest)
    with pytest.raises(SourceLost, match="gone"):
        next(newest)


def test_a_stopped_reader_reads_no_further() -> None:
    newest = NewestFrames(cycle(numbered_frames(2)))
    next(newest)
    newest.stop()
    assert "newest-frame" not in [thread.name for thread in threading.enumerate()]


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"DISPLAY": ""},
        {"DISPLAY": "nonsense"},
        {"DISPLAY": f":{FREE + 1}"},
        {"WAYLAND_DISPLAY": "w"},
    ],
    ids=["nothing", "empty", "nonsense", "nobody answers", "wayland alone"],
)
def test_there_is_no_display_where_none_answers(environment: dict[str, str]) -> None:
    assert not has_display(environment)


def test_there_is_a_display_where_one_answers() -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0/tmp/.X11-unix/X{FREE}")
        server.listen()
        assert has_display({"DISPLAY": f":{FREE}.0"})


def test_the_headless_build_is_told_what_to_do() -> None:
    if has_window_build():
        pytest.skip("this OpenCV has windows")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0/tmp/.X11-unix/X{FREE}")
        server.listen()
        with pytest.raises(BadRequest, match="headless build"):
            check_window({"DISPLAY": f":{FREE}"})


SHOW_UNTIL_QUIT = """
import time
from tests.workers.test_watch import FakeAnalyser, numbered_frames, Label
from workers.watch import watch

def slowly():
    for frame in numbered_frames(100):
        time.sleep(0.1)
        yield frame

watch(slowly(), FakeAnalyser(Label.MASK), 0.5, None, True)
"""


@pytest.mark.parametrize("leaving", [["key", "q"], ["key", "Escape"], ["windowclose"]])
def test_the_window_closes_by_key_and_by_its_button(leaving: list[str]) -> None:
    if not DESKTOP.is_dir() or not shutil.which("Xvfb") or not shutil.which("xdotool"):
        pytest.skip("needs Xvfb, xdotool and the desktop build of OpenCV")
    display = f":{FREE}"
    server = subprocess.Popen(["Xvfb", display, "-screen", "0", "640x480x24"])
    paths = os.pathsep.join([str(DESKTOP), str(Path(__file__).parents[2])])
    environment = os.environ | {"DISPLAY": display, "PYTHONPATH": paths}
    try:
        wait_for("a display", lambda: has_display({"DISPLAY": display}))
        program = [sys.executable, "-c", SHOW_UNTIL_QUIT]
        watching = subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, text=True)
        search = ["xdotool", "search", "--sync", "--onlyvisible", "--name", "Maskwatch"]
        shown = subprocess.run(search, env=environment, capture_output=True, text=True, timeout=60)
        window = shown.stdout.split()[0]
        where = ["--window", window] if leaving[0] == "key" else [window]
        command = ["xdotool", leaving[0], *where, *leaving[1:]]
        subprocess.run(command, env=environment, check=True, timeout=60)
        output, _ = watching.communicate(timeout=60)
        assert watching.returncode == 0
        assert "faces in them: mask" in output
    finally:
        server.terminate()
        server.wait(60)
