"""An explanation shows the pixels that spoke for the label, and how many lie on the lower face."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from core.types import Detections, Image, Label
from models.detectors.boxes import FacePoints
from models.explanation.drawing import TILE_WH, draw_crop, draw_panel, overlay
from models.explanation.explain import explain_face
from models.explanation.faces import Explained, FaceExplainer
from models.explanation.heat import Method
from models.explanation.network import OpenedNetwork
from models.explanation.regions import STANDARD
from tests.models.explanation.networks import SIDE, patch

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)


def hottest_xy(heat: np.ndarray) -> tuple[int, int]:
    row, column = np.unravel_index(heat.argmax(), heat.shape)
    return int(column), int(row)


@pytest.mark.parametrize("method", [one for one in Method if one is not Method.GRAD_CAM_PP])
@pytest.mark.parametrize(("left", "top"), [(4, 20), (20, 4), (12, 12)])
def test_heat_lies_on_what_spoke_for_the_label(
    network: OpenedNetwork, method: Method, left: int, top: int
) -> None:
    found = explain_face(patch("blue", left, top), network, method=method)
    column, row = hottest_xy(found.heat)

    assert found.label is Label.MASK
    assert left - 4 <= column < left + 12
    assert top - 4 <= row < top + 12
    assert found.heat.max() <= 1


def test_heat_has_the_crops_size_and_its_region_too(network: OpenedNetwork) -> None:
    crop = np.repeat(np.repeat(patch("blue"), 3, axis=0), 2, axis=1)

    found = explain_face(crop, network)

    assert found.heat.shape == (96, 64)
    assert found.outline[:, 0].max() <= 64


def test_a_chosen_label_is_explained_with_its_own_probability(network: OpenedNetwork) -> None:
    crop = np.maximum(patch("blue", 2, 20), patch("red", 20, 2))

    mask = explain_face(crop, network, Label.MASK)
    bare = explain_face(crop, network, Label.NO_MASK)

    assert hottest_xy(mask.heat)[0] < 16 < hottest_xy(bare.heat)[0]
    assert mask.probability == pytest.approx(mask.probabilities[0])
    assert bare.probability == pytest.approx(bare.probabilities[2])


def test_heat_on_nose_mouth_and_chin_is_counted(network: OpenedNetwork) -> None:
    below = explain_face(patch("blue", 12, 18), network)
    above = explain_face(patch("blue", 0, 0), network)

    assert below.share_on_lower_face > 0.9
    assert above.share_on_lower_face < 0.1
    assert below.lower_face_area == pytest.approx(0.25, abs=0.05)


def test_landmarks_move_the_region(network: OpenedNetwork) -> None:
    crop = patch("blue", 0, 18)
    to_the_left = STANDARD * SIDE - np.asarray([11, 0], np.float32)

    usual = explain_face(crop, network)
    looked_for = explain_face(crop, network, landmarks=to_the_left)

    assert looked_for.share_on_lower_face > 2 * usual.share_on_lower_face


def test_a_black_crop_has_no_heat(network: OpenedNetwork) -> None:
    found = explain_face(np.zeros((20, 20, 3), np.uint8), network, Label.MASK)

    assert found.heat.max() == 0
    assert found.share_on_lower_face == 0


@dataclass
class FakeDetector:
    """Finds the same faces everywhere; landmarks are zeros, as of a detector without any."""

    boxes: Sequence[Sequence[float]]
    scores: Sequence[float]

    def detect(self, images: Sequence[Image]) -> list[Detections]:
        return [each.found for each in self.detect_points(images)]

    def detect_points(self, images: Sequence[Image]) -> list[FacePoints]:
        boxes = np.asarray(self.boxes, np.float32).reshape(-1, 4)
        found = Detections(boxes, np.asarray(self.scores, np.float32))
        return [FacePoints(found, np.zeros((len(boxes), 5, 2), np.float32))] * len(images)


def test_every_sure_face_of_a_picture_is_explained(network: OpenedNetwork) -> None:
    picture = np.concatenate([patch("blue"), patch("red")], axis=1)
    boxes = [[4, 4, 28, 28], [36, 4, 60, 28], [0, 0, 9, 9]]
    explainer = FaceExplainer(network, FakeDetector(boxes, [0.9, 0.8, 0.3]))

    found = explainer.explain_picture(picture, long_side=960, min_score=0.5)

    assert [face.explanation.label for face in found.faces] == [Label.MASK, Label.NO_MASK]
    np.testing.assert_allclose(found.boxes, boxes[:2])


def test_boxes_are_in_pixels_of_the_picture_also_where_it_was_shrunk(
    network: OpenedNetwork,
) -> None:
    explainer = FaceExplainer(network, FakeDetector([[4, 4, 28, 28]], [0.9]))

    found = explainer.explain_picture(np.zeros((80, 160, 3), np.uint8), 80, 0.5)

    np.testing.assert_allclose(found.boxes, [[8, 8, 56, 56]])


def test_a_crop_without_a_detected_face_has_the_usual_places(network: OpenedNetwork) -> None:
    explainer = FaceExplainer(network, FakeDetector([], []), label=Label.MASK)

    found = explainer.explain_crop(patch("blue", 12, 18))

    assert found.explanation.share_on_lower_face > 0.9


def test_cold_pixels_are_grey_and_hot_ones_have_colour() -> None:
    crop = np.full((2, 2, 3), (200, 60, 20), np.uint8)
    heat = np.asarray([[0, 0], [0, 1]], np.float32)

    drawn = overlay(crop, heat)

    assert np.ptp(drawn[0, 0]) <= 1
    assert np.ptp(drawn[1, 1]) > 80


def explained(network: OpenedNetwork) -> Explained:
    return Explained(patch("blue"), explain_face(patch("blue"), network))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_panel_has_a_tile_for_each_face(network: OpenedNetwork, count: int) -> None:
    picture = np.full((50, 90, 3), 120, np.uint8)
    boxes = np.tile(np.asarray([[5, 5, 30, 30]], np.float32), (count, 1))

    panel = draw_panel(picture, boxes, [explained(network)] * count, "blue-1")
    empty = draw_panel(picture, boxes[:0], [], "blue-1")

    assert panel.dtype == np.uint8
    assert panel.shape[1] == empty.shape[1]
    rows = (panel.shape[0] - empty.shape[0]) / TILE_WH[1]
    assert round(rows) == -(-count // 2)


def test_a_crop_is_drawn_beside_its_heat(network: OpenedNetwork) -> None:
    sheet = draw_crop(explained(network), "blue-1")

    assert sheet.shape[1] > TILE_WH[0]
    assert np.ptp(sheet.astype(int), axis=2).max() > 100, "there is colour in it"
