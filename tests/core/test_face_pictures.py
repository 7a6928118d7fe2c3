"""What leaves a worker of a face: nothing, a blur that cannot be undone, or a sealed JPEG."""

import cv2
import numpy as np
import pytest
from cryptography.fernet import Fernet

from core.encoding import CROPS_MAX
from core.evidence import NOTHING, EvidencePolicy
from core.face_pictures import (
    BLUR_CELLS,
    LONG_SIDE,
    WIDTH_MIN_PX,
    blur,
    blur_jpeg,
    choose_faces,
    cut_face_crops,
)
from core.face_seals import FaceKey, FaceSeal
from core.pictures import decode_jpeg, encode_jpeg
from core.preferences import EvidenceMode
from core.secrets import SecretBox
from core.types import Faces, Image
from tests.workers.scenes import box, faces

BLURRED = EvidencePolicy(EvidenceMode.BLURRED)


@pytest.fixture
def key() -> FaceKey:
    return FaceKey(SecretBox([Fernet.generate_key()]))


@pytest.fixture
def sharp(key: FaceKey) -> EvidencePolicy:
    return EvidencePolicy(EvidenceMode.SHARP, FaceSeal(key.public))


def noise(height: int, width: int, seed: int = 1) -> Image:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


FRAME = noise(540, 960)


def test_in_numbers_mode_no_picture_is_made() -> None:
    assert cut_face_crops(FRAME, faces([box(100)]), NOTHING) == ()


def test_a_frame_without_faces_gives_no_pictures(sharp: EvidencePolicy) -> None:
    assert cut_face_crops(FRAME, Faces.empty(), BLURRED) == ()
    assert cut_face_crops(FRAME, Faces.empty(), sharp) == ()


def test_a_blurred_picture_is_a_small_jpeg() -> None:
    [crop] = cut_face_crops(FRAME, faces([box(100)]), BLURRED)
    assert not crop.is_sharp
    assert decode_jpeg(crop.content).shape == (64, 64, 3)
    assert len(crop.content) < 4000


def test_a_blurred_picture_depends_on_64_means_and_on_nothing_else() -> None:
    """The means are all that is left: another face with the same means is the same picture."""
    crop = noise(128, 128)
    means = cv2.resize(crop, (BLUR_CELLS, BLUR_CELLS), interpolation=cv2.INTER_AREA)
    mosaic = np.asarray(np.repeat(np.repeat(means, 16, axis=0), 16, axis=1), np.uint8)
    turned = crop.reshape(8, 16, 8, 16, 3)[:, ::-1, :, ::-1].reshape(crop.shape)

    assert (mosaic != crop).mean() > 0.9
    assert (turned != crop).mean() > 0.9
    np.testing.assert_array_equal(blur(mosaic), blur(crop))
    np.testing.assert_array_equal(blur(turned), blur(crop))


def test_a_blur_holds_less_than_two_hundred_bytes_of_its_face() -> None:
    """All blurred pictures lie in the span of 64 cells a colour, whatever the faces were."""
    blurred = [blur(noise(96, 96, seed)).astype(float)[:, :, 0].ravel() for seed in range(200)]
    values = np.linalg.svd(np.array(blurred) - np.mean(blurred, axis=0), compute_uv=False)
    # What is beyond is the rounding to whole numbers.
    assert (values > 15 * np.sqrt(64)).sum() <= BLUR_CELLS**2


@pytest.mark.parametrize("shape", [(128, 128), (17, 17), (5, 3), (1, 1), (40, 12)])
def test_crops_of_any_shape_are_blurred(shape: tuple[int, int]) -> None:
    assert blur(noise(*shape)).shape == (64, 64, 3)


def test_a_kept_jpeg_is_blurred_the_same_way() -> None:
    crop = noise(100, 100)
    blurred = decode_jpeg(blur_jpeg(encode_jpeg(crop, 100))).astype(int)
    assert np.abs(blurred - blur(crop).astype(int)).mean() < 3


def test_a_sharp_picture_leaves_sealed(sharp: EvidencePolicy, key: FaceKey) -> None:
    [crop] = cut_face_crops(FRAME, faces([box(100)]), sharp)

    assert crop.is_sharp
    assert b"JFIF" in encode_jpeg(noise(9, 9))
    assert b"JFIF" not in crop.content
    assert decode_jpeg(key.open(crop.content)).shape[:2] == (78, 78)  # 60 px high, times 1.3


def test_large_faces_are_shrunk_and_small_ones_stay(sharp: EvidencePolicy, key: FaceKey) -> None:
    found = faces([box(350, 90, 300), box(800, width=20)])
    shapes = [
        decode_jpeg(key.open(crop.content)).shape[:2]
        for crop in cut_face_crops(FRAME, found, sharp)
    ]
    assert shapes[0] == (LONG_SIDE, LONG_SIDE)
    assert max(shapes[1]) <= 33


def test_a_sharp_picture_looks_like_the_face(sharp: EvidencePolicy, key: FaceKey) -> None:
    frame = np.asarray(cv2.GaussianBlur(FRAME, (0, 0), 3), np.uint8)
    [crop] = cut_face_crops(frame, faces([box(100, width=60)]), sharp)
    seen = decode_jpeg(key.open(crop.content)).astype(int)
    rows, columns = seen.shape[:2]
    centre_x, centre_y = 130, 136
    expected = frame[centre_y - rows // 2 :, centre_x - columns // 2 :][:rows, :columns]
    assert np.abs(seen - expected.astype(int)).mean() < 4


def test_without_a_key_to_seal_with_a_face_is_blurred() -> None:
    [crop] = cut_face_crops(FRAME, faces([box(100)]), EvidencePolicy(EvidenceMode.SHARP))
    assert not crop.is_sharp
    assert decode_jpeg(crop.content).shape == (64, 64, 3)


def test_a_face_at_the_border_of_the_frame_is_cut_there() -> None:
    found = faces([(-10, -10, 20, 20), (950, 530, 990, 570)])
    assert len(cut_face_crops(FRAME, found, BLURRED)) == 2


def test_of_a_crowd_the_best_eight_are_kept_best_first() -> None:
    widths = [20, 90, 30, 80, 40, 70, 50, 60, 24, 26]
    found = faces([box(90 * n, width=width) for n, width in enumerate(widths)])

    chosen = choose_faces(found)

    assert [widths[face] for face in chosen] == [90, 80, 70, 60, 50, 40, 30, 26]
    assert len(chosen) == CROPS_MAX
    assert [crop.face for crop in cut_face_crops(FRAME, found, BLURRED)] == list(chosen)


def test_faces_too_small_to_see_give_no_picture() -> None:
    found = faces([box(0, width=WIDTH_MIN_PX - 0.5), box(100, width=WIDTH_MIN_PX + 0.5)])
    assert choose_faces(found) == [1]
