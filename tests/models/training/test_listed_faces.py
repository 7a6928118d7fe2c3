"""Faces that were boxed by eye come from scenes among the crops, and from frames of videos."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from core.assets import asset_path
from core.errors import BadPicture, BadSettings
from core.types import Label
from models.training.example import Example
from models.training.listed_faces import read_scene_faces, read_video_faces
from models.training.samples import load_samples, read_frame

SCENES = (
    "source,file,box,label\npark,faces/a.png,10 20 30 40,mask\npark,faces/a.png,1 1 2 2,ignore\n"
)
VIDEOS = "video,seconds,box,label\nwalk.avi,0.200,10 20 30 40,no_mask\n"


def listing(folder: Path, rows: str) -> Path:
    path = folder / "list.csv"
    path.write_text(rows)
    return path


def film(folder: Path, brightness: tuple[int, ...] = (0, 100, 200)) -> Path:
    """A video of plain frames, ten a second."""
    (folder / "videos").mkdir()
    path = folder / "videos" / "walk.avi"
    video = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 64))
    for value in brightness:
        video.write(np.full((64, 64, 3), value, np.uint8))
    video.release()
    return path


def test_a_face_of_a_scene_has_the_group_of_its_picture(tmp_path: Path) -> None:
    (tmp_path / "faces").mkdir()
    (tmp_path / "faces" / "a.png").touch()

    [face] = read_scene_faces(tmp_path, {"faces/a.png": "7"}, listing(tmp_path, SCENES))

    picture = tmp_path / "faces" / "a.png"
    assert face == Example(picture, (10, 20, 40, 60), Label.MASK, "park", "7")


def test_a_video_is_one_group(tmp_path: Path) -> None:
    path = film(tmp_path)

    [face] = read_video_faces(tmp_path, listing(tmp_path, VIDEOS))

    assert (face.path, face.seconds, face.group) == (path, 0.2, "videos/walk.avi")


def test_pictures_that_are_not_there_give_no_faces(tmp_path: Path) -> None:
    assert list(read_scene_faces(tmp_path, {}, listing(tmp_path, SCENES))) == []
    assert list(read_video_faces(tmp_path, listing(tmp_path, VIDEOS))) == []
    assert list(read_video_faces(tmp_path, tmp_path / "none.csv")) == []


def test_a_wrong_box_is_named(tmp_path: Path) -> None:
    film(tmp_path)

    with pytest.raises(BadSettings, match="'10 20 30'"):
        list(
            read_video_faces(tmp_path, listing(tmp_path, VIDEOS.replace("10 20 30 40", "10 20 30")))
        )


def test_the_frame_at_that_time_is_read(tmp_path: Path) -> None:
    path = film(tmp_path)

    assert read_frame(path, 0.2).mean() == pytest.approx(200, abs=5)
    with pytest.raises(BadPicture, match=r"no frame at 9\.0 s"):
        read_frame(path, 9.0)


def test_a_sample_is_cut_from_its_frame(tmp_path: Path) -> None:
    film(tmp_path)
    faces = list(read_video_faces(tmp_path, listing(tmp_path, VIDEOS)))

    [sample] = load_samples(faces, asset_path("centerface.onnx"), 1, report=print)

    assert sample.pixels.mean() == pytest.approx(200, abs=5)
    assert sample.face_px == 40
