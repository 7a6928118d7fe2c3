"""The settings' choice of a detector, built or refused with what is missing."""

from pathlib import Path

import numpy as np
import pytest

from core.detectors import DetectorChoice, DetectorName, Tiles
from core.errors import BadSettings, WeightsMismatch
from core.settings import load_settings
from models.detectors.centerface import CenterFace
from models.detectors.chosen import build_detector, try_detector
from models.detectors.tiling import TiledDetector


def test_centerface_is_built_where_nothing_is_chosen() -> None:
    assert isinstance(build_detector(load_settings().detector_choice, threads=1), CenterFace)


def test_tiles_go_around_the_chosen_detector() -> None:
    detector = build_detector(DetectorChoice(tiles=Tiles(2, 2)), threads=1)

    assert isinstance(detector, TiledDetector)
    assert len(detector.detect([np.zeros((720, 1280, 3), np.uint8)])[0]) == 0


def test_yunet_without_a_file_is_refused_with_the_settings_name() -> None:
    with pytest.raises(BadSettings, match="MASKWATCH_DETECTOR_FILE"):
        build_detector(DetectorChoice(DetectorName.YUNET), threads=1)


def test_yunet_with_a_wrong_file_is_refused(tmp_path: Path) -> None:
    choice = DetectorChoice(DetectorName.YUNET, file=tmp_path / "absent.onnx")

    with pytest.raises(WeightsMismatch, match="found nothing"):
        build_detector(choice, threads=1)


def test_the_fast_detector_is_looked_for_in_the_given_folder(tmp_path: Path) -> None:
    with pytest.raises(WeightsMismatch, match=str(tmp_path)):
        build_detector(DetectorChoice(DetectorName.FAST), threads=1, folder=tmp_path)


def test_trying_the_chosen_one_says_which_it_is() -> None:
    assert try_detector(DetectorChoice()) == "centerface runs"
    assert try_detector(DetectorChoice(tiles=Tiles(2, 2))) == "centerface runs in 2x2 tiles"
    with pytest.raises(BadSettings):
        try_detector(DetectorChoice(DetectorName.YUNET))
