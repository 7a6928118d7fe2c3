"""Small videos to test with, made here."""

from pathlib import Path

import av
import numpy as np

from core.types import Image


def make_video(
    path: Path,
    size_wh: tuple[int, int] = (64, 48),
    frames: int = 10,
    codec: str = "libx264",
    per_second: int = 25,
    pixels: str = "yuv444p",
    step: int = 20,
) -> Path:
    """Write a video whose picture n is a flat grey of step * n; 0 makes a still one."""
    width, height = size_wh
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=per_second)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = width, height
        stream.pix_fmt = "yuvj444p" if codec == "mjpeg" else pixels
        for number in range(frames):
            picture = av.VideoFrame.from_ndarray(
                flat_picture(size_wh, step * number), format="bgr24"
            )
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


def make_sound(path: Path) -> Path:
    """Write a file with a second of silence and no picture."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44_100)
        silence = np.zeros((2, 44_100), np.float32)
        sound = av.AudioFrame.from_ndarray(silence, format="fltp", layout="stereo")
        sound.sample_rate = 44_100
        container.mux(stream.encode(sound))
        container.mux(stream.encode(None))
    return path


def flat_picture(size_wh: tuple[int, int], brightness: int) -> Image:
    return np.full((size_wh[1], size_wh[0], 3), brightness % 256, np.uint8)
