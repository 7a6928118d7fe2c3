import numpy as np
import pytest
from numpy.typing import NDArray

from ingest.motion import STILL_S, MotionGate

Grey = NDArray[np.uint8]


@pytest.fixture
def scene() -> Grey:
    """A still picture, (90, 160) grey."""
    return np.tile(np.linspace(40, 200, 160, dtype=np.uint8), (90, 1))


def _with_face(scene: Grey, left: int, brightness: int = 250) -> Grey:
    """Put a face of 20 pixels at 960 into the scene: 4 by 3 pixels here."""
    changed = scene.copy()
    changed[40:44, left : left + 3] = brightness
    return changed


def test_the_first_frame_passes(scene: Grey) -> None:
    assert MotionGate().passes(scene, 0.0)


def test_the_same_picture_does_not_pass_again(scene: Grey) -> None:
    gate = MotionGate()
    gate.passes(scene, 0.0)

    assert not gate.passes(scene.copy(), 0.2)


def test_a_small_face_that_appears_passes(scene: Grey) -> None:
    gate = MotionGate()
    gate.passes(scene, 0.0)

    assert gate.passes(_with_face(scene, left=20), 0.2)


@pytest.mark.parametrize("left", [0, 157])
def test_a_face_at_the_edge_passes(scene: Grey, left: int) -> None:
    gate = MotionGate()
    gate.passes(scene, 0.0)

    assert gate.passes(_with_face(scene, left, brightness=0 if left else 250), 0.2)


def test_sensor_noise_does_not_pass(scene: Grey) -> None:
    gate, chance = MotionGate(still_s=1e9), np.random.default_rng(5)

    noisy = [scene + chance.normal(0, 4, scene.shape) for _ in range(300)]
    passed = [gate.passes(np.clip(one, 0, 255).astype(np.uint8), 0.2 * n)
              for n, one in enumerate(noisy)]  # fmt: skip

    assert sum(passed) == 1


def test_a_slow_change_adds_up_until_it_passes(scene: Grey) -> None:
    gate = MotionGate(still_s=1e9)

    passed = [gate.passes(scene + np.uint8(step), 0.2 * step) for step in range(40)]

    assert 2 <= sum(passed) < 10


def test_one_frame_in_five_seconds_passes_regardless(scene: Grey) -> None:
    gate = MotionGate()

    passed = [now_s for now_s in np.arange(0, 21, 0.2) if gate.passes(scene, float(now_s))]

    assert passed == pytest.approx([0, STILL_S, 2 * STILL_S, 3 * STILL_S, 4 * STILL_S])


def test_a_picture_of_another_size_passes(scene: Grey) -> None:
    gate = MotionGate()
    gate.passes(scene, 0.0)

    assert gate.passes(scene[:80], 0.2)


def test_a_single_pixel_is_a_picture() -> None:
    gate = MotionGate()

    assert gate.passes(np.zeros((1, 1), np.uint8), 0.0)
    assert not gate.passes(np.zeros((1, 1), np.uint8), 0.2)
