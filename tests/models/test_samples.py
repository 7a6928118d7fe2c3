"""Examples become small pictures with the face's box in their own pixels."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from core.assets import asset_path
from core.face_crops import CONTEXT
from core.types import Label
from models.training.examples import Example
from models.training.samples import SIDE_MAX, Sample, load_samples, serving_crop
from tests.models.faces import draw_face

PORTRAIT_BOX = (177.0, 132.0, 351.0, 332.0)


def load(*examples: Example) -> list[Sample]:
    return load_samples(examples, asset_path("centerface.onnx"), 1, report=lambda line: None)


def portrait(box: tuple[float, float, float, float] | None) -> Example:
    return Example(asset_path("grace_hopper.jpg"), box, Label.NO_MASK, "navy", "1")


def test_a_face_of_a_scene_keeps_its_surroundings_and_its_box() -> None:
    [sample] = load(portrait(PORTRAIT_BOX))

    assert max(sample.pixels.shape[:2]) == SIDE_MAX
    scale = SIDE_MAX / 400  # the box is 200 pixels high, and twice that is kept
    left, top = 264 - 200, 232 - 200
    expected = (np.asarray(PORTRAIT_BOX) - [left, top, left, top]) * scale
    np.testing.assert_allclose(sample.box, expected, atol=10)
    assert sample.label == 2


def test_the_detector_gives_landmarks_within_the_box() -> None:
    [sample] = load(portrait(PORTRAIT_BOX))

    assert sample.landmarks is not None
    assert (sample.landmarks > sample.box[:2]).all()
    assert (sample.landmarks < sample.box[2:]).all()


def test_a_box_that_the_detector_does_not_confirm_stays_as_annotated() -> None:
    [sample] = load(portrait((20.0, 400.0, 80.0, 460.0)))

    assert sample.landmarks is None
    np.testing.assert_allclose(sample.box[2:] - sample.box[:2], [60, 60], atol=1)


def test_a_crop_without_a_box_is_the_face_with_its_context(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "plain.png"), np.full((130, 130, 3), 90, np.uint8))

    [sample] = load(Example(tmp_path / "plain.png", None, Label.MASK, "a", "1"))

    np.testing.assert_allclose(sample.box, [15, 15, 115, 115], atol=0.5)
    assert serving_crop(sample).shape == (130, 130, 3)
    assert CONTEXT == 1.3


def test_unreadable_pictures_are_reported_and_left_out(tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    cv2.imwrite(str(tmp_path / "good.png"), draw_face())
    lines: list[str] = []
    examples = [
        Example(tmp_path / name, None, Label.MASK, "a", name)
        for name in ("broken.jpg", "good.png", "absent.png")
    ]

    samples = load_samples(examples, asset_path("centerface.onnx"), 1, lines.append)

    assert len(samples) == 1
    assert [line.split(":")[0] for line in lines] == ["left out", "left out"]


@pytest.mark.parametrize("count", [0, 1, 64, 65, 130])
def test_every_example_is_loaded_in_order(tmp_path: Path, count: int) -> None:
    cv2.imwrite(str(tmp_path / "one.png"), np.zeros((20, 20, 3), np.uint8))
    examples = [
        Example(tmp_path / "one.png", None, Label.MASK, str(number), str(number))
        for number in range(count)
    ]

    assert [sample.source for sample in load(*examples)] == [str(n) for n in range(count)]
