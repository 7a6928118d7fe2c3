"""What the classifier sees: the same square cut in training and in serving."""

import numpy as np
import pytest

from core.face_crops import CONTEXT
from models.manifest import SHIPPED_CLASSIFIER, read_manifest
from models.preprocess import (
    SHARPNESS_SIDE,
    resize,
    sharpness,
    to_input,
)


def test_no_crops_are_fine() -> None:
    assert to_input([], 128).shape == (0, 128, 128, 3)
    assert sharpness([]).shape == (0,)


@pytest.mark.parametrize("shape", [(1, 1), (16, 16), (128, 128), (300, 40), (40, 300)])
def test_crops_of_any_size_become_the_networks_input(shape: tuple[int, int]) -> None:
    crop = np.full((*shape, 3), (10, 20, 30), np.uint8)

    pixels = to_input([crop], 96)

    assert pixels.shape == (1, 96, 96, 3)
    assert (pixels == (30, 20, 10)).all(), "expected RGB"


def test_shrinking_averages_so_that_fine_patterns_do_not_alias() -> None:
    stripes = np.zeros((256, 256, 3), np.uint8)
    stripes[:, ::2] = 255

    assert np.abs(resize(stripes, 128).astype(int) - 127).max() <= 1


def test_a_flat_crop_has_no_sharpness_and_a_blurred_one_little() -> None:
    rng = np.random.default_rng(1)
    noise = rng.integers(0, 255, (SHARPNESS_SIDE, SHARPNESS_SIDE, 3), np.uint8)
    blurred = resize(resize(noise, 8), SHARPNESS_SIDE)

    flat_value, blurred_value, noise_value = sharpness([np.full_like(noise, 90), blurred, noise])

    assert flat_value == 0
    assert blurred_value < noise_value / 10


def test_sharpness_is_the_variance_of_the_laplacian() -> None:
    grey = np.random.default_rng(2).integers(0, 255, (SHARPNESS_SIDE,) * 2).astype(np.float32)
    edged = np.pad(grey, 1, mode="reflect")
    laplacian = edged[:-2, 1:-1] + edged[2:, 1:-1] + edged[1:-1, :-2] + edged[1:-1, 2:] - 4 * grey
    crop = np.repeat(grey.astype(np.uint8)[:, :, None], 3, axis=2)

    assert sharpness([crop])[0] == pytest.approx(laplacian.var(), rel=1e-4)


def test_the_input_is_the_crop_stretched_with_its_colours_turned() -> None:
    crop = np.random.default_rng(3).integers(0, 255, (90, 70, 3), np.uint8)

    pixels = to_input([crop, crop[:50]], 64)

    assert (pixels[0] == resize(crop, 64)[:, :, ::-1]).all()
    assert (pixels[1] == resize(crop[:50], 64)[:, :, ::-1]).all()


def test_kept_pictures_are_cut_as_the_shipped_classifier_sees_faces() -> None:
    """So what is kept can be explained later, as it was judged."""
    assert read_manifest(SHIPPED_CLASSIFIER).context == CONTEXT
