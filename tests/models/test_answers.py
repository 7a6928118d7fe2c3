"""The commands detect and classify: one answer a picture, in the stored picture's pixels."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PilImage
from PIL import ImageOps

from core.picture_questions import PictureOptions
from core.types import Detections, Image, Probabilities
from models.analysis import Analyser
from models.answers import classify_files, detect_files, to_stored

ORIENTATIONS = range(1, 9)


class FindGreen:
    """Reports the bounding box of the pure green pixels as a face."""

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        return [self._find(image) for image in images]

    def _find(self, image: Image) -> Detections:
        rows, columns = np.nonzero((image[:, :, 1] > 200) & (image[:, :, 2] < 90))
        if not len(rows):
            return Detections.empty()
        box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        return Detections(np.asarray([box], np.float32), np.asarray([0.8], np.float32))


class AlwaysIncorrect:
    model_version = "always-1"

    def classify(self, crops: Sequence[Image]) -> Probabilities:
        return np.tile(np.asarray([[0.1, 0.7, 0.2]], np.float32), (len(crops), 1))


@pytest.fixture
def analyser() -> Analyser:
    return Analyser(FindGreen(), AlwaysIncorrect())


def save_picture(
    path: Path, size_wh: tuple[int, int], box: tuple[int, int, int, int], orientation: int = 1
) -> Path:
    """Save a red picture with a green box (x, y, width, height) and an EXIF orientation."""
    picture = PilImage.new("RGB", size_wh, (255, 0, 0))
    x, y, width, height = box
    picture.paste((0, 255, 0), (x, y, x + width, y + height))
    exif = PilImage.Exif()
    exif[0x0112] = orientation
    picture.save(path, exif=exif)
    return path


def test_it_describes_each_face_of_a_picture(tmp_path: Path, analyser: Analyser) -> None:
    path = save_picture(tmp_path / "face.png", (200, 100), (40, 20, 30, 50))

    [answer] = detect_files([path], analyser)

    assert answer == {
        "file": str(path),
        "width": 200,
        "height": 100,
        "faces": [
            {
                "box": [40, 20, 30, 50],
                "score": 0.8,
                "label": "incorrect_mask",
                "probabilities": {"mask": 0.1, "incorrect_mask": 0.7, "no_mask": 0.2},
            }
        ],
    }


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_boxes_are_those_of_the_stored_picture_however_it_is_turned(
    tmp_path: Path, analyser: Analyser, orientation: int
) -> None:
    path = save_picture(tmp_path / "face.png", (200, 100), (40, 20, 30, 50), orientation)

    [answer] = detect_files([path], analyser)

    assert (answer["width"], answer["height"]) == (200, 100)
    assert answer["faces"][0]["box"] == [40, 20, 30, 50]


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_boxes_map_back_as_pillow_turns_pixels(tmp_path: Path, orientation: int) -> None:
    path = save_picture(tmp_path / "face.png", (90, 60), (5, 10, 20, 30), orientation)
    with PilImage.open(path) as stored:
        upright = np.asarray(ImageOps.exif_transpose(stored))
    [found] = FindGreen().detect([upright[:, :, ::-1]])

    boxes = to_stored(found.boxes, orientation, (upright.shape[1], upright.shape[0]))

    assert boxes.tolist() == [[5, 10, 25, 40]]
    assert to_stored(found.boxes[:0], orientation, (60, 90)).shape == (0, 4)


def test_the_orientation_can_be_ignored(tmp_path: Path) -> None:
    path = save_picture(tmp_path / "face.png", (200, 100), (40, 20, 30, 50), orientation=6)
    seen: list[tuple[int, ...]] = []

    class Look(FindGreen):
        def detect(self, images: Sequence[Image]) -> list[Detections]:
            seen.extend(image.shape for image in images)
            return super().detect(images)

    looking = Analyser(Look(), AlwaysIncorrect())
    [stored] = detect_files([path], looking, PictureOptions(upright=False))
    [upright] = detect_files([path], looking, PictureOptions(upright=True))

    assert seen == [(100, 200, 3), (200, 100, 3)]
    assert stored == upright


def test_a_large_picture_is_analysed_small_and_answered_large(
    tmp_path: Path, analyser: Analyser
) -> None:
    path = save_picture(tmp_path / "face.png", (1920, 1080), (400, 200, 300, 500))

    [answer] = detect_files([path], analyser, PictureOptions(long_side=480))

    assert (answer["width"], answer["height"]) == (1920, 1080)
    assert answer["faces"][0]["box"] == pytest.approx([400, 200, 300, 500], abs=4)


def test_a_face_below_the_wanted_score_is_left_out(tmp_path: Path, analyser: Analyser) -> None:
    path = save_picture(tmp_path / "face.png", (200, 100), (40, 20, 30, 50))

    [answer] = detect_files([path], analyser, PictureOptions(min_score=0.81))

    assert answer["faces"] == []


def test_an_unreadable_picture_is_answered_in_its_place(tmp_path: Path, analyser: Analyser) -> None:
    good = save_picture(tmp_path / "face.png", (200, 100), (40, 20, 30, 50))
    (tmp_path / "text.jpg").write_text("no picture")
    save_picture(tmp_path / "tiny.png", (1, 1), (0, 0, 1, 1))
    bad = [tmp_path / "text.jpg", tmp_path / "tiny.png", tmp_path / "absent.jpg"]

    answers = detect_files([good, *bad], analyser)
    crops = classify_files([*bad, good], AlwaysIncorrect())

    assert [set(answer) for answer in answers[1:]] == [{"file", "error"}] * 3
    assert [answer["file"] for answer in answers] == [str(path) for path in [good, *bad]]
    assert [set(answer) for answer in crops[:3]] == [{"file", "error"}] * 3
    assert crops[3]["label"] == "incorrect_mask"


@pytest.mark.parametrize("side", [16, 128, 500])
def test_crops_of_sixteen_pixels_and_more_are_classified(tmp_path: Path, side: int) -> None:
    path = save_picture(tmp_path / "crop.png", (side, side), (2, 2, 4, 4))

    [answer] = classify_files([path], AlwaysIncorrect())

    assert answer == {
        "file": str(path),
        "label": "incorrect_mask",
        "probabilities": {"mask": 0.1, "incorrect_mask": 0.7, "no_mask": 0.2},
    }


def test_no_pictures_give_no_answers(analyser: Analyser) -> None:
    assert detect_files([], analyser) == []
    assert classify_files([], AlwaysIncorrect()) == []


def test_the_largest_picture_is_the_users_choice(tmp_path: Path, analyser: Analyser) -> None:
    path = save_picture(tmp_path / "large.png", (1500, 1000), (40, 20, 30, 50))

    (answer,) = detect_files([path], analyser, PictureOptions(megapixels_max=1))

    assert "the limit is 1" in answer["error"]
